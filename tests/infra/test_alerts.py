"""Alerts look for what Helpr really logs, and exist only if somebody receives them."""

from __future__ import annotations

import re

from helpr_core import errors
from helpr_core.services.plex import errors as plex_errors
from tests.infra.template import PROJECT, Json, declared, resources, templates, the
from tests.publishing.prices import PRICES

RULE = "Microsoft.Insights/scheduledQueryRules"
GROUP = "Microsoft.Insights/actionGroups"
BUDGET = "Microsoft.Consumption/budgets"


def _query() -> str:
    (criterion,) = the("private", RULE)["properties"]["criteria"]["allOf"]
    return str(criterion["query"])


def _words() -> set[str]:
    """What the query looks for; the names of problems are its own."""
    named = re.sub(r'problem = "[^"]+"', "", _query())
    return set(re.findall(r'"([^"]+)"', named))


def test_without_an_address_there_are_no_alerts() -> None:
    for kind in (RULE, GROUP):
        assert resources("main", kind) == []
        assert resources("private", kind) != []


def test_one_log_rule_covers_everything() -> None:
    """Each costs half a dollar a month, and an idle Helpr costs little else."""
    problems = re.findall(r'problem = "([^"]+)"', _query())
    assert problems == [
        "http-5xx",
        "unexpected-errors",
        "plex-token-refused",
        "database-unavailable",
        "executions-a-day",
    ]
    assert _query().count("project problem") == len(problems)


def test_there_is_no_metric_alert(compiled: Json) -> None:
    """Flex Consumption has none of the metrics that one would ask for."""
    types = {one["type"] for template in templates(compiled) for one in declared(template)}
    assert "Microsoft.Insights/metricAlerts" not in types
    assert not [one for one in types if one.lower().endswith("metricalerts")]


def test_the_rule_looks_back_as_far_as_its_query() -> None:
    properties = the("private", RULE)["properties"]
    assert properties["windowSize"] == "P1D"
    assert properties["evaluationFrequency"] == "PT15M"
    assert set(re.findall(r"ago\((\w+)\)", _query())) == {"15m", "1d"}
    recent = re.split(r"problem = ", _query())
    assert sum("timestamp > recent" in one or "ago(1d)" in one for one in recent) == 5


def test_daily_executions_raise_an_alert_before_the_free_ones_are_used_up() -> None:
    (most,) = re.findall(r"ago\(1d\)\s*\| summarize [^|]+\| where times > (\d+)", _query())
    assert 31 * int(most) <= PRICES["functions_free_executions"] < 32 * int(most)


def test_the_query_is_balanced() -> None:
    bare = re.sub(r'"[^"]*"', '""', _query())
    assert bare.count("(") == bare.count(")")


def test_every_alert_notifies_the_owner() -> None:
    group = the("private", GROUP)
    (receiver,) = group["properties"]["emailReceivers"]
    assert receiver["emailAddress"] == "owner@example.com"
    rule = the("private", RULE)
    assert rule["properties"]["actions"]["actionGroups"] == [group["id"]]


def test_the_queries_look_for_words_that_are_in_the_code() -> None:
    code = "\n".join(
        path.read_text("utf-8")
        for path in (PROJECT / "helpr_core").rglob("*.py")
        if "demo" not in path.parts
    )
    named = vars(errors) | vars(plex_errors)
    kinds = {one for one in named.values() if isinstance(one, type)}
    codes = {one.code for one in kinds if issubclass(one, errors.HelprError)}
    known = codes | {one.__name__ for one in kinds}
    words = _words()
    assert words
    assert [word for word in words if word not in known and f'"{word}' not in code] == []


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


def test_an_amount_of_zero_is_no_budget() -> None:
    assert resources("external", BUDGET) == []
