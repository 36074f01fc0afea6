"""Alerts look for what Helpr really writes, and exist only where somebody reads them."""

from __future__ import annotations

import re

from helpr_core import errors
from tests.infra.template import PROJECT, Json, resources, the

RULE = "Microsoft.Insights/scheduledQueryRules"
METRIC = "Microsoft.Insights/metricAlerts"
GROUP = "Microsoft.Insights/actionGroups"
BUDGET = "Microsoft.Consumption/budgets"


def _words() -> set[str]:
    """Whatever stands in quotes in the queries."""
    queries = [
        one["properties"]["criteria"]["allOf"][0]["query"] for one in resources("private", RULE)
    ]
    return set(re.findall(r'"([^"]+)"', " ".join(queries)))


def test_without_an_address_there_are_no_alerts() -> None:
    for kind in (RULE, METRIC, GROUP):
        assert resources("main", kind) == []
        assert resources("private", kind) != []


def test_every_alert_writes_to_the_owner() -> None:
    group = the("private", GROUP)
    (receiver,) = group["properties"]["emailReceivers"]
    assert receiver["emailAddress"] == "owner@example.com"
    metric = the("private", METRIC)
    assert [one["actionGroupId"] for one in metric["properties"]["actions"]] == [group["id"]]
    for rule in resources("private", RULE):
        assert rule["properties"]["actions"]["actionGroups"] == [group["id"]]


def test_the_queries_look_for_words_that_stand_in_the_code() -> None:
    code = "\n".join(
        path.read_text("utf-8")
        for path in (PROJECT / "helpr_core").rglob("*.py")
        if "demo" not in path.parts
    )
    kinds = {one for one in vars(errors).values() if isinstance(one, type)}
    codes = {one.code for one in kinds if issubclass(one, errors.HelprError)}
    known = codes | {one.__name__ for one in kinds}
    words = _words()
    assert words
    assert [word for word in words if word not in known and f'"{word}' not in code] == []


def test_the_metric_counts_server_errors_of_the_app() -> None:
    (criterion,) = the("private", METRIC)["properties"]["criteria"]["allOf"]
    assert criterion["metricName"] == "Http5xx"
    assert criterion["metricNamespace"] == "Microsoft.Web/sites"


def _thresholds(budget: Json) -> list[int]:
    return [one["threshold"] for one in budget["properties"]["notifications"].values()]


def test_a_budget_warns_the_owners_and_the_address() -> None:
    plain, addressed = the("main", BUDGET), the("private", BUDGET)
    assert plain["properties"]["amount"] == 30
    assert _thresholds(plain) == [80, 100]
    for budget, emails in ((plain, []), (addressed, ["owner@example.com"])):
        for notification in budget["properties"]["notifications"].values():
            assert notification["contactRoles"] == ["Owner"]
            assert notification["contactEmails"] == emails


def test_an_amount_of_nothing_is_no_budget() -> None:
    assert resources("external", BUDGET) == []
