"""The lists over all servers of the owner, including their quirks and faults."""

from __future__ import annotations

from typing import Any

import pytest

from demo_plex import DemoPlex
from demo_plex.shares import OTHER_MACHINE_IDENTIFIER
from tests.demo_plex.client import KIDS, MOVIES, PlexClient, xml_of

OWNED = "/api/v2/shared_servers/owned"
JSON = {"Accept": "application/json"}


def listed(client: PlexClient, which: str) -> list[dict[str, Any]]:
    answer = client.get(f"{OWNED}/{which}", headers=JSON)
    assert answer.status_code == 200
    rows = answer.json()
    assert isinstance(rows, list)
    return rows


def test_the_lists_hold_all_servers_and_keep_share_ids(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob", [MOVIES, KIDS])
    plex.stage.plex.world.share_elsewhere("carol", accepted=True)
    (waiting,) = listed(client, "pending")
    assert (waiting["accepted"], waiting["acceptedAt"]) == (False, None)
    assert [one["id"] for one in waiting["libraries"]] == [MOVIES, KIDS]
    plex.accept("bob")
    bob, carol = listed(client, "accepted")
    assert bob["id"] == waiting["id"]
    assert bob["invitedId"] == bob["invited"]["id"]
    assert carol["machineIdentifier"] == OTHER_MACHINE_IDENTIFIER
    assert listed(client, "pending") == []


def test_both_lists_hold_secrets_as_plexs_do(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    plex.accept("bob")
    assert listed(client, "accepted")[0]["inviteToken"]
    assert xml_of(client.get(client.shares_path))[0].get("accessToken")


@pytest.mark.parametrize(
    ("shape", "holds"),
    [("null", ("invitedEmail", "invited")), ("missing", ("invitedEmail",)), ("partial", ())],
)
def test_an_address_without_account_comes_in_three_shapes(
    plex: DemoPlex, client: PlexClient, shape: str, holds: tuple[str, ...]
) -> None:
    client.share("nobody@example.org")
    plex.change(stranger_shape=shape)
    (row,) = listed(client, "pending")
    assert row.get("invitedId") is None
    for name in holds:
        assert name in row
    if shape == "partial":
        assert row["invited"] == {"id": None, "email": "nobody@example.org"}
    else:
        assert row["invitedEmail"] == "nobody@example.org"
        assert not row.get("invited")


def test_somebody_who_left_is_listed_with_the_end_but_not_by_the_server(
    plex: DemoPlex, client: PlexClient
) -> None:
    client.share("bob")
    plex.accept("bob")
    plex.leave("bob")
    (row,) = listed(client, "accepted")
    assert row["leftAt"]
    assert client.rows(client.shares_path) == []
    assert client.share("bob").status_code == 200  # still a friend


def test_an_end_by_the_newer_call_is_listed_too(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    path = f"/api/v2/shared_servers/{plex.shares[0].id}"
    assert client.ask("DELETE", path).status_code == 204
    assert client.ask("DELETE", path).status_code == 404
    assert listed(client, "pending")[0]["deletedAt"]
    assert plex.shares == []


def test_an_empty_choice_means_all_libraries_including_later_ones(
    plex: DemoPlex, client: PlexClient
) -> None:
    client.share("bob", [])
    plex.change(libraries=[{"id": 5, "key": 9, "type": "show", "title": "New"}])
    (row,) = listed(client, "pending")
    assert row["allLibraries"]
    assert [one["title"] for one in row["libraries"]] == ["New"]


def test_the_two_copies_of_the_settings_differ(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    plex.accept("bob")
    settings = {"allowSync": True, "filterMovies": "contentRating=G%2CPG"}
    body = {"invitedId": plex.shares[0].person.user_id, "settings": settings}
    answer = client.ask("POST", "/api/v2/sharing_settings", json=body)
    assert answer.json()["allowSync"] is True
    (row,) = listed(client, "accepted")
    assert row["invited"]["sharingSettings"]["filterMovies"] == "contentRating=G%2CPG"
    assert row["sharingSettings"]["filterMovies"] == ""


def test_settings_that_are_not_sent_are_lost(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    who = plex.shares[0].person.user_id
    for settings in ({"allowSync": True}, {"allowTuners": 2}):
        body = {"invitedId": who, "settings": settings}
        assert client.ask("POST", "/api/v2/sharing_settings", json=body).status_code == 200
    after = client.get(f"/api/v2/sharing_settings?invitedId={who}").json()
    assert (after["allowSync"], after["allowTuners"]) == (False, 2)
    assert len(after) == 10
    wrong = {"invitedId": who, "settings": {"allowEverything": True}}
    assert client.ask("POST", "/api/v2/sharing_settings", json=wrong).status_code == 422


def test_a_pending_invitation_keeps_its_libraries(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob", [MOVIES])
    path = f"{client.shares_path}/{plex.shares[0].id}"
    body = {"shared_server": {"library_section_ids": [KIDS]}}
    assert client.ask("PUT", path, json=body).status_code == 200
    assert plex.shares[0].library_ids == (MOVIES,)
    plex.accept("bob")
    client.ask("PUT", path, json=body)
    assert plex.shares[0].library_ids == (KIDS,)


def test_the_newer_calls_share_and_change(plex: DemoPlex, client: PlexClient) -> None:
    body = {
        "machineIdentifier": plex.machine_identifier,
        "invitedEmail": "bob",
        "librarySectionIds": [MOVIES],
        "settings": {"allowSync": True},
    }
    made = client.ask("POST", "/api/v2/shared_servers", json=body)
    assert made.status_code == 201
    assert made.json()["invited"]["sharingSettings"]["allowSync"] is True
    assert client.ask("POST", "/api/v2/shared_servers", json=body).status_code == 422
    plex.accept("bob")
    path = f"/api/v2/shared_servers/{made.json()['id']}"
    changed = client.ask("POST", path, json={"librarySectionIds": [KIDS]})
    assert [one["id"] for one in changed.json()["libraries"]] == [KIDS]
    assert changed.json()["invited"]["sharingSettings"]["allowSync"] is True


def test_invitations_are_listed_by_person_as_well(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    plex.stage.plex.world.share_elsewhere("bob", accepted=False)
    answer = client.get("/api/v2/shared_servers/invites/owned/pending", headers=JSON).json()
    assert [len(one["sharedServers"]) for one in answer] == [2]


def test_a_managed_user_has_only_a_title(plex: DemoPlex, client: PlexClient) -> None:
    plex.change(managed="Kid")
    (user,) = client.rows("/api/users/")
    assert (user.get("title"), user.get("username"), user.get("email")) == ("Kid", "", "")
    assert (user.get("home"), user.get("restricted")) == ("1", "1")


def test_a_stale_list_shows_the_earlier_state_for_that_many_reads(
    plex: DemoPlex, client: PlexClient
) -> None:
    client.share("bob")
    plex.go_stale(1)
    plex.withdraw("bob")
    assert len(listed(client, "pending")) == 1
    assert listed(client, "pending") == []


@pytest.mark.parametrize("rows", [0, 1])
def test_a_list_can_be_partial_or_empty(plex: DemoPlex, client: PlexClient, rows: int) -> None:
    for who in ("alice", "bob"):
        client.share(who)
    plex.fail("partial", path_prefix=OWNED, rows=rows)
    assert len(listed(client, "pending")) == rows
    assert len(listed(client, "pending")) == 2


def test_controls_work_over_http_and_end_with_a_reset(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    plex.accept("bob")
    assert client.ask("POST", "/_demo/stale", json={"reads": 1}).status_code == 204
    assert client.ask("POST", "/_demo/leave", json={"identity": "bob"}).status_code == 204
    assert client.ask("POST", "/_demo/leave", json={"identity": "bob"}).status_code == 404
    assert listed(client, "accepted")[0]["leftAt"] is None
    given = {"features": ["home"], "stranger_shape": "missing"}
    assert client.ask("POST", "/_demo/settings", json=given).status_code == 200
    user = client.get("/api/v2/user", headers=JSON).json()
    assert user["subscription"]["features"] == ["home"]
    assert user["subscription"]["active"] is False
    assert client.ask("POST", "/_demo/settings", json={"stranger_shape": "odd"}).status_code == 400
    plex.reset()
    assert client.get("/api/v2/user", headers=JSON).json()["subscription"]["active"] is True
