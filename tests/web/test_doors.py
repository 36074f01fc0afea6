"""Two doors to the owner's use cases, and neither opens without its key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from helpr_core.web.endpoint import Endpoint
from helpr_core.web.endpoints import ENDPOINTS, KEY_DOOR
from tests.web.dashboard import Dashboard
from tests.web.site_under_test import SiteUnderTest, problem

# What is public, by name: a new function is closed until it is listed here.
ANONYMOUS = {
    "approval", "approve",
    "dashboard", "form", "healthz", "invite", "invite_status", "invited", "join", "link", "openapi",
    "in_front", "in_front_sign_in", "passkey_begin", "passkey_sign_in",
    "plex_back", "plex_begin", "plex_pin",
    "sign_in", "site", "static_files",
    "set_up", "set_up_step", "sign_ins_begin", "sign_ins_finish", "sign_ins_pin", "signed_in",
    "unknown_api", "unknown_dashboard", "unknown_invited", "unknown_join", "unknown_page",
    "unknown_approve", "unknown_signed_in", "unknown_unsubscribe",
    "mails_off", "mails_off_page",
}  # fmt: skip
UNKNOWN = "0f8fad5b-d9cb-469f-a165-70867728950e"
_PARAMETER = re.compile(r"{\*?\w+}")
OWNERS = [one for one in ENDPOINTS if one.key]
CHANGES = [one for one in OWNERS if one.methods != ("GET",)]
every_operation = pytest.mark.parametrize("operation", OWNERS, ids=lambda one: one.name)


def _path(operation: Endpoint) -> str:
    """The path below each door."""
    return _PARAMETER.sub(UNKNOWN, operation.path).removeprefix(KEY_DOOR)


def _requests() -> Iterator[tuple[Endpoint, str, str]]:
    """Each endpoint with each of its methods and a path that leads to it."""
    for endpoint in ENDPOINTS:
        for method in endpoint.methods:
            yield endpoint, method, "/" + _PARAMETER.sub("libraries", endpoint.path)


def test_only_public_functions_answer_without_a_key_or_a_session(
    site: SiteUnderTest,
) -> None:
    asked = list(_requests())
    answered = {
        function.name
        for function, method, path in asked
        if site.ask(method, path, json={}).status_code != 401
    }
    # An empty sign-in is a bad request, or there is no administrator: no 401.
    assert answered == ANONYMOUS
    assert len({function.name for function, _, _ in asked}) > len(ANONYMOUS) + len(OWNERS)


def test_a_wrong_key_and_a_wrong_cookie_open_nothing(
    site: SiteUnderTest,
) -> None:
    headers = {
        "x-functions-key": site.container.installation.function_keys()[0][::-1],
        "Cookie": f"helpr_session={'0' * 32}.1700000000.{'A' * 43}",
        "X-CSRF-Token": "A" * 43,
    }
    answered = {
        function.name
        for function, method, path in _requests()
        if site.ask(method, path, json={}, headers=headers).status_code != 401
    }
    assert answered == ANONYMOUS


def test_a_session_is_no_key_and_a_key_is_no_session(owner: Dashboard) -> None:
    key = {"x-functions-key": owner.site.container.installation.function_keys()[0]}
    for operation in OWNERS:
        method, path = operation.methods[0], _path(operation)
        assert owner.ask(method, f"/api/manage/{path}").status_code == 401, path
        answer = owner.site.ask(method, f"/dashboard/api/{path}", headers=key)
        problem(answer, 401, "sign_in_required")


@every_operation
def test_each_use_case_is_behind_the_session_door_too(
    owner: Dashboard, operation: Endpoint
) -> None:
    answer = owner.ask(operation.methods[0], f"/dashboard/api/{_path(operation)}", json={})
    assert answer.status_code not in (401, 403, 500)
    if answer.status_code == 404:  # what was asked for is missing, not the use case
        assert "_id}" in operation.path


def test_nothing_can_be_changed_through_the_session_door_without_its_token(
    owner: Dashboard,
) -> None:
    other = Dashboard(owner.site)
    other.sign_in()
    for operation, token in product(CHANGES, ("", "wrong", other.csrf_token)):
        answer = owner.ask(
            operation.methods[0],
            f"/dashboard/api/{_path(operation)}",
            headers={"X-CSRF-Token": token},
            json={"shared": [118181361], "email_or_username": "friend"},
        )
        problem(answer, 403, "csrf_failed")
    assert owner.site.rows() == []
    assert owner.site.invited() == []
