"""TLS everywhere, nothing public but the app, and a network of its own on request."""

from __future__ import annotations

import pytest

from helpr_core.adapters.state.tables import TABLE_NAMES
from tests.infra.template import PARAMETER_FILES, resources, the

STORAGE = "Microsoft.Storage/storageAccounts"
SERVER = "Microsoft.DBforPostgreSQL/flexibleServers"
VAULT = "Microsoft.KeyVault/vaults"
ENDPOINT = "Microsoft.Network/privateEndpoints"
SETTING = "Microsoft.Insights/diagnosticSettings"
PUBLIC = [name for name in PARAMETER_FILES if name != "private"]


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_storage_accepts_neither_keys_nor_plain_http(name: str) -> None:
    account = the(name, STORAGE)["properties"]
    assert account["allowSharedKeyAccess"] is False
    assert account["defaultToOAuthAuthentication"] is True
    assert account["supportsHttpsTrafficOnly"] is True
    assert account["minimumTlsVersion"] == "TLS1_2"


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_no_blob_is_public(name: str) -> None:
    assert the(name, STORAGE)["properties"]["allowBlobPublicAccess"] is False
    container = the(name, f"{STORAGE}/blobServices/containers")
    assert container["properties"]["publicAccess"] == "None"


def test_a_deleted_blob_can_be_restored_for_a_week() -> None:
    service = the("main", f"{STORAGE}/blobServices")["properties"]
    assert service["deleteRetentionPolicy"] == {"enabled": True, "days": 7}


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_the_tables_are_those_of_the_code(name: str) -> None:
    tables = resources(name, f"{STORAGE}/tableServices/tables")
    names = [one["name"].rpartition("/")[2] for one in tables]
    assert sorted(names) == sorted(TABLE_NAMES.values())


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_the_app_serves_https_only(name: str) -> None:
    site = the(name, "Microsoft.Web/sites")["properties"]
    assert site["httpsOnly"] is True
    assert site["siteConfig"]["minTlsVersion"] == "1.2"
    assert site["siteConfig"]["scmMinTlsVersion"] == "1.2"
    assert site["siteConfig"]["http20Enabled"] is True


@pytest.mark.parametrize("name", ["main", "private", "laptop"])
def test_the_database_requires_tls_and_allows_one_extension(name: str) -> None:
    values = {
        one["name"].partition("/")[2]: one["properties"]["value"]
        for one in resources(name, f"{SERVER}/configurations")
    }
    assert values["require_secure_transport"] == "on"
    assert values["ssl_min_protocol_version"] == "TLSv1.2"
    assert values["azure.extensions"] == "pg_trgm"


def test_the_database_is_the_smallest_there_is() -> None:
    server = the("main", SERVER)
    assert server["sku"] == {"name": "Standard_B1ms", "tier": "Burstable"}
    properties = server["properties"]
    assert properties["version"] == "17"
    assert properties["storage"] == {"storageSizeGB": 32, "autoGrow": "Disabled"}
    assert properties["backup"]["backupRetentionDays"] == 7
    assert properties["highAvailability"] == {"mode": "Disabled"}


def test_an_external_database_brings_no_server() -> None:
    types = {one["type"] for one in resources("external")}
    assert not [one for one in types if one.startswith("Microsoft.DBforPostgreSQL")]


def _addresses(name: str) -> dict[str, tuple[str, str]]:
    return {
        one["name"].partition("/")[2]: (
            one["properties"]["startIpAddress"],
            one["properties"]["endIpAddress"],
        )
        for one in resources(name, f"{SERVER}/firewallRules")
    }


def test_the_servers_firewall_admits_azure_and_at_most_one_computer() -> None:
    azure = {"AllowAllAzureServicesAndResourcesWithinAzureIps": ("0.0.0.0", "0.0.0.0")}
    assert _addresses("main") == azure
    assert _addresses("laptop") == azure | {"deployer": ("203.0.113.7", "203.0.113.7")}
    assert _addresses("private") == {}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_deployment_has_no_network_to_pay_for(name: str) -> None:
    types = {one["type"] for one in resources(name)}
    assert not [one for one in types if one.startswith("Microsoft.Network")]
    assert the(name, "Microsoft.Web/sites")["properties"]["virtualNetworkSubnetId"] is None


@pytest.mark.parametrize("kind", [STORAGE, VAULT])
def test_a_private_deployment_closes_the_public_path(kind: str) -> None:
    properties = the("private", kind)["properties"]
    assert properties["publicNetworkAccess"] == "Disabled"
    assert properties["networkAcls"]["defaultAction"] == "Deny"


def test_a_private_database_is_closed_to_the_internet() -> None:
    assert the("private", SERVER)["properties"]["network"]["publicNetworkAccess"] == "Disabled"
    assert the("main", SERVER)["properties"]["network"]["publicNetworkAccess"] == "Enabled"


def test_friends_reach_the_app_in_a_private_deployment_too() -> None:
    site = the("private", "Microsoft.Web/sites")["properties"]
    assert site["publicNetworkAccess"] == "Enabled"
    assert ".outputs" in site["virtualNetworkSubnetId"].replace("'outputs'", ".outputs")


def test_the_apps_subnet_is_delegated_to_flex_consumption() -> None:
    app, endpoints = the("private", "Microsoft.Network/virtualNetworks")["properties"]["subnets"]
    (delegation,) = app["properties"]["delegations"]
    assert delegation["properties"]["serviceName"] == "Microsoft.App/environments"
    assert "delegations" not in endpoints["properties"]
    # Flex accepts no underscore in a subnet's name.
    assert "_" not in app["name"]


def test_everything_the_app_connects_to_has_an_endpoint_and_a_zone() -> None:
    groups = [
        connection["properties"]["groupIds"]
        for one in resources("private", ENDPOINT)
        for connection in one["properties"]["privateLinkServiceConnections"]
    ]
    assert groups == [["blob"], ["queue"], ["table"], ["vault"], ["postgresqlServer"]]
    zones = resources("private", "Microsoft.Network/privateDnsZones")
    assert [one["name"] for one in zones] == [
        "[format('privatelink.blob.{0}', environment().suffixes.storage)]",
        "[format('privatelink.queue.{0}', environment().suffixes.storage)]",
        "[format('privatelink.table.{0}', environment().suffixes.storage)]",
        "privatelink.vaultcore.azure.net",
        "privatelink.postgres.database.azure.com",
    ]
    links = resources("private", "Microsoft.Network/privateDnsZones/virtualNetworkLinks")
    records = resources("private", f"{ENDPOINT}/privateDnsZoneGroups")
    assert (len(links), len(records)) == (len(zones), len(zones))


def test_the_logs_that_an_owner_may_need_go_to_the_workspace() -> None:
    for name, expected in (
        ("main", {"AuditEvent", "PostgreSQLLogs"}),
        ("private", {"AuditEvent", "PostgreSQLLogs", "FunctionAppLogs"}),
        ("external", {"AuditEvent"}),
    ):
        settings = [one for one in resources(name, SETTING) if one.get("condition") is not False]
        categories = {log["category"] for one in settings for log in one["properties"]["logs"]}
        assert categories == expected, name


def test_log_ingestion_has_a_daily_cap() -> None:
    workspace = the("main", "Microsoft.OperationalInsights/workspaces")["properties"]
    assert workspace["workspaceCapping"] == {"dailyQuotaGb": 0.5}
    assert workspace["retentionInDays"] == 30
