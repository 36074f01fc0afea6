"""Names fit Azure's rules even when every part of them is as long as the parameters allow."""

from __future__ import annotations

import re

from tests.infra.template import INFRA, PARAMETER_FILES, app_settings, resources, the

# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
RULES = {
    "Microsoft.ManagedIdentity/userAssignedIdentities": r"[\w-]{3,128}",
    "Microsoft.OperationalInsights/workspaces": r"[a-zA-Z\d][a-zA-Z\d-]{2,61}[a-zA-Z\d]",
    "Microsoft.Insights/components": r"[\w.()-]{1,260}",
    "Microsoft.Insights/actionGroups": r"[\w.() -]{1,260}",
    "Microsoft.Insights/scheduledQueryRules": r"[\w.() -]{1,260}",
    "Microsoft.Storage/storageAccounts": r"[a-z\d]{3,24}",
    "Microsoft.KeyVault/vaults": r"[a-zA-Z](?!.*--)[a-zA-Z\d-]{1,22}[a-zA-Z\d]",
    "Microsoft.DBforPostgreSQL/flexibleServers": r"[a-z\d][a-z\d-]{1,61}[a-z\d]",
    "Microsoft.Web/serverfarms": r"[a-zA-Z\d-]{1,40}",
    "Microsoft.Web/sites": r"[a-zA-Z\d][a-zA-Z\d-]{0,58}[a-zA-Z\d]",
    "Microsoft.Network/virtualNetworks": r"[a-zA-Z\d][\w.-]{0,62}\w",
    "Microsoft.Network/privateEndpoints": r"[a-zA-Z\d][\w.-]{0,62}\w",
    "Microsoft.Consumption/budgets": r"[\w-]{1,63}",
}
# Named by Azure itself, or a child whose name is written out.
OTHERS = ("Microsoft.Authorization/", "Microsoft.Insights/diagnosticSettings")
HOST_ID_LENGTH = 32


def _limits(parameter: str) -> dict[str, int]:
    text = (INFRA / "main.bicep").read_text("utf-8")
    before = text.split(f"\nparam {parameter} ")[0].rpartition("\n\n")[2]
    return {name: int(value) for name, value in re.findall(r"@(m\w+Length)\((\d+)\)", before)}


def test_the_longest_names_are_those_of_the_private_deployment() -> None:
    suffix = the("private", "Microsoft.KeyVault/vaults")["name"].removeprefix("kv-")
    environment, _, unique = suffix.partition("-")
    assert len(environment) == _limits("environmentName")["maxLength"]
    # The length of uniqueString().
    assert len(unique) == 13


def test_every_name_follows_its_rule() -> None:
    checked = set()
    for name in PARAMETER_FILES:
        for one in resources(name):
            kind = one["type"]
            if kind.count("/") > 1 or kind.startswith(OTHERS) or "DnsZones" in kind:
                continue
            assert re.fullmatch(RULES[kind], one["name"]), one["name"]
            checked.add(kind)
    assert checked == set(RULES)


def test_two_apps_never_share_a_host_id() -> None:
    """The first 32 characters of an app's name are its id in the storage account."""
    assert len(the("private", "Microsoft.Web/sites")["name"]) <= HOST_ID_LENGTH


def test_the_apps_role_in_the_database_is_the_name_of_its_identity() -> None:
    user = app_settings("main")["PGUSER"]
    assert "'identity-{0}'" in user
    assert user.endswith(".outputs.name.value]")
    identity = the("private", "Microsoft.ManagedIdentity/userAssignedIdentities")
    # PostgreSQL truncates longer ones.
    assert len(identity["name"]) <= 63
