"""Passkeys over HTTP: added in a session with proof of identity, and used to sign in."""

from __future__ import annotations

from typing import Any

import pytest

from helpr_core import container
from helpr_core.container import Container
from tests.services.owner.authenticator import Authenticator
from tests.web.conftest import MakeDashboard, MakeSite
from tests.web.dashboard import PASSWORD, SESSION, USERNAME, Dashboard, cookie_of, header_of
from tests.web.session.conftest import Later
from tests.web.session.test_second_factor import changes, turn_on
from tests.web.site_under_test import SiteUnderTest, fields_of, problem

PASSKEYS = "/dashboard/api/passkeys"
ORIGIN = "http://localhost"
"""The address of the test's site, for which browsers accept plain HTTP."""
HEADERS = {"Origin": ORIGIN}


def ask(owner: Dashboard, path: str, body: object, **headers: str) -> Any:
    return owner.ask("POST", f"{PASSKEYS}{path}", json=body, headers=HEADERS | headers)


def add(owner: Dashboard, name: str = "Phone") -> Authenticator:
    """A passkey of the owner."""
    phone = Authenticator(ORIGIN)
    options = ask(owner, "/begin", {"password": PASSWORD}).get_json()["public_key"]
    answer = ask(owner, "", {"name": name, "credential": phone.make(options)})
    assert answer.status_code == 201, answer.text
    return phone


def open_with(phone: Authenticator, site: SiteUnderTest, **request: Any) -> Any:
    headers = HEADERS | dict(request.pop("headers", {}))
    begun = site.ask("POST", f"{SESSION}/passkey/begin", headers=headers, json={}, **request)
    assert begun.status_code == 200, begun.text
    body = {"credential": phone.sign(begun.get_json()["public_key"])}
    return site.ask("POST", f"{SESSION}/passkey", headers=headers, json=body, **request)


def actions(dashboard: Dashboard) -> list[str]:
    events = dashboard.site.owner("GET", "audit").get_json()["events"]
    return [one["action"] for one in events]


def test_a_passkey_signs_in_without_password_and_code(owner: Dashboard) -> None:
    phone = add(owner)
    turn_on(owner)
    answer = open_with(phone, owner.site)
    assert answer.status_code == 200
    assert answer.get_json()["username"] == USERNAME
    assert "SameSite=Strict" in header_of(answer, "helpr_session")
    browser = Dashboard(owner.site, cookie_of(answer), answer.get_json()["csrf_token"])
    assert browser.get().status_code == 200
    ways = [one["way"] for one in browser.get("/dashboard/api/browsers").get_json()["browsers"]]
    assert sorted(ways) == ["passkey", "password"]


def test_an_answer_signs_in_once(owner: Dashboard) -> None:
    phone = add(owner)
    begun = owner.site.ask("POST", f"{SESSION}/passkey/begin", headers=HEADERS, json={})
    body = {"credential": phone.sign(begun.get_json()["public_key"])}
    statuses = [
        owner.site.ask("POST", f"{SESSION}/passkey", headers=HEADERS, json=body).status_code
        for _ in range(2)
    ]
    assert statuses == [200, 403]


def test_a_passkey_is_listed_renamed_and_removed(owner: Dashboard) -> None:
    phone = add(owner, "Phone")
    found = owner.get(PASSKEYS).get_json()
    (listed,) = found["passkeys"]
    assert (listed["name"], listed["host"], found["proof_wanted"]) == ("Phone", "localhost", False)
    path = f"{PASSKEYS}/{listed['passkey_id']}"
    assert owner.ask("PATCH", path, json={"name": " Tablet "}).get_json()["name"] == "Tablet"
    assert fields_of(
        problem(owner.ask("PATCH", path, json={"name": " "}), 400, "invalid_input")
    ) == ["name"]
    assert owner.ask("DELETE", path).status_code == 204
    problem(owner.ask("DELETE", path), 404, "not_found")
    refused = open_with(phone, owner.site)
    problem(refused, 403, "passkey_refused")
    assert "Set-Cookie" not in refused.headers
    assert actions(owner)[:3] == ["passkey_removed", "passkey_renamed", "passkey_added"]
    assert changes(owner) == ["passkey_removed", "passkey_added"]


def test_a_recent_sign_in_adds_one_without_the_password(owner: Dashboard) -> None:
    assert ask(owner, "/begin", {}).status_code == 200


@pytest.mark.parametrize(
    ("proof", "named"),
    [({}, "password"), ({"password": "wrong"}, "password"), ({"code": "000000"}, "code")],
)
def test_an_open_session_alone_cannot_add_one(
    owner: Dashboard, later: Later, proof: dict[str, str], named: str
) -> None:
    later(minutes=11)
    assert owner.get(PASSKEYS).get_json()["proof_wanted"] is True
    assert fields_of(problem(ask(owner, "/begin", proof), 400, "invalid_input")) == [named]


