"""The demo's control paths, and the same from Python."""

from __future__ import annotations

from typing import Any

import pytest

from demo_plex import DemoPlex
from tests.demo_plex.client import KIDS, MOVIES, PlexClient, xml_of


def test_calls_show_who_was_invited_but_never_the_token(plex: DemoPlex, client: PlexClient) -> None:
    client.get("/api/users/")
    client.share("bob@example.com", [MOVIES, KIDS])
    client.share("alice", [])
    calls = client.get("/_demo/calls")
    seen = [(c["method"], c["invited"], c["library_ids"]) for c in calls.json()["calls"]]
    assert seen == [
        ("GET", None, None),
        ("POST", "bob@example.com", [MOVIES, KIDS]),
        ("POST", "alice", []),
    ]
    assert plex.token not in calls.text
    assert plex.calls[1].client_identifier == "not-a-real-client"


def test_refused_calls_are_recorded_too(plex: DemoPlex, client: PlexClient) -> None:
    client.get("/api/users/", headers={"X-Plex-Token": "wrong"})
    client.ask("POST", client.shares_path, data=b"not json")
    assert [(call.method, call.invited) for call in plex.calls] == [("GET", None), ("POST", None)]


def test_calls_can_be_forgotten(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    assert client.ask("DELETE", "/_demo/calls").status_code == 204
    assert plex.calls == []
    assert len(plex.shares) == 1


def test_shares_are_shown(client: PlexClient) -> None:
    client.share("nobody@example.com")
    assert client.get("/_demo/shares").json() == {
        "shares": [
            {
                "id": 1001,
                "username": "",
                "email": "nobody@example.com",
                "user_id": None,
                "accepted": False,
                "library_ids": [MOVIES],
                "all_libraries": False,
            }
        ]
    }


def test_a_friend_accepts_over_http(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    accepted = client.ask("POST", "/_demo/accept", json={"identity": "BOB"})
    assert accepted.json()["accepted"] is True
    assert plex.shares[0].accepted


def test_nobody_can_accept_what_was_never_sent(client: PlexClient) -> None:
    assert client.ask("POST", "/_demo/accept", json={"identity": "bob"}).status_code == 404


def test_seats_can_be_filled_and_emptied_without_affecting_real_people(
    plex: DemoPlex, client: PlexClient
) -> None:
    client.share("bob")
    assert client.ask("POST", "/_demo/settings", json={"people": 100}).json()["people"] == 100
    assert client.share("alice").status_code == 400
    client.ask("POST", "/_demo/settings", json={"people": 0})
    assert [share.person.username for share in plex.shares] == ["bob"]


def test_a_new_token_invalidates_the_old_one(plex: DemoPlex, client: PlexClient) -> None:
    shown = client.ask("POST", "/_demo/settings", json={"token": "another-fake-token"})
    assert "another-fake-token" not in shown.text
    assert client.get("/api/users/").status_code == 401
    client.session.headers["X-Plex-Token"] = plex.token
    assert client.get("/api/users/").status_code == 200


def test_libraries_and_the_server_itself_can_be_replaced(
    plex: DemoPlex, client: PlexClient
) -> None:
    old_path = f"/api/servers/{plex.machine_identifier}"
    anime = {"id": 118181370, "key": 7, "type": "show", "title": "Anime"}
    client.ask(
        "POST", "/_demo/settings", json={"libraries": [anime], "machine_identifier": "abc123"}
    )
    assert client.get(old_path).status_code == 404
    sections = xml_of(client.get("/api/servers/abc123"))[0]
    assert [each.get("title") for each in sections] == ["Anime"]
    assert client.share("bob", [MOVIES]).status_code == 400


@pytest.mark.parametrize(
    "settings",
    [
        [],
        {"colour": "red"},
        {"people": "many"},
        {"people": True},
        {"latency_seconds": -1},
        {"libraries": [{"id": 1}]},
        {"people": 5, "token": 1},
    ],
)
def test_invalid_settings_change_nothing(client: PlexClient, settings: Any) -> None:
    before = client.get("/_demo/settings").json()
    assert client.ask("POST", "/_demo/settings", json=settings).status_code == 400
    assert client.get("/_demo/settings").json() == before


def test_an_unknown_control_is_404(client: PlexClient) -> None:
    assert client.get("/_demo/nothing").status_code == 404


def test_reset_restores_everything(plex: DemoPlex, client: PlexClient) -> None:
    plex.change(people=10, latency_seconds=0.01, machine_identifier="abc", token="other-fake")
    plex.fail("drop", times=0)
    assert client.ask("POST", "/_demo/reset").status_code == 204
    assert (plex.shares, plex.calls) == ([], [])
    assert client.share("bob").status_code == 200
    assert plex.shares[0].id == 1001


def test_sharing_and_accepting_work_without_http(plex: DemoPlex) -> None:
    plex.share("bob", [MOVIES])
    plex.accept("bob")
    share = plex.share_of("Bob@example.com")
    assert share is not None
    assert share.accepted
    assert plex.calls == []


def test_a_crowd_has_names_different_libraries_and_pending_invites(plex: DemoPlex) -> None:
    plex.share("first")
    plex.change(crowd=60)
    plex.change(crowd=60)
    names = {share.person.username for share in plex.shares}
    assert len(names) == 60
    assert {"anna.berg", "first"} <= names
    assert {len(share.library_ids or ()) for share in plex.shares} == {0, 1, 2, 3}
    waiting = [share for share in plex.shares if not share.accepted]
    assert 5 <= len(waiting) <= 10
