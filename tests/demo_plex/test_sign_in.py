"""The demo's sign-in: PINs, one token per account and device, and what a friend may do."""

from __future__ import annotations

from typing import Any

import requests

from demo_plex import DemoPlex
from tests.demo_plex.client import MOVIES, PlexClient

DEVICE = {"X-Plex-Client-Identifier": "a-device", "Accept": "application/json"}
PAGE = {**DEVICE, "Origin": "https://helpr.example.com"}


def ask(
    plex: DemoPlex, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
) -> requests.Response:
    given = DEVICE if headers is None else headers
    return requests.request(method, plex.url + path, headers=given, timeout=120, **more)


def pin(plex: DemoPlex, headers: dict[str, str] | None = None) -> dict[str, Any]:
    answer = ask(plex, "POST", "/api/v2/pins?strong=true", headers)
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


def token_of(plex: DemoPlex, name: str, identifier: str = "a-device") -> str:
    headers = DEVICE | {"X-Plex-Client-Identifier": identifier}
    made = pin(plex, headers)
    assert plex.sign_in(made["code"], name)
    token: str = ask(plex, "GET", f"/api/v2/pins/{made['id']}", headers).json()["authToken"]
    return token


def as_friend(token: str) -> dict[str, str]:
    return DEVICE | {"X-Plex-Token": token}


def test_a_pin_has_no_token_until_somebody_signs_in_and_only_its_device_can_read_it(
    plex: DemoPlex,
) -> None:
    made = pin(plex)
    assert (made["authToken"], made["expiresIn"], len(made["code"])) == (None, 1800, 25)
    other = DEVICE | {"X-Plex-Client-Identifier": "another-device"}
    plex.sign_in(made["code"], "alice")
    mine = ask(plex, "GET", f"/api/v2/pins/{made['id']}")
    theirs = ask(plex, "GET", f"/api/v2/pins/{made['id']}", other)
    assert mine.json()["authToken"] in plex.tokens
    assert (theirs.status_code, theirs.json()["errors"][0]["code"]) == (404, 1020)


def test_a_pin_expires(plex: DemoPlex) -> None:
    made = pin(plex)
    plex.expire_pins()
    assert ask(plex, "GET", f"/api/v2/pins/{made['id']}").status_code == 404
    assert not plex.sign_in(made["code"], "alice")


def test_pages_of_any_origin_may_create_pins(plex: DemoPlex) -> None:
    before = ask(plex, "OPTIONS", "/api/v2/pins", {"Origin": "https://helpr.example.com"})
    answer = ask(plex, "POST", "/api/v2/pins?strong=true", PAGE)
    assert before.status_code == 204
    assert {one.headers["Access-Control-Allow-Origin"] for one in (before, answer)} == {"*"}


def test_the_auth_page_learns_whether_a_browser_created_the_pin(plex: DemoPlex) -> None:
    def matches(headers: dict[str, str]) -> object:
        code = pin(plex, headers)["code"]
        return ask(plex, "GET", f"/api/v2/pins/info?code={code}").json()["ipMatches"]

    assert (matches(PAGE), matches(DEVICE)) == (True, False)


def test_a_new_sign_in_on_the_same_device_revokes_the_previous_token(plex: DemoPlex) -> None:
    first, other = token_of(plex, "alice"), token_of(plex, "alice", "another-device")
    second = token_of(plex, "alice")

    def status(token: str) -> int:
        return ask(plex, "GET", "/api/v2/user", as_friend(token)).status_code

    assert [status(one) for one in (first, other, second)] == [401, 200, 200]


def test_a_signed_out_token_is_invalid(plex: DemoPlex) -> None:
    token = token_of(plex, "alice")
    assert ask(plex, "DELETE", "/api/v2/users/signout", as_friend(token)).status_code == 204
    assert ask(plex, "GET", "/api/v2/user", as_friend(token)).status_code == 401


def test_each_account_has_its_own_properties(plex: DemoPlex) -> None:
    def facts(name: str) -> list[object]:
        found = ask(plex, "GET", "/api/v2/user", as_friend(token_of(plex, name))).json()
        return [found[one] for one in ("username", "email", "confirmed", "restricted")]

    assert facts("alice") == ["alice", "alice@example.com", True, False]
    assert facts("unconfirmed-uma")[2:] == [False, False]
    assert facts("managed-max") == ["", "", True, True]


def test_a_friend_accepts_their_own_invitations_and_nobody_elses(
    plex: DemoPlex, client: PlexClient
) -> None:
    plex.change(arrives_after=1)
    alice, bob = token_of(plex, "alice"), token_of(plex, "bob")
    assert client.share("alice", [MOVIES]).ok
    received = "/api/v2/shared_servers/invites/received/pending"
    early = ask(plex, "GET", received, as_friend(alice)).json()
    (invite,) = ask(plex, "GET", received, as_friend(alice)).json()
    (server,) = invite["sharedServers"]
    accept = f"/api/v2/shared_servers/{server['id']}/accept"
    assert (early, server["machineIdentifier"]) == ([], plex.machine_identifier)
    assert ask(plex, "POST", accept, as_friend(bob)).status_code == 404
    assert ask(plex, "POST", accept, as_friend(alice)).ok
    share = plex.share_of("alice")
    assert share is not None
    assert share.accepted


def test_a_friends_token_gives_no_access_to_the_owners_api(plex: DemoPlex) -> None:
    headers = as_friend(token_of(plex, "alice"))
    path = f"/api/servers/{plex.machine_identifier}/shared_servers"
    assert ask(plex, "GET", path, headers).status_code == 404
    assert ask(plex, "GET", "/api/v2/shared_servers/owned/accepted", headers).status_code == 404


def test_the_owner_who_signs_in_gets_the_owners_token(plex: DemoPlex) -> None:
    headers = as_friend(token_of(plex, "demo-owner"))
    path = f"/api/servers/{plex.machine_identifier}/shared_servers"
    assert ask(plex, "GET", path, headers).ok


def test_somebody_who_signed_in_can_be_invited_by_account_id(
    plex: DemoPlex, client: PlexClient
) -> None:
    facts = ask(plex, "GET", "/api/v2/user", as_friend(token_of(plex, "alice"))).json()
    shared = {"library_section_ids": [MOVIES], "invited_id": facts["id"]}
    answer = client.ask(
        "POST",
        client.shares_path,
        json={"server_id": plex.machine_identifier, "shared_server": shared},
    )
    assert answer.ok
    assert plex.share_of("alice") is not None


def test_the_auth_page_offers_the_accounts(plex: DemoPlex) -> None:
    page = ask(plex, "GET", "/auth")
    assert "Security Alert" in page.text
    made = pin(plex, PAGE)
    chosen = ask(plex, "POST", "/auth/sign-in", json={"code": made["code"], "who": "alice"})
    nobody = ask(plex, "POST", "/auth/sign-in", json={"code": made["code"], "who": "nobody"})
    assert (chosen.status_code, nobody.status_code) == (204, 404)
    assert all("/auth" not in call.path for call in plex.calls)
