"""The owner, signed in by a proxy or Azure: only if configured, and only by that sender."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from helpr_core.errors import LogUnavailable
from tests.domain.test_in_front import OID, claims
from tests.services.flaky_stores import FlakyStore
from tests.web.conftest import MakeDashboard
from tests.web.dashboard import PASSWORD, Dashboard, cookie_of
from tests.web.site_under_test import problem

IN_FRONT = "/dashboard/in-front"
PEER = "172.18.0.2"
PROXY = {
    "HELPR_SIGN_IN": "password proxy",
    "HELPR_SIGN_IN_USERS": "olga@home.example",
    "HELPR_SIGN_IN_PROXIES": "172.18.0.0/16",
    "HELPR_TRUSTED_PROXY_HOPS": "1",
}
OLGA = {"Remote-User": "olga@home.example", "X-Forwarded-For": "203.0.113.7"}
AZURE = {
    "HELPR_SIGN_IN": "azure",
    "HELPR_SIGN_IN_USERS": OID,
    "WEBSITE_SITE_NAME": "helpr",
    "WEBSITE_AUTH_ENABLED": "True",
}
CLAIMS = {"X-MS-CLIENT-PRINCIPAL": claims()}


def ask(browser: Dashboard, method: str, headers: dict[str, str], **more: Any) -> TestResponse:
    return browser.site.ask(method, IN_FRONT, headers=headers, **({"peer": PEER} | more))


def sign_in(browser: Dashboard, headers: dict[str, str]) -> None:
    answer = ask(browser, "POST", headers)
    assert answer.status_code == 200, answer.text
    browser.cookie = cookie_of(answer)
    browser.csrf_token = answer.get_json()["csrf_token"]


def test_the_user_named_by_the_proxy_needs_no_password(make_dashboard: MakeDashboard) -> None:
    browser = make_dashboard(**PROXY)
    body = ask(browser, "GET", OLGA).get_json()
    assert body == {"name": "olga@home.example", "way": "proxy"}
    sign_in(browser, OLGA)
    seen = browser.get("/dashboard/api/browsers", headers=OLGA, peer=PEER)
    (one,) = seen.get_json()["browsers"]
    assert (one["way"], one["username"]) == ("proxy", "olga@home.example")


@pytest.mark.parametrize("way", ["other peer", "other person", "nobody", "without the setting"])
def test_nobody_else_is_signed_in(make_dashboard: MakeDashboard, way: str) -> None:
    settings = {} if way == "without the setting" else PROXY
    browser = make_dashboard(**settings)
    headers = OLGA | {"other person": {"Remote-User": "otto"}, "nobody": {"Remote-User": ""}}.get(
        way, {}
    )
    peer = "203.0.113.7" if way == "other peer" else PEER
    assert ask(browser, "GET", headers, peer=peer).status_code == 204
    answer = ask(browser, "POST", headers, peer=peer)
    problem(answer, 404, "not_found")
    assert "Set-Cookie" not in answer.headers


def test_the_forwarded_address_is_not_taken_for_the_proxys(make_dashboard: MakeDashboard) -> None:
    """Anybody can write 172.18.0.2 into the header; nobody can fake the address that connects."""
    browser = make_dashboard(**PROXY)
    headers = OLGA | {"X-Forwarded-For": "172.18.0.2", "X-Helpr-Peer": "172.18.0.2"}
    assert ask(browser, "GET", headers, peer="203.0.113.7").status_code == 204


def test_signing_out_at_the_proxy_signs_out_here(make_dashboard: MakeDashboard) -> None:
    browser = make_dashboard(**PROXY)
    sign_in(browser, OLGA)
    assert browser.get(headers=OLGA, peer=PEER).status_code == 200
    problem(browser.get(), 401, "sign_in_required")
    other = OLGA | {"Remote-User": "otto"}
    problem(browser.get(headers=other, peer=PEER), 401, "sign_in_required")


def test_it_does_so_for_a_session_that_began_while_the_database_was_down(
    make_dashboard: MakeDashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = make_dashboard(**PROXY)
    sessions = browser.site.container.owner.sessions()
    database = FlakyStore(sessions._browsers, LogUnavailable)
    monkeypatch.setattr(sessions, "_browsers", database)
    database.down = True
    sign_in(browser, OLGA)
    for down in (True, False):
        database.down = down
        assert browser.get(headers=OLGA, peer=PEER).status_code == 200
        for headers in ({"Remote-User": "otto"}, {}):
            problem(browser.get(headers=headers, peer=PEER), 401, "sign_in_required")


def test_the_password_still_works_beside_it(make_dashboard: MakeDashboard) -> None:
    browser = make_dashboard(**PROXY)
    browser.sign_in()
    assert browser.get().status_code == 200


def test_another_site_cannot_sign_the_owner_in(make_dashboard: MakeDashboard) -> None:
    browser = make_dashboard(**PROXY)
    headers = OLGA | {"Origin": "https://evil.example"}
    problem(ask(browser, "POST", headers), 403, "cross_site")


def test_azures_claims_let_the_owner_in(make_dashboard: MakeDashboard) -> None:
    browser = make_dashboard(**AZURE)
    assert ask(browser, "GET", CLAIMS).get_json() == {"name": "Olga", "way": "azure"}
    sign_in(browser, CLAIMS)
    assert browser.get(headers=CLAIMS).get_json()["username"] == "Olga"
    problem(browser.get(), 401, "sign_in_required")


@pytest.mark.parametrize("auth", [None, "False", ""])
def test_azures_header_is_ignored_while_its_authentication_is_off(
    make_dashboard: MakeDashboard, auth: str | None
) -> None:
    browser = make_dashboard(**AZURE | {"WEBSITE_AUTH_ENABLED": auth})
    assert ask(browser, "GET", CLAIMS).status_code == 204
    problem(ask(browser, "POST", CLAIMS), 404, "not_found")


def test_azures_header_means_nothing_behind_a_proxy(make_dashboard: MakeDashboard) -> None:
    browser = make_dashboard(**PROXY | {"HELPR_SIGN_IN_USERS": OID})
    assert ask(browser, "GET", CLAIMS).status_code == 204


@pytest.mark.parametrize(
    ("settings", "headers", "said"),
    [
        (PROXY | {"HELPR_SIGN_IN_PROXIES": "10.0.0.9"}, OLGA, "HELPR_SIGN_IN_PROXIES"),
        (PROXY | {"HELPR_SIGN_IN_USERS": "otto"}, OLGA, "HELPR_SIGN_IN_USERS"),
        (AZURE | {"WEBSITE_AUTH_ENABLED": "False"}, CLAIMS, "Azure's authentication is off"),
    ],
)
def test_the_log_says_why_nobody_is_signed_in(
    make_dashboard: MakeDashboard,
    settings: dict[str, str],
    headers: dict[str, str],
    said: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert ask(make_dashboard(**settings), "GET", headers).status_code == 204
    assert said in "\n".join(caplog.messages)
    assert "olga" not in caplog.text


@pytest.mark.parametrize("given", [{}, {"ADMIN_USERNAME": None, "ADMIN_PASSWORD_HASH": None}])
def test_without_the_password_no_useless_passkey_can_be_added(
    make_dashboard: MakeDashboard, given: dict[str, Any]
) -> None:
    browser = make_dashboard(**PROXY | {"HELPR_SIGN_IN": "proxy"} | given)
    sign_in(browser, OLGA)
    headers = OLGA | {"Origin": "http://localhost"}
    path, body = "/dashboard/api/passkeys/begin", {"password": PASSWORD}
    answer = browser.ask("POST", path, headers=headers, peer=PEER, json=body)
    assert "HELPR_SIGN_IN" in problem(answer, 409, "not_possible")["detail"]


def test_a_password_that_signs_nobody_in_can_still_turn_the_factor_off(
    make_dashboard: MakeDashboard,
) -> None:
    browser = make_dashboard(**PROXY | {"HELPR_SIGN_IN": "proxy"})
    sign_in(browser, OLGA)
    path = "/dashboard/api/second-factor/off"
    for password, status in (("wrong", 400), (PASSWORD, 200)):
        body = {"password": password}
        answer = browser.ask("POST", path, headers=OLGA, peer=PEER, json=body)
        assert answer.status_code == status, answer.text
    refused = problem(browser.try_to_sign_in(), 409, "not_possible")
    assert "HELPR_SIGN_IN" in refused["detail"]
