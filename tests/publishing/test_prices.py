"""The sums in the documents are those of the one table of prices, and no cost is left out."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.infra.template import resources
from tests.publishing.package import PROJECT
from tests.publishing.prices import (
    CHEAPEST,
    FLOODS,
    LARGEST_FILE_BYTES,
    LIGHT,
    PRICES,
    SET_UPS,
    TABLE,
    Flood,
    compute,
    month,
    total,
)  # fmt: skip

DEPLOY = (PROJECT / "docs/deploy.md").read_text("utf-8")
SECURITY = (PROJECT / "docs/security.md").read_text("utf-8")
# Each kind of resource, and the part of the sum that has its price; None costs nothing.
PRICED = {
    "Microsoft.Web/serverfarms": "functions",
    "Microsoft.Web/sites": None,  # the plan's
    "Microsoft.Storage/storageAccounts": "storage",
    "Microsoft.KeyVault/vaults": "key vault",
    "Microsoft.OperationalInsights/workspaces": "logs",
    "Microsoft.Insights/components": None,  # the workspace's
    "Microsoft.Insights/scheduledQueryRules": "alert rule",
    "Microsoft.Insights/actionGroups": None,  # 1,000 emails a month are free
    "Microsoft.Insights/diagnosticSettings": None,  # the workspace's
    "Microsoft.DBforPostgreSQL/flexibleServers": "postgresql",
    "Microsoft.Network/privateEndpoints": "endpoints",
    "Microsoft.Network/privateDnsZones": "endpoints",
    "Microsoft.Network/virtualNetworks": None,
    "Microsoft.ManagedIdentity/userAssignedIdentities": None,
    "Microsoft.Authorization/roleAssignments": None,
    "Microsoft.Consumption/budgets": None,
}


def _row(page: str, heading: str) -> list[str]:
    (line,) = re.findall(rf"^\| {re.escape(heading)} \|(.*)\|$", page, re.MULTILINE)
    return [cell.strip() for cell in line.split("|")]


def test_every_kind_of_resource_has_a_price_or_a_reason_to_have_none() -> None:
    kinds = {"/".join(one["type"].split("/")[:2]) for one in resources("private")}
    assert kinds == set(PRICED)
    assert {part for part in PRICED.values() if part} <= set(month(CHEAPEST))


def test_the_monthly_cost_of_each_set_up_is_the_tables_sum() -> None:
    assert _row(DEPLOY, "cost per month, idle") == [f"${total(one):.2f}" for one in SET_UPS]
    light = [replace(one, requests=LIGHT) for one in SET_UPS]
    assert _row(DEPLOY, f"cost per month, {LIGHT:,} requests") == [
        f"${total(one):.2f}" for one in light
    ]


@pytest.mark.parametrize("name", PRICES)
def test_the_page_shows_each_price(name: str) -> None:
    if name == "logs_daily_cap_gb":
        return
    amount = f"{PRICES[name]:,.6f}".rstrip("0").rstrip(".")
    assert re.search(rf"^\| `{name}` \| {amount} \|", DEPLOY, re.MULTILINE), name
    assert TABLE["as_of"] in DEPLOY


def test_the_cheapest_set_up_costs_less_than_a_dollar_including_alerts() -> None:
    assert total(CHEAPEST) < 1


def test_the_timer_is_counted_and_within_the_free_amount() -> None:
    page = re.search(r"timer alone takes ([\d,]+) executions and ([\d,]+) GB-seconds", DEPLOY)
    assert page is not None
    assert (page[1], page[2]) == ("8,640", "17,280")
    assert compute(8_640, 17_280) == 0
    assert compute(PRICES["functions_free_executions"] + 1e6, 0) == pytest.approx(0.4)


def test_the_cost_of_an_attack_is_the_tables_sum() -> None:
    for part in FLOODS[0].parts():
        cells = [f"${one.parts()[part]:,.0f}" for one in FLOODS]
        assert _row(SECURITY, part) == cells, (part, cells)
    assert _row(SECURITY, "together, at most") == [f"${one.dollars():,.0f}" for one in FLOODS]


def test_no_file_is_larger_than_assumed() -> None:
    largest = max(path.stat().st_size for path in (PROJECT / "static").rglob("*.*"))

    assert LARGEST_FILE_BYTES / 2 < largest <= LARGEST_FILE_BYTES


def test_the_default_number_of_instances_is_the_assumed_one() -> None:
    bicep = (PROJECT / "infra/main.bicep").read_text("utf-8")
    (default,) = re.findall(r"^param maximumInstanceCount int = (\d+)$", bicep, re.MULTILINE)
    assert int(default) == FLOODS[0].instances
    assert Flood(2 * int(default)).parts()["computing"] == 2 * FLOODS[0].parts()["computing"]


def test_the_daily_cap_of_the_logs_is_the_templates() -> None:
    monitoring = (PROJECT / "infra/modules/monitoring.bicep").read_text("utf-8")
    assert f"dailyQuotaGb: json('{PRICES['logs_daily_cap_gb']}')" in monitoring
