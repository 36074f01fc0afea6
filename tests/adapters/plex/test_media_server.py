"""Which calls Helpr makes to plex.tv, and how many."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from demo_plex import LIBRARIES, Connection, DemoPlex
from helpr_core.adapters.plex.media_server import PlexMediaServer
from helpr_core.domain.plex import Library, Server
from helpr_core.errors import HelprError
from helpr_core.services.plex.errors import (
    AlreadyShared,
    PlexAnswerLost,
    PlexRefused,
    PlexServerUnknown,
    PlexUnexpected,
)
from tests.adapters.plex.conftest import CLIENT_IDENTIFIER, NewMedia
from tests.waiting import soon

MOVIES, SHOWS, MUSIC, KIDS = (library.id for library in LIBRARIES)
THREADS = 32


def test_the_server_is_found_by_name_with_two_calls(plex: DemoPlex, media: PlexMediaServer) -> None:
    server = media.fetch_server()
    assert (server.name, server.machine_identifier) == ("Demo Plex", plex.machine_identifier)
    assert server.libraries == tuple(Library(lib.id, lib.title, lib.type) for lib in LIBRARIES)
    assert server.fetched_at.tzinfo is not None
    assert [(call.method, call.path) for call in plex.calls] == [
        ("GET", "/api/v2/resources"),
        ("GET", f"/api/servers/{plex.machine_identifier}"),
    ]


@pytest.mark.parametrize("name", ["demo plex", "DEMO PLEX"])
def test_the_servers_name_is_matched_regardless_of_case(
    plex: DemoPlex, new_media: NewMedia, name: str
) -> None:
    assert new_media(plex, name).fetch_server().name == "Demo Plex"


@pytest.mark.parametrize("name", ["Another Plex", "Somebody else's Plex", "Demo phone", ""])
def test_only_an_owned_server_of_that_name_counts(
    plex: DemoPlex, new_media: NewMedia, name: str
) -> None:
    with pytest.raises(PlexServerUnknown):
        new_media(plex, name).fetch_server()


def test_libraries_are_refreshed_with_one_call(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    plex.change(libraries=[{"id": 5, "key": 9, "type": "show", "title": "New"}])
    assert media.fetch_libraries(server).libraries == (Library(5, "New", "show"),)
    assert len(plex.calls) == 1


def test_an_invite_is_one_post_with_ids_and_a_stable_client_identifier(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    assert media.send_invite(server, [KIDS, MOVIES], "alice@example.com").accepted is False
    (call,) = plex.calls
    assert (call.method, call.client_identifier) == ("POST", CLIENT_IDENTIFIER)
    assert call.path == f"/api/servers/{plex.machine_identifier}/shared_servers"
    assert (call.invited, call.library_ids) == ("alice@example.com", (KIDS, MOVIES))


def test_every_call_carries_the_same_client_identifier(plex: DemoPlex, new_media: NewMedia) -> None:
    for _ in range(2):  # two instances
        media = new_media(plex)
        server = media.fetch_server()
        media.list_shares(server)
    assert len(plex.calls) == 6
    assert {call.client_identifier for call in plex.calls} == {CLIENT_IDENTIFIER}


def test_a_friend_has_access_at_once_and_anybody_else_must_accept(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    assert media.send_invite(server, [MOVIES], "friend").accepted is True
    assert media.send_invite(server, [MOVIES], "alice").accepted is False
    assert media.send_invite(server, [MOVIES], "nobody@example.com").accepted is False
    assert len(plex.calls) == 3


def test_an_empty_choice_would_mean_all_libraries_and_is_never_sent(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    with pytest.raises(ValueError, match="every library"):
        media.send_invite(server, [], "alice")
    assert plex.calls == []


def test_shares_are_listed_with_those_that_are_pending(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    plex.share("friend")
    plex.share("alice")
    plex.share("nobody@example.com")
    found = [(share.username, share.email, share.accepted) for share in media.list_shares(server)]
    assert found == [
        ("friend", "friend@example.com", True),
        ("alice", "alice@example.com", False),
        ("", "nobody@example.com", False),
    ]
    assert len(plex.calls) == 1


def test_both_ways_in_which_plex_marks_a_pending_share_are_understood(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    rows = (
        b'<MediaContainer><SharedServer id="1" acceptedAt=""/><SharedServer id="2"/>'
        b'<SharedServer id="3" acceptedAt="1465796576" accepted="0"/>'
        b'<SharedServer id="4" acceptedAt="1465796576"/></MediaContainer>'
    )
    plex.fail("malformed", body=rows)
    assert [share.accepted for share in media.list_shares(server)] == [False, False, False, True]


def test_an_invitation_is_distinguished_from_a_share_that_was_left_behind(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    for who in ("alice", "nobody@example.com"):
        plex.share(who)
    plex.stage.plex.world.share_elsewhere("bob", accepted=False)
    alice, nobody = media.list_shares(server)
    assert media.has_invitation(server, alice)
    assert media.has_invitation(server, nobody)
    assert not media.has_invitation(replace(server, name="Another"), alice)
    plex.leave_behind("alice")
    assert not media.has_invitation(server, alice)
    media.end_share(server, alice)
    assert [share.username for share in media.list_shares(server)] == [""]
    media.end_share(server, alice)  # it is gone, which was all we wanted


def test_seats_are_counted_over_all_servers_and_the_home(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    world = plex.stage.plex.world
    plex.share("friend")
    for who in ("alice", "bob", "nobody@example.com"):
        plex.share(who)
    world.share_elsewhere("friend", accepted=True)  # one person, two servers
    world.share_elsewhere("bob", accepted=True)  # with access there, invited here
    world.share_elsewhere("carol", accepted=False)
    plex.change(home=2)
    found = media.fetch_seat_holders(server)
    assert (len(found.people), len(found.invited), found.count) == (4, 3, 7)
    assert len(plex.calls) == 3


@pytest.mark.parametrize("status", [403, 404, 410])
def test_without_the_account_lists_those_of_the_server_are_counted(
    plex: DemoPlex, media: PlexMediaServer, server: Server, status: int
) -> None:
    plex.share("friend")
    plex.share("alice")
    plex.fail("status", status=status, path_prefix="/api/v2/", times=0)
    plex.fail("status", status=status, path_prefix="/api/users", times=0)
    found = media.fetch_seat_holders(server)
    assert (len(found.people), len(found.invited)) == (1, 1)


def test_an_unusable_list_is_not_an_empty_list(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    plex.fail("malformed", body=b"<MediaContainer/>")
    with pytest.raises(PlexAnswerLost):
        media.fetch_seat_holders(server)


def test_a_refused_read_is_not_about_a_friend(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    plex.fail("status", status=400, body=b'<Response status="No."/>', times=0)
    for ask in (media.fetch_server, media.fetch_account, lambda: media.list_shares(server)):
        with pytest.raises(PlexUnexpected):
            ask()


def test_threads_share_one_account_and_each_gets_its_own_answer(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    people = [f"{'nobody' if n % 4 == 0 else 'person'}{n}" for n in range(THREADS)]
    friends, shared = people[1::4], people[2::4]
    for friend in friends:  # friends without a share: they accept at once
        plex.share(friend)
        plex.stage.plex.world.end_share(plex.accept(friend).id)
    for person in shared:
        plex.share(person)
    expected: dict[str, object] = dict.fromkeys(people[0::4], PlexRefused)
    expected |= dict.fromkeys(friends, True) | dict.fromkeys(shared, AlreadyShared)
    expected |= dict.fromkeys(people[3::4], False)
    together = Barrier(THREADS)

    def invite(person: str) -> object:
        together.wait()
        try:
            return media.send_invite(server, [MOVIES, SHOWS], person).accepted
        except HelprError as exc:
            return type(exc)

    plex.stage.latency_seconds = 0.05  # so that all calls are in flight together
    with ThreadPoolExecutor(THREADS) as threads:
        got = dict(zip(people, threads.map(invite, people), strict=True))
    assert got == expected
    assert [call.method for call in plex.calls] == ["POST"] * THREADS
    assert sorted(str(call.invited) for call in plex.calls) == sorted(people)
    assert {call.library_ids for call in plex.calls} == {(MOVIES, SHOWS)}


def test_no_connection_is_made_to_the_media_server(new_media: NewMedia) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        address = Connection(f"http://127.0.0.1:{port}", "127.0.0.1", port, local=True)
        with DemoPlex(connections=lambda _: (address,)) as plex:
            media = new_media(plex)
            with soon(5):  # connecting to it would take ten seconds
                media.send_invite(media.fetch_server(), [MOVIES], "alice")
            assert plex.share_of("alice") is not None
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody is waiting to be accepted
            silent.accept()


def test_a_proxy_of_the_machine_does_not_see_the_token(
    plex: DemoPlex, media: PlexMediaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert media.fetch_server().name == "Demo Plex"


@pytest.mark.parametrize(
    "body",
    [
        b"<html><head><title>Sign in</title></head><body>Hotel</body></html>",
        b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
        b'<Response code="404" status="Not found"/>',
        b'<errors><error code="1003" message="Try again"/></errors>',
    ],
)
def test_an_html_page_with_status_200_is_not_an_empty_list(
    plex: DemoPlex, media: PlexMediaServer, server: Server, body: bytes
) -> None:
    plex.share("alice")
    (share,) = media.list_shares(server)
    plex.fail("malformed", body=body, times=0)
    for ask in (
        media.fetch_server,
        media.fetch_account,
        lambda: media.fetch_libraries(server),
        lambda: media.list_shares(server),
        lambda: media.has_invitation(server, share),
        lambda: media.fetch_seat_holders(server),
    ):
        with pytest.raises(PlexAnswerLost):
            ask()


def test_only_the_answer_about_the_requested_server_counts(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    mine = plex.machine_identifier.upper()
    other = '<Server name="Another" machineIdentifier="f00"><Section id="9" title="X"/></Server>'
    own = (
        f'<Server name="Renamed" machineIdentifier="{mine}"><Section id="1" title="Old"/>'
        '<Section id="2" title="B"/><Section id="1" title="A"/></Server>'
    )
    plex.fail("malformed", body=f"<MediaContainer>{other}{own}</MediaContainer>".encode())
    found = media.fetch_libraries(server)
    assert (found.name, found.machine_identifier) == ("Renamed", server.machine_identifier)
    assert [(library.id, library.title) for library in found.libraries] == [(1, "A"), (2, "B")]
    plex.fail("malformed", body=f"<MediaContainer>{other}</MediaContainer>".encode())
    with pytest.raises(PlexAnswerLost):
        media.fetch_libraries(server)


def test_a_share_without_an_id_is_not_ended(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    plex.share("alice")
    (share,) = media.list_shares(server)
    with pytest.raises(PlexUnexpected):
        media.end_share(server, replace(share, id=""))
    assert plex.count("DELETE") == 0
