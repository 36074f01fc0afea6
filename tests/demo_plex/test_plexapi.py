"""PlexAPI itself accepts the demo as plex.tv."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plexapi.exceptions import BadRequest, NotFound, Unauthorized
from plexapi.myplex import MyPlexAccount, MyPlexInvite, MyPlexResource, MyPlexUser

from demo_plex import DemoPlex, own_connection
from tests.demo_plex.client import KIDS, MOVIES

PLEX_TV = "https://plex.tv"


@pytest.fixture
def plex(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoPlex]:
    """A demo that PlexAPI's own URLs lead to."""
    with DemoPlex(connections=own_connection) as demo:
        for owner in (MyPlexAccount, MyPlexInvite, MyPlexResource, MyPlexUser):
            for name, value in vars(owner).items():
                if isinstance(value, str) and value.startswith(PLEX_TV):
                    monkeypatch.setattr(owner, name, value.replace(PLEX_TV, demo.url))
        yield demo


@pytest.fixture
def account(plex: DemoPlex) -> Iterator[MyPlexAccount]:
    signed_in = MyPlexAccount(token=plex.token)
    yield signed_in
    signed_in._session.close()


def test_it_signs_in(plex: DemoPlex, account: MyPlexAccount) -> None:
    assert (account.username, account.email) == ("demo-owner", "demo-owner@example.com")
    assert account.authToken == plex.token
    assert account.subscriptionActive is True
    assert "pass" in account.subscriptionFeatures
    assert account.roles == ["plexpass"]


@pytest.mark.parametrize("deauthorized", [False, True])
def test_it_notices_that_a_token_is_refused(plex: DemoPlex, deauthorized: bool) -> None:
    plex.change(deauthorized=deauthorized)
    with pytest.raises(Unauthorized):
        MyPlexAccount(token=plex.token if deauthorized else "a-wrong-token")


def test_it_finds_the_server_and_its_connections(plex: DemoPlex, account: MyPlexAccount) -> None:
    resource = account.resource("demo plex")
    assert resource.clientIdentifier == plex.machine_identifier
    assert resource.owned is True
    assert [(each.uri, each.local) for each in resource.connections] == [(plex.url, False)]
    assert [each.owned for each in account.resources()] == [True, True, False]


def test_it_invites_by_library_name(plex: DemoPlex, account: MyPlexAccount) -> None:
    account.inviteFriend("bob", plex.machine_identifier, sections=["Movies", "kids"])
    assert plex.shares[0].library_ids == (MOVIES, KIDS)
    assert [call.method for call in plex.calls] == ["GET", "GET", "POST"]


def test_it_learns_that_the_server_is_already_shared(
    plex: DemoPlex, account: MyPlexAccount
) -> None:
    plex.share("bob")
    with pytest.raises(BadRequest, match="You're already sharing this server with bob"):
        account.inviteFriend("bob", plex.machine_identifier, sections=["Movies"])


def test_it_can_go_the_long_way_through_the_media_server(
    plex: DemoPlex, account: MyPlexAccount
) -> None:
    server = account.resource(plex.server_name).connect(timeout=120)
    account.inviteFriend("bob", server, sections=["TV Shows"])
    titles = [section.title for section in server.library.sections()]
    server._session.close()
    assert titles == ["Movies", "TV Shows", "Music", "Kids"]
    assert plex.shares[0].library_ids == (118181362,)


def test_it_reads_friends_and_removes_one(plex: DemoPlex, account: MyPlexAccount) -> None:
    plex.share("bob", [MOVIES])
    plex.accept("bob")
    friend = account.user("bob@example.com")
    assert [server.numLibraries for server in friend.servers] == [1]
    sections = friend.servers[0].sections()
    assert [section.title for section in sections if section.shared] == ["Movies"]
    account.removeFriend("bob")
    assert (account.users(), plex.shares) == ([], [])


def test_it_changes_a_friends_libraries(plex: DemoPlex, account: MyPlexAccount) -> None:
    plex.share("bob", [MOVIES])
    plex.accept("bob")
    account.updateFriend("bob", plex.machine_identifier, sections=["Kids"])
    assert plex.shares[0].library_ids == (KIDS,)


def test_it_shares_with_a_friend_who_has_no_share(plex: DemoPlex, account: MyPlexAccount) -> None:
    plex.share("bob", [MOVIES])
    plex.stage.plex.world.end_share(plex.accept("bob").id)
    account.updateFriend("bob", plex.machine_identifier, sections=["Kids"])
    assert [(share.library_ids, share.accepted) for share in plex.shares] == [((KIDS,), True)]


def test_its_calls_to_removed_paths_fail_and_the_current_one_works(
    plex: DemoPlex, account: MyPlexAccount
) -> None:
    plex.share("bob")
    with pytest.raises(BadRequest):
        account.pendingInvites()
    invites = account.pendingInvites(includeReceived=False)
    assert [invite.username for invite in invites] == ["bob"]


def test_it_cancels_the_invitation_of_a_registered_person_only(
    plex: DemoPlex, account: MyPlexAccount
) -> None:
    plex.share("bob")
    plex.share("nobody@example.com")
    account.cancelInvite("bob")
    with pytest.raises(NotFound):
        account.cancelInvite("nobody@example.com")
    assert [share.person.email for share in plex.shares] == ["nobody@example.com"]
