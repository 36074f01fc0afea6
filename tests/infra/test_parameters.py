"""Parameters have a description, a safe default and a limit; outputs contain no secret."""

from __future__ import annotations

import json
import re

from tests.infra.template import INFRA, Json, templates

SECRETS = {
    "plexToken": "PLEX_TOKEN",
    "secretKey": "SECRET_KEY",
    "inviteCode": "INVITE_CODE",
    "adminPasswordHash": "ADMIN_PASSWORD_HASH",
    "databaseUrl": "DATABASE_URL",
}


def _is_limited(parameter: Json) -> bool:
    if parameter["type"] in ("bool", "object"):
        return True
    if parameter["type"] == "int":
        return "allowedValues" in parameter or {"minValue", "maxValue"} <= parameter.keys()
    return "allowedValues" in parameter or "maxLength" in parameter


def test_every_parameter_of_every_file_is_described(compiled: Json) -> None:
    silent = [
        name
        for template in templates(compiled)
        for name, parameter in template.get("parameters", {}).items()
        if len(parameter.get("metadata", {}).get("description", "")) < len("Tags.")
    ]
    assert silent == []


def test_every_parameter_has_a_default_and_a_limit(compiled: Json) -> None:
    parameters = compiled["parameters"]
    assert [name for name, one in parameters.items() if "defaultValue" not in one] == []
    assert [name for name, one in parameters.items() if not _is_limited(one)] == []


def test_the_secrets_are_secure_and_empty_by_default(compiled: Json) -> None:
    secure = {
        name: one["defaultValue"]
        for name, one in compiled["parameters"].items()
        if one["type"] == "securestring"
    }
    random = secure.pop("firstSecretKey")
    assert re.fullmatch(r"\[format\('\{0\}\{1\}', newGuid\(\), newGuid\(\)\)\]", random)
    assert secure == dict.fromkeys(SECRETS, "")


def test_a_secret_is_secure_in_every_module_it_passes_through(compiled: Json) -> None:
    types = {
        parameter["type"]
        for template in templates(compiled)
        for name, parameter in template.get("parameters", {}).items()
        if name in {*SECRETS, "firstSecretKey"}
    }
    assert types == {"securestring"}


def test_the_parameter_file_reads_the_secrets_from_the_environment() -> None:
    text = (INFRA / "main.bicepparam").read_text("utf-8")
    given = dict(re.findall(r"^param (\w+) = (.*)$", text, re.MULTILINE))
    for parameter, variable in SECRETS.items():
        assert given[parameter] == f"readEnvironmentVariable('{variable}', '')"
    assert "firstSecretKey" not in given


def test_no_output_of_any_module_contains_a_secret(compiled: Json) -> None:
    for template in templates(compiled):
        secure = [
            name
            for name, one in template.get("parameters", {}).items()
            if one["type"].startswith("secure")
        ]
        for name, output in template.get("outputs", {}).items():
            text = json.dumps(output)
            assert not re.search(r"\blist\w*\(", text), name
            assert not [one for one in secure if f"parameters('{one}')" in text], name
