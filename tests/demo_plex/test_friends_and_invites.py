"""Friends, and the invitations that the owner sent."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from demo_plex import DemoPlex
from tests.demo_plex.client import PlexClient

CANCEL = "friend=0&home=0&server=1"


def test_only_people_who_accepted_are_friends(plex: DemoPlex, client: PlexClient) -> None:
    client.share("alice")
    client.share("bob")
    plex.accept("ALICE@example.com")
    users = client.rows("/api/users/")
    assert [user.get("username") for user in users] == ["alice"]
    server = users[0][0]
    assert server.get("machineIdentifier") == plex.machine_identifier
    assert (server.get("numLibraries"), server.get("pending")) == ("1", "0")


def test_somebody_without_an_account_has_one_after_accepting(
    plex: DemoPlex, client: PlexClient
) -> None:
    client.share("nobody-yet@example.org")
    share = plex.accept("nobody-yet@example.org")
    assert share.person.username == "nobody-yet.example.org"
    assert share.person.user_id
    assert client.share("nobody-yet@example.org").status_code == 400


def test_ending_a_friendship_ends_the_share(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    user_id = plex.accept("bob").person.user_id
    assert client.ask("DELETE", f"/api/v2/sharings/{user_id}").status_code == 204
    assert plex.shares == []
    assert client.rows("/api/users/") == []
    assert client.ask("DELETE", f"/api/v2/sharings/{user_id}").status_code == 404


def test_an_invitation_to_a_registered_person_has_the_users_id(
    plex: DemoPlex, client: PlexClient
) -> None:
    client.share("bob")
    invite = client.rows("/api/invites/requested")[0]
    assert invite.get("id") == str(plex.shares[0].person.user_id)
    assert (invite.get("friend"), invite.get("server")) == ("1", "1")
    assert invite[0].attrib == {"name": "Demo Plex", "numLibraries": "1"}


def test_an_invitation_to_an_address_without_account_has_the_address_as_id(
    client: PlexClient,
) -> None:
    client.share("nobody@example.com")
    invite = client.rows("/api/invites/requested")[0]
    assert (invite.get("id"), invite.get("username")) == ("nobody@example.com", "")


def test_an_accepted_invitation_is_no_longer_pending(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    plex.accept("bob")
    assert client.rows("/api/invites/requested") == []


@pytest.mark.parametrize("who", ["bob", "nobody+1@example.com"])
def test_cancelling_the_servers_part_removes_the_row(
    plex: DemoPlex, client: PlexClient, who: str
) -> None:
    client.share(who)
    invite_id = quote(plex.shares[0].person.invite_id, safe="")
    answer = client.ask("DELETE", f"/api/invites/requested/{invite_id}?{CANCEL}")
    assert answer.status_code == 204
    assert plex.shares == []
    assert client.share(who).status_code == 200


def test_cancelling_only_the_friend_request_leaves_the_row_behind(
    plex: DemoPlex, client: PlexClient
) -> None:
    client.share("bob")
    path = f"/api/invites/requested/{plex.shares[0].person.user_id}"
    assert client.ask("DELETE", f"{path}?friend=1&home=0&server=0").status_code == 204
    assert client.rows("/api/invites/requested") == []
    assert client.share("bob").status_code == 400


@pytest.mark.parametrize("invite_id", ["nan", "1", "alice%40example.com"])
def test_an_unknown_invitation_is_404(client: PlexClient, invite_id: str) -> None:
    answer = client.ask("DELETE", f"/api/invites/requested/{invite_id}?{CANCEL}")
    assert answer.status_code == 404
    assert answer.text.endswith("<errors><error>Not found</error></errors>")
