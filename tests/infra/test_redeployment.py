"""A second deployment removes nothing that the first one, or the owner, set up."""

from __future__ import annotations

import json
import re

import pytest

from helpr_core.configuration.settings import read_settings
from tests.infra.template import (
    INFRA,
    PARAMETER_FILES,
    Json,
    app_settings,
    declared,
    resources,
    templates,
    the,
)

SECRET = "Microsoft.KeyVault/vaults/secrets"
FIRST = json.loads(
    re.sub(r"^//.*$", "", (INFRA / "modules/first-secret.jsonc").read_text("utf-8"), flags=re.M)
)
NAMES = {
    "plexToken": "PLEX-TOKEN",
    "secretKey": "SECRET-KEY",
    "adminPasswordHash": "ADMIN-PASSWORD-HASH",
    "inviteCode": "INVITE-CODE",
    "databaseUrl": "DATABASE-URL",
}


def _secrets(condition: str) -> dict[str, str]:
    """Parameter and value of each secret written under that condition, by its name."""
    found = {}
    for one in resources("main", SECRET):
        if match := re.fullmatch(condition, one["condition"]):
            found[match[1]] = one["name"].partition("/")[2]
    return found


def test_a_secret_is_written_only_if_it_is_given() -> None:
    given = _secrets(r"\[not\(empty\(parameters\('(\w+)'\)\)\)\]")
    assert given == NAMES
    for one in resources("main", SECRET):
        name = one["name"].partition("/")[2]
        if one["condition"].startswith("[not"):
            parameter = next(key for key, value in NAMES.items() if value == name)
            assert one["properties"]["value"] == f"[parameters('{parameter}')]"


def test_secrets_that_are_not_given_exist_from_the_first_deployment_on() -> None:
    first = _secrets(r"\[empty\(parameters\('(\w+)'\)\)\]")
    # "Not set" would be a SQLite file that is gone with the instance.
    assert first == {key: name for key, name in NAMES.items() if key != "databaseUrl"}


def test_a_first_value_never_overwrites_another() -> None:
    (secret,) = FIRST["resources"].values()
    assert secret["@options"] == {"onlyIfNotExists": []}
    # Options work only in templates of this version.
    assert FIRST["languageVersion"] == "2.0"


def test_the_first_values_are_random_or_not_set(compiled: Json) -> None:
    values = {}
    for template in templates(compiled):
        for one in declared(template):
            inside = one.get("properties", {}).get("template", {})
            if inside.get("parameters", {}).keys() == FIRST["parameters"].keys():
                parameters = one["properties"]["parameters"]
                values[parameters["name"]["value"]] = parameters["value"]["value"]
    assert values.pop("SECRET-KEY") == "[parameters('firstSecretKey')]"
    assert set(values.values()) == {"[variables('unset')]"}
    assert len(values) == len(NAMES) - 2


def test_the_marker_for_not_set_is_the_one_that_helpr_knows() -> None:
    text = (INFRA / "modules/secrets.bicep").read_text("utf-8")
    (unset,) = re.findall(r"^var unset = '(.+)'$", text, re.MULTILINE)
    required = {
        "PLEX_TOKEN": "t",
        "PLEX_SERVER_NAME": "Home",
        "SECRET_KEY": "a-key-of-a-test-that-nobody-would-guess",
    }
    assert read_settings(required | {"INVITE_CODE": unset}).invite_code is None


@pytest.mark.parametrize("name", PARAMETER_FILES)
def test_the_app_refers_to_a_secret_whether_or_not_it_is_given(name: str) -> None:
    settings = app_settings(name)
    for setting in ("PLEX_TOKEN", "SECRET_KEY", "INVITE_CODE"):
        assert f"secrets/{setting.replace('_', '-')})" in settings[setting]


def test_the_password_hash_is_referred_to_if_there_is_a_user_name() -> None:
    without, with_name = app_settings("main"), app_settings("private")
    assert (without["ADMIN_USERNAME"], without["ADMIN_PASSWORD_HASH"]) == ("", "")
    assert with_name["ADMIN_USERNAME"] == "owner"
    assert "secrets/ADMIN-PASSWORD-HASH)" in with_name["ADMIN_PASSWORD_HASH"]


def test_a_budget_keeps_the_month_it_began_in() -> None:
    """Azure refuses to change it, and the whole deployment with it."""
    budget = the("main", "Microsoft.Consumption/budgets")
    start = budget["properties"]["timePeriod"]["startDate"]
    assert "tryGet(target('full'), 'properties', 'timePeriod', 'startDate')" in start


def test_a_network_lists_its_subnets_itself() -> None:
    """Otherwise a second deployment would remove them."""
    network = the("private", "Microsoft.Network/virtualNetworks")
    assert [one["name"] for one in network["properties"]["subnets"]] == ["app", "endpoints"]
    assert resources("private", "Microsoft.Network/virtualNetworks/subnets") == []
