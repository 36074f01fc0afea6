"""Who may do what: the roles are exactly the necessary ones, and nothing signs in with a key."""

from __future__ import annotations

import json
import re

import pytest

from tests.infra.template import INFRA, PARAMETER_FILES, Json, declared, resources, templates, the

ROLE = "Microsoft.Authorization/roleAssignments"
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
NEEDED = {
    ("Microsoft.Storage/storageAccounts", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"),  # blobs, owner
    ("Microsoft.Storage/storageAccounts", "974c5e8b-45b9-4653-ba55-5f855dd0fb88"),  # queues
    ("Microsoft.Storage/storageAccounts", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"),  # tables
    ("Microsoft.KeyVault/vaults", "4633458b-17de-408a-874b-0445c86b69e6"),  # read secrets
    ("Microsoft.Insights/components", "3913510d-42f4-4e42-8a64-420c390055eb"),  # write telemetry
}
ADMINISTRATOR = "Microsoft.DBforPostgreSQL/flexibleServers/administrators"


def _scope_and_role(assignment: Json) -> tuple[str, str]:
    scope = re.search(r"/providers/([\w.]+/\w+)/[\w-]+', 'Microsoft.Auth", assignment["id"])
    assert scope, assignment["id"]
    return scope[1], assignment["properties"]["roleDefinitionId"].rpartition("/")[2]


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_the_roles_are_exactly_the_necessary_ones(name: str) -> None:
    found = [_scope_and_role(one) for one in resources(name, ROLE)]
    assert sorted(found) == sorted(NEEDED)


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_every_role_belongs_to_the_apps_own_identity(name: str) -> None:
    for one in resources(name, ROLE):
        assert one["properties"]["principalType"] == "ServicePrincipal"
        assert one["properties"]["principalId"].endswith(".outputs.principalId.value]")
        assert "'identity-{0}'" in one["properties"]["principalId"]


def test_a_role_is_named_after_scope_person_and_role() -> None:
    """Then a redeployment finds it, and another environment has its own."""
    for one in resources("main", ROLE):
        scope, role = _scope_and_role(one)
        assert one["name"].startswith("[guid('/subscriptions/")
        assert f"/providers/{scope}/" in one["name"]
        assert ".outputs.principalId.value" in one["name"]
        assert one["name"].endswith(f"'{role}')]")


def test_roles_are_in_one_file() -> None:
    files = [one.name for one in INFRA.rglob("*.bicep*") if ROLE in one.read_text("utf-8")]
    assert files == ["roles.bicep"]


def test_there_is_one_identity_and_the_app_uses_it_for_everything() -> None:
    the("main", "Microsoft.ManagedIdentity/userAssignedIdentities")
    site = the("main", "Microsoft.Web/sites")
    properties = site["properties"]
    assert site["identity"]["type"] == "UserAssigned"
    used = {
        *site["identity"]["userAssignedIdentities"],
        properties["keyVaultReferenceIdentity"],
        properties["functionAppConfig"]["deployment"]["storage"]["authentication"][
            "userAssignedIdentityResourceId"
        ],
    }
    assert all("'identity-{0}'" in one and ".outputs.id.value" in one for one in used)


def test_the_roles_and_the_package_container_are_deployed_before_the_app(compiled: Json) -> None:
    before = compiled["resources"]["app"]["dependsOn"]
    assert {"roles", "storage", "identity", "endpoints"} <= set(before)
    assert {"secrets", "app"} <= set(compiled["resources"]["settings"]["dependsOn"])


def test_nothing_asks_for_a_key(compiled: Json) -> None:
    for template in templates(compiled):
        for one in declared(template):
            if one["type"] != "Microsoft.Resources/deployments":
                assert not re.search(r"\blist(Keys|AccountSas|Secrets)?\(", json.dumps(one))


def test_the_database_administrator_is_a_parameter(compiled: Json) -> None:
    """PostgreSQL does not know the name that ARM has for a personal account."""
    assert "deployer()" not in json.dumps(compiled)
    administrator = the("laptop", ADMINISTRATOR)
    assert administrator["name"].endswith("/11111111-1111-1111-1111-111111111111")
    assert administrator["properties"]["principalName"] == "owner@example.com"
    assert administrator["properties"]["principalType"] == "User"


def test_a_name_that_postgresql_would_truncate_is_refused(compiled: Json) -> None:
    assert compiled["parameters"]["deployerPrincipalName"]["maxLength"] == 63


def test_the_database_is_created_after_the_server_has_an_administrator(compiled: Json) -> None:
    """Otherwise it belongs to a role of Azure's, and nobody can close it to other roles."""
    order = {name: set(one.get("dependsOn", ())) for name, one in compiled["resources"].items()}
    assert "administrators" in order["database"]
    assert "postgres" in order["administrators"]
    assert "database" in order["settings"]
    server = compiled["resources"]["postgres"]["properties"]["template"]
    assert not [one for one in declared(server) if one["type"].endswith("/databases")]


def test_the_app_is_a_database_administrator_only_on_request() -> None:
    given, app = resources("private", ADMINISTRATOR)
    assert given["properties"]["principalName"] == "owners"
    assert given["properties"]["principalType"] == "Group"
    assert app["properties"]["principalType"] == "ServicePrincipal"
    assert resources("external", ADMINISTRATOR) == []
    laptop = the("laptop", ADMINISTRATOR)
    assert laptop["properties"]["principalName"] == "owner@example.com"


def test_administrators_and_settings_of_the_database_are_changed_one_at_a_time(
    compiled: Json,
) -> None:
    copies = {
        one["type"]: one["copy"]["batchSize"]
        for template in templates(compiled)
        for one in declared(template)
        if one.get("copy", {}).get("mode") == "serial"
    }
    assert copies == {
        ADMINISTRATOR: 1,
        "Microsoft.DBforPostgreSQL/flexibleServers/configurations": 1,
    }
    assert "postgres" in compiled["resources"]["administrators"]["dependsOn"]


def test_the_database_accepts_no_password() -> None:
    server = the("main", "Microsoft.DBforPostgreSQL/flexibleServers")["properties"]
    assert server["authConfig"]["activeDirectoryAuth"] == "Enabled"
    assert server["authConfig"]["passwordAuth"] == "Disabled"
    assert not {"administratorLogin", "administratorLoginPassword"} & server.keys()


def test_telemetry_accepts_no_key() -> None:
    component = the("main", "Microsoft.Insights/components")
    assert component["properties"]["DisableLocalAuth"] is True


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_the_vault_uses_roles_and_cannot_be_purged(name: str) -> None:
    vault = the(name, "Microsoft.KeyVault/vaults")["properties"]
    assert vault["enableRbacAuthorization"] is True
    assert vault["enablePurgeProtection"] is True
    assert 7 <= vault["softDeleteRetentionInDays"] <= 90
    assert "accessPolicies" not in vault


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_publishing_accepts_no_password(name: str) -> None:
    policies = resources(name, "Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    allowed = {one["name"].partition("/")[2]: one["properties"]["allow"] for one in policies}
    assert allowed == {"scm": False, "ftp": False}
