"""GET metrics: what Prometheus reads, and what the alert rules and the dashboard use."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.web.conftest import MakeDashboard
from tests.web.site_under_test import SiteUnderTest

DOCS = Path(__file__).parents[3] / "docs" / "metrics"
NAME = re.compile(r"\bhelpr_\w+")
SELECTOR = re.compile(r"(\w+){([^}]+)}")
MATCHER = re.compile(r'\s*(\w+)="([^"]*)"\s*')


def scraped(site: SiteUnderTest) -> dict[tuple[str, str], float]:
    """The values by name and label."""
    answer = site.owner("GET", "metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_prometheus_can_parse_the_metrics(site: SiteUnderTest) -> None:
    site.invite("cousin")
    site.invite("aunt")
    site.container.plex.seats().read()
    body = {"kind": "webhook", "address": "https://hooks.example/x"}
    assert site.owner("POST", "channels", json=body).status_code == 201
    assert site.container.upkeep.housekeeping()() is not None
    site.plex.clear_calls()
    found = scraped(site)
    assert found["helpr_requests", "success"] == 2
    assert found["helpr_requests", "failed"] == 0
    assert (found["helpr_queue_waiting", ""], found["helpr_queue_oldest_seconds", ""]) == (0, 0)
    assert found["helpr_seats", "limit"] == 100
    assert found["helpr_access", "pending"] == 2
    assert found["helpr_access", "gone"] == 0
    assert found["helpr_operations", "failed"] == 0
    assert found["helpr_channels", ""] == 1
    assert found["helpr_plex_paused", ""] == 0
    assert found["helpr_housekeeping_last_run_timestamp_seconds", ""] > 1_700_000_000
    assert found["helpr_state_store_up", ""] == 1
    assert site.plex.calls == []


def test_the_alerts_and_the_dashboard_use_only_existing_metrics(site: SiteUnderTest) -> None:
    site.container.plex.seats().read()
    there = {name for name, _ in scraped(site)}
    rules = (DOCS / "alerts.yml").read_text("utf-8")
    dashboard = (DOCS / "grafana-dashboard.json").read_text("utf-8")
    assert len(yaml.safe_load(rules)["groups"][0]["rules"]) >= 8
    assert json.loads(dashboard)["panels"]
    expressions = "\n".join(line for line in rules.splitlines() if "expr:" in line)
    assert set(NAME.findall(expressions)) <= there
    assert set(NAME.findall(dashboard)) <= there


def test_the_alerts_and_the_dashboard_use_only_existing_labels(site: SiteUnderTest) -> None:
    site.container.plex.seats().read()
    answer = site.owner("GET", "metrics")
    samples = [
        sample
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    ]
    there = {(one.name, *pair) for one in samples for pair in one.labels.items()}
    (group,) = yaml.safe_load((DOCS / "alerts.yml").read_text("utf-8"))["groups"]
    expressions = [rule["expr"] for rule in group["rules"]]
    panels = json.loads((DOCS / "grafana-dashboard.json").read_text("utf-8"))["panels"]
    targets = [target for panel in panels for target in panel["targets"]]
    named = [
        (name, *MATCHER.fullmatch(matcher).groups())  # type: ignore[union-attr]
        for expression in [*expressions, *(one["expr"] for one in targets)]
        for name, matchers in SELECTOR.findall(expression)
        for matcher in matchers.split(",")
    ]
    assert {one for one in named if one[0] != "up"} - there == set()
    assert ("helpr_operations", "state", "failed") in named
    legends = [
        (target["expr"], label)
        for target in targets
        for label in re.findall(r"{{(\w+)}}", target["legendFormat"])
    ]
    assert legends
    assert set(legends) <= {(name, label) for name, label, _ in there}


def test_each_alert_has_the_shape_that_prometheus_takes() -> None:
    (group,) = yaml.safe_load((DOCS / "alerts.yml").read_text("utf-8"))["groups"]
    assert group.keys() == {"name", "rules"}
    for rule in group["rules"]:
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"Helpr[A-Za-z]+", rule["alert"])
        assert re.fullmatch(r"[1-9][0-9]*[smh]", rule.get("for", "1m"))
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith(".")
    names = [rule["alert"] for rule in group["rules"]]
    assert len(set(names)) == len(names)


def test_the_metrics_need_the_key(site: SiteUnderTest, make_dashboard: MakeDashboard) -> None:
    assert site.get("/api/manage/metrics").status_code == 401
    assert make_dashboard().get("/dashboard/api/metrics").status_code == 401