def test_a_challenge_for_signing_in_cannot_add_one(owner: Dashboard) -> None:
    begun = owner.site.ask("POST", f"{SESSION}/passkey/begin", headers=HEADERS, json={})
    options = begun.get_json()["public_key"] | {"rp": {"id": "localhost"}}
    body = {"name": "x", "credential": Authenticator(ORIGIN).make(options)}
    problem(ask(owner, "", body), 403, "passkey_refused")
    assert owner.get(PASSKEYS).get_json()["passkeys"] == []


def test_the_function_key_cannot_add_one(owner: Dashboard) -> None:
    problem(owner.site.owner("POST", "passkeys/begin", json={}), 409, "not_possible")
    assert owner.site.owner("GET", "passkeys").get_json()["passkeys"] == []


def test_if_no_browser_has_passkeys_the_reason_is_given(make_dashboard: MakeDashboard) -> None:
    owner = make_dashboard(HELPR_PUBLIC_URL="http://helpr.example")
    owner.sign_in()
    answer = ask(owner, "/begin", {"password": PASSWORD}, Origin="http://helpr.example")
    document = problem(answer, 409, "not_possible")
    assert "http://helpr.example" in document["detail"]
    assert "https://" in document["detail"]
    begun = owner.site.ask(
        "POST", f"{SESSION}/passkey/begin", headers={"Origin": "http://helpr.example"}, json={}
    )
    problem(begun, 409, "not_possible")


def test_a_page_of_another_site_gets_nothing(owner: Dashboard) -> None:
    phone = add(owner)
    headers = {"Origin": "https://elsewhere.example"}
    begun = owner.site.ask("POST", f"{SESSION}/passkey/begin", headers=headers, json={})
    problem(begun, 403, "cross_site")
    asked = owner.site.ask("POST", f"{SESSION}/passkey/begin", headers=HEADERS, json={})
    phone.origin = "https://elsewhere.example"
    body = {"credential": phone.sign(asked.get_json()["public_key"])}
    answer = owner.site.ask("POST", f"{SESSION}/passkey", headers=HEADERS, json=body)
    problem(answer, 403, "passkey_refused")


def test_attempts_are_limited_as_with_passwords(make_dashboard: MakeDashboard) -> None:
    owner = make_dashboard(HELPR_RATE_SIGN_IN="3/minute")
    owner.sign_in()
    stranger = Authenticator(ORIGIN)
    peer = {"peer": "198.51.100.9"}
    statuses = [open_with(stranger, owner.site, **peer).status_code for _ in range(4)]
    assert statuses == [403] * 3 + [429]


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"id": "AA", "rawId": "AA", "response": {}},
        {"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "AA"}},
        {"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "ä"}},
        {"id": "AA", "rawId": "AA", "response": {"clientDataJSON": 7}},
        {"id": "AA", "rawId": "AA", "type": "password", "response": {"clientDataJSON": "AA"}},
    ],
)
def test_an_answer_that_no_browser_sends_is_refused(
    owner: Dashboard, credential: dict[str, Any]
) -> None:
    add(owner)
    answer = owner.site.ask(
        "POST", f"{SESSION}/passkey", headers=HEADERS, json={"credential": credential}
    )
    assert answer.status_code in (400, 403)
    assert "Set-Cookie" not in answer.headers


def test_the_sign_in_page_offers_passkeys_if_there_are_any(owner: Dashboard) -> None:
    assert "data-passkeys" not in owner.site.page("/dashboard").text
    add(owner)
    assert "data-passkeys" in owner.site.page("/dashboard").text


def test_without_the_password_among_the_ways_in_passkeys_are_refused_too(
    make_dashboard: MakeDashboard,
) -> None:
    """HELPR_SIGN_IN names every way in: a passkey added earlier is not an exception."""
    owner = make_dashboard()
    owner.sign_in()
    phone = add(owner)
    browser = Dashboard(owner.site, cookie_of(open_with(phone, owner.site)))
    environ = owner.site.container.installation._environ
    later = Container({**environ, "HELPR_SIGN_IN": "plex"})
    container.install(lambda: later)
    refused = open_with(phone, owner.site)
    assert "HELPR_SIGN_IN" in problem(refused, 409, "not_possible")["detail"]
    assert "Set-Cookie" not in refused.headers
    for one in (browser, owner):
        problem(one.get(), 401, "sign_in_required")
    later.stores.database().dispose()


def test_without_an_administrator_nobody_can_sign_in_with_one(make_site: MakeSite) -> None:
    site = make_site(ADMIN_USERNAME=None, ADMIN_PASSWORD_HASH=None)
    problem(open_with(Authenticator(ORIGIN), site), 409, "not_possible")
