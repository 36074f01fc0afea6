"""Two doors to the owner's use cases, and neither opens without its key."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from helpr_core.local.application import HostedApplication
from helpr_core.local.functions import HttpFunction
from helpr_core.web.manage import ENDPOINTS, OPERATIONS
from helpr_core.web.manage.operation import Operation
from tests.web.dashboard import Dashboard
from tests.web.site_under_test import SiteUnderTest, problem

# What is meant for everyone, by name: a new function is shut until it is written here.
ANONYMOUS = {
    "dashboard", "form", "healthz", "invite", "invite_status", "invited", "join", "openapi",
    "sign_in", "site", "static_files",
    "unknown_api", "unknown_dashboard", "unknown_invited", "unknown_join", "unknown_page",
}  # fmt: skip
UNKNOWN = "0f8fad5b-d9cb-469f-a165-70867728950e"
_PARAMETER = re.compile(r"{\*?\w+}")
CHANGES = [one for one in OPERATIONS if one.method != "GET"]
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
every_change = pytest.mark.parametrize("operation", CHANGES, ids=lambda one: one.name)


def _path(operation: Operation) -> str:
    return _PARAMETER.sub(UNKNOWN, operation.path)


def _requests(application: HostedApplication) -> Iterator[tuple[HttpFunction, str, str]]:
    """Each registered function with each of its methods and a path that leads to it."""
    for function in application.functions:
        for method in sorted(function.methods or ()):
            yield function, method, "/" + _PARAMETER.sub("libraries", function.route)


def test_no_function_answers_without_a_key_or_a_session_but_those_for_everyone(
    site: SiteUnderTest, application: HostedApplication
) -> None:
    asked = list(_requests(application))
    answered = {
        function.name
        for function, method, path in asked
        if site.ask(method, path, json={}).status_code != 401
    }
    # An empty sign-in is a wrong request, or has no administrator to ask for: no 401.
    assert answered == ANONYMOUS
    assert len({function.name for function, _, _ in asked}) > len(ANONYMOUS) + len(OPERATIONS)


def test_a_wrong_key_and_a_wrong_cookie_open_nothing_either(
    site: SiteUnderTest, application: HostedApplication
) -> None:
    headers = {
        "x-functions-key": site.container.function_keys()[0][::-1],
        "Cookie": f"helpr_session={'0' * 32}.1700000000.{'A' * 43}",
        "X-CSRF-Token": "A" * 43,
    }
    answered = {
        function.name
        for function, method, path in _requests(application)
        if site.ask(method, path, json={}, headers=headers).status_code != 401
    }
    assert answered == ANONYMOUS


def test_each_use_case_is_a_function_that_wants_a_key(application: HostedApplication) -> None:
    guarded = {one.name for one in application.functions if one.auth_level == "FUNCTION"}
    assert guarded == {one.name for one in OPERATIONS} == {one.name for one in ENDPOINTS}


@every_operation
def test_a_session_is_no_key_and_a_key_is_no_session(
    owner: Dashboard, operation: Operation
) -> None:
    path = _path(operation)
    assert owner.ask(operation.method, f"/api/manage/{path}").status_code == 401
    key = {"x-functions-key": owner.site.container.function_keys()[0]}
    answer = owner.site.ask(operation.method, f"/dashboard/api/{path}", headers=key)
    problem(answer, 401, "sign_in_required")


@every_operation
def test_each_use_case_is_behind_the_session_door_too(
    owner: Dashboard, operation: Operation
) -> None:
    answer = owner.ask(operation.method, f"/dashboard/api/{_path(operation)}", json={})
    assert answer.status_code not in (401, 403, 500)
    if answer.status_code == 404:  # the request that is asked for, not the use case
        assert "{request_id}" in operation.path


@every_change
def test_nothing_is_changed_through_the_session_door_without_its_token(
    owner: Dashboard, operation: Operation
) -> None:
    other = Dashboard(owner.site)
    other.sign_in()
    for token in ("", "wrong", other.csrf_token):
        answer = owner.ask(
            operation.method,
            f"/dashboard/api/{_path(operation)}",
            headers={"X-CSRF-Token": token},
            json={"shared": [118181361], "email_or_username": "friend"},
        )
        problem(answer, 403, "csrf_failed")
    assert owner.site.rows() == []
    assert owner.site.invited() == []
