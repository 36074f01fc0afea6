"""The OpenAPI document describes exactly the existing functions and their answers."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from helpr_core.web.endpoints import ENDPOINTS
from tests.web.site_under_test import PROBLEM, SiteUnderTest

OpenApi = dict[str, Any]
VERBS = ("get", "head", "put", "post", "delete", "patch", "options")

WAYS_IN = (
    *("sign_in", "passkey_begin", "passkey_sign_in", "in_front", "in_front_sign_in"),
    *("plex_begin", "plex_pin", "plex_back"),
)


@pytest.fixture
def document(site: SiteUnderTest) -> OpenApi:
    answer = site.get("/api/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    described: OpenApi = answer.get_json()
    return described


def _described(document: OpenApi) -> set[tuple[str, str, bool]]:
    """Method, path, and whether it needs a key."""
    return {
        (verb.upper(), path, {"function_key": []} in operation.get("security", []))
        for path, item in document["paths"].items()
        for verb, operation in item.items()
        if verb in VERBS
    }


def test_it_describes_the_existing_endpoints_and_no_others(document: OpenApi) -> None:
    table = {
        (method, "/" + one.path.replace("{*", "{"), one.key)
        for one in ENDPOINTS
        if one.described  # catch-all endpoints are not part of an API
        for method in one.methods
    }
    assert _described(document) == table
    assert len(table) > 10


def test_only_the_manage_door_requires_a_key(document: OpenApi) -> None:
    for _, path, guarded in _described(document):
        assert guarded is path.startswith("/api/manage/")


def test_endpoints_behind_a_session_say_so_and_changes_name_the_token_too(
    document: OpenApi,
) -> None:
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            signed_in = {"session": []} in operation.get("security", [])
            inside = path.startswith("/dashboard/")
            is_way_in = operation["operationId"] in WAYS_IN
            assert signed_in is (inside and not is_way_in), (verb, path)
            token = "X-CSRF-Token" in [one["name"] for one in operation["parameters"]]
            assert token is (signed_in and verb != "get"), (verb, path)


def test_it_is_valid_openapi(document: OpenApi) -> None:
    assert document["openapi"].startswith("3.1.")
    names = [op["operationId"] for item in document["paths"].values() for op in item.values()]
    assert len(set(names)) == len(names)
    for path, item in document["paths"].items():
        for operation in item.values():
            told = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert told == {part[1:-1] for part in path.split("/") if part.startswith("{")}
            assert operation["responses"]
            assert operation["summary"]


def test_every_schema_is_valid_and_every_reference_resolves(document: OpenApi) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        jsonschema_rs.meta.validate(schema)
        assert schema.get("type") or schema.get("enum") or schema.get("anyOf"), name
    for reference in _references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        here = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return here + [found for value in part.values() for found in _references(value)]
    if isinstance(part, list):
        return [found for value in part for found in _references(value)]
    return []


def test_every_error_is_described_as_a_problem(document: OpenApi) -> None:
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and status != "401" and verb != "head":
                    assert PROBLEM in answer["content"], (path, verb, status)


def test_it_contains_the_contract_of_the_invite(document: OpenApi) -> None:
    invite = document["paths"]["/api/invites"]["post"]
    statuses = {201, 202, 303, 400, 403, 409, 410, 413, 415, 422, 429, 500, 503}
    assert {int(status) for status in invite["responses"]} == statuses
    assert set(invite["requestBody"]["content"]) == {
        "application/json",
        "application/x-www-form-urlencoded",
    }
    assert "Retry-After" in invite["responses"]["429"]["headers"]


def test_it_contains_no_setting_of_this_site(site: SiteUnderTest) -> None:
    text = site.get("/api/openapi.json").text
    for secret in (site.plex.token, site.plex.url, "Demo Plex", str(site.database)):
        assert secret not in text
