"""The plan and the app are as Flex Consumption requires, in known API versions."""

from __future__ import annotations

import pytest

from tests.infra.template import (
    PARAMETER_FILES,
    Json,
    app_settings,
    declared,
    keys,
    resources,
    templates,
    the,
)

FORBIDDEN = {
    "linuxFxVersion",
    "alwaysOn",
    "ftpsState",
    "functionAppScaleLimit",
    "vnetRouteAllEnabled",
    "siteUpdateStrategy",
}
# Versions that public templates have deployed: those of Azure's own module registry (August 2026)
# or, for Network, Web and scheduledQueryRules, of many templates besides. The newest that the
# linter knows may be refused: Microsoft.Insights/metricAlerts@2026-01-01 was, in every region.
DEPLOYED = {
    "Microsoft.ManagedIdentity": "2024-11-30",
    "Microsoft.Storage": "2026-04-01",
    "Microsoft.OperationalInsights": "2025-07-01",
    "Microsoft.KeyVault": "2026-02-01",
    "Microsoft.DBforPostgreSQL": "2025-08-01",
    "Microsoft.Web": "2025-03-01",
    "Microsoft.Authorization": "2022-04-01",
    "Microsoft.Consumption": "2024-08-01",
    "Microsoft.Network": "2025-05-01",
    "Microsoft.Network/privateDnsZones": "2024-06-01",
    "Microsoft.Insights/components": "2020-02-02",
    "Microsoft.Insights/diagnosticSettings": "2021-05-01-preview",
    "Microsoft.Insights/actionGroups": "2023-01-01",
    "Microsoft.Insights/scheduledQueryRules": "2023-12-01",
}


def _version(resource_type: str) -> str:
    provider, kind, *_ = resource_type.split("/")
    return DEPLOYED.get(f"{provider}/{kind}") or DEPLOYED.get(provider, "none")


def test_every_api_version_has_been_deployed_before(compiled: Json) -> None:
    other = [
        (one["type"], one["apiVersion"])
        for template in templates(compiled)
        for one in declared(template)
        if one["type"] != "Microsoft.Resources/deployments"
        if one["apiVersion"] != _version(one["type"])
    ]
    assert other == []


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_the_plan_is_flex_consumption(name: str) -> None:
    plan = the(name, "Microsoft.Web/serverfarms")
    assert plan["sku"] == {"name": "FC1", "tier": "FlexConsumption"}
    assert plan["properties"]["reserved"] is True
    assert the(name, "Microsoft.Web/sites")["kind"] == "functionapp,linux"


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_no_property_is_forbidden_on_flex_consumption(name: str) -> None:
    for one in resources(name):
        if one["type"].startswith("Microsoft.Web/"):
            assert not FORBIDDEN & set(keys(one))


def test_the_app_has_as_many_threads_as_concurrent_requests() -> None:
    scale = the("main", "Microsoft.Web/sites")["properties"]["functionAppConfig"][
        "scaleAndConcurrency"
    ]
    at_once = scale["triggers"]["http"]["perInstanceConcurrency"]
    assert app_settings("main")["PYTHON_THREADPOOL_THREAD_COUNT"] == str(at_once) == "16"


def test_an_instance_is_always_ready_only_on_request() -> None:
    awake = {
        name: the(name, "Microsoft.Web/sites")["properties"]["functionAppConfig"][
            "scaleAndConcurrency"
        ]["alwaysReady"]
        for name in PARAMETER_FILES
    }
    assert awake["main"] == []
    assert awake["private"] == [{"name": "http", "instanceCount": 1}]


def test_the_package_comes_from_the_container_made_for_it() -> None:
    container = the("main", "Microsoft.Storage/storageAccounts/blobServices/containers")
    package = the("main", "Microsoft.Web/sites")["properties"]["functionAppConfig"]["deployment"]
    assert container["name"].endswith("/default/app-package")
    assert package["storage"]["type"] == "blobContainer"
    assert package["storage"]["value"].endswith(".outputs.packagesUrl.value]")


def test_the_default_python_is_the_one_that_the_tests_run_on_first(compiled: Json) -> None:
    version = compiled["parameters"]["pythonVersion"]
    assert version["defaultValue"] == "3.13"
    assert version["allowedValues"] == ["3.11", "3.12", "3.13", "3.14"]


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_no_other_site_may_call_the_app_from_a_browser(name: str) -> None:
    assert "cors" not in set(keys(the(name, "Microsoft.Web/sites")))


def test_few_instances_are_the_default() -> None:
    for name in PARAMETER_FILES:
        scale = the(name, "Microsoft.Web/sites")["properties"]["functionAppConfig"]
        assert scale["scaleAndConcurrency"]["maximumInstanceCount"] == 4


def test_function_keys_are_left_to_the_host(compiled: Json) -> None:
    """They have no type in Bicep, and making them fails while there is no code."""
    types = {one["type"] for template in templates(compiled) for one in declared(template)}
    assert not [one for one in types if one.startswith("Microsoft.Web/sites/host")]
