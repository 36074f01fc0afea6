"""Everybody on all servers, in each form in which plex.tv lists them, and how they are changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from demo_plex import DEMO_TOKEN, LIBRARIES, DemoPlex
from demo_plex.account_shares import STRANGER_SHAPES
from demo_plex.shares import OTHER_MACHINE_IDENTIFIER
from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.owners_account import OwnersAccount
from helpr_core.adapters.plex.people import PlexPeople, Ways
from helpr_core.adapters.plex.people_changes import PlexChanges
from helpr_core.domain.people import Lists, LiveTv, Restrictions
from helpr_core.errors import HelprError
from helpr_core.services.plex.errors import (
    PlexAnswerLost,
    PlexRefused,
    PlexUnauthorized,
    PlexUnexpected,
)
from tests.adapters.plex.conftest import CLIENT_IDENTIFIER

MOVIES, SHOWS, MUSIC, KIDS = (library.id for library in LIBRARIES)
OWNED = "/api/v2/shared_servers/owned"


@pytest.fixture
def account(plex: DemoPlex) -> Iterator[OwnersAccount]:
    kept = Account(plex.token, plex.url, CLIENT_IDENTIFIER)
    yield OwnersAccount(lambda: kept)
    kept.close()


@pytest.fixture
def people(account: OwnersAccount) -> PlexPeople:
    return PlexPeople(account)


@pytest.fixture
def changes(account: OwnersAccount) -> PlexChanges:
    return PlexChanges(account)


@pytest.fixture
def read(plex: DemoPlex, people: PlexPeople) -> Callable[[], Lists]:
    return lambda: people.read_lists([plex.machine_identifier, OTHER_MACHINE_IDENTIFIER])


def share_several(plex: DemoPlex, number: int) -> None:
    for each in range(number):
        plex.share(f"person-{each:02d}", [MOVIES])
        if each % 2:
            plex.accept(f"person-{each:02d}")


@pytest.mark.parametrize("number", [0, 1, 60])
def test_everybody_is_read_with_two_calls(
    plex: DemoPlex, read: Callable[[], Lists], number: int
) -> None:
    share_several(plex, number)
    plex.stage.plex.world.share_elsewhere("carol", accepted=True)
    lists = read()
    assert len(lists.rows) == number + 1
    assert (lists.unread, lists.paged, lists.paths_gone, lists.servers) == (0, False, (), None)
    assert [call.path for call in plex.calls] == [f"{OWNED}/accepted", f"{OWNED}/pending"]


def test_a_row_says_who_has_what_and_since_when(plex: DemoPlex, read: Callable[[], Lists]) -> None:
    plex.share("bob", [MOVIES, KIDS])
    share = plex.accept("bob")
    plex.stage.plex.world.restrict(
        share.person, {"allowTuners": 2, "filterMovies": "contentRating=G%2CPG|label=For%20kids"}
    )
    (row,) = read().rows
    assert (row.share_id, row.account_id) == (str(share.id), share.person.user_id)
    assert (row.username, row.email, row.title) == ("bob", "bob@example.com", "bob")
    assert (row.server_id, row.server_name) == (plex.machine_identifier, "Demo Plex")
    assert row.accepted
    assert row.accepted_at == datetime.fromtimestamp(share.accepted_at or 0, UTC)
    assert [one.id for one in row.libraries or ()] == [MOVIES, KIDS]
    assert not row.all_libraries
    assert row.restrictions == Restrictions(
        live_tv=LiveTv.RECORD, movies="contentRating=G,PG|label=For kids"
    )


@pytest.mark.parametrize("shape", STRANGER_SHAPES)
def test_an_address_without_an_account_is_read_in_each_shape(
    plex: DemoPlex, read: Callable[[], Lists], shape: str
) -> None:
    plex.change(stranger_shape=shape)
    plex.share("Nobody@Example.org", [MOVIES])
    (row,) = read().rows
    assert (row.account_id, row.email, row.accepted) == (None, "Nobody@Example.org", False)
    assert row.who == "address:nobody@example.org"


def test_ended_rows_give_no_access_and_people_who_left_are_reported(
    plex: DemoPlex, read: Callable[[], Lists]
) -> None:
    plex.share("bob")
    left = plex.accept("bob").id
    plex.leave("bob")
    plex.share("carol")
    plex.stage.plex.world.end_share(plex.accept("carol").id, keep_row=True)
    lists = read()
    assert lists.rows == ()
    assert lists.left == {str(left)}


def test_all_libraries_and_the_members_of_the_home_are_marked(
    plex: DemoPlex, read: Callable[[], Lists]
) -> None:
    plex.share("friend", [])
    plex.stage.plex.world.join_home("friend")
    (row,) = read().rows
    assert row.all_libraries
    assert row.home
    assert len(row.libraries or ()) == len(LIBRARIES)


def test_no_secret_leaves_the_parser(plex: DemoPlex, read: Callable[[], Lists]) -> None:
    share_several(plex, 4)
    whole = repr(read())
    plex.fail("status", status=410, path_prefix=OWNED, times=0)
    whole += repr(read())
    assert "person-00" in whole
    for secret in ("demo-invite-token", "demo-share-token", DEMO_TOKEN):
        assert secret not in whole


def test_without_the_list_of_pending_invites_the_other_path_is_read(
    plex: DemoPlex, read: Callable[[], Lists]
) -> None:
    share_several(plex, 3)
    plex.fail("status", status=410, path_prefix=f"{OWNED}/pending", times=0)
    lists = read()
    assert len(lists.rows) == 3
    assert lists.paths_gone == ("owned/pending",)
    assert len(plex.calls) == 3


@pytest.mark.parametrize("status", [404, 410])
def test_without_either_the_servers_are_asked_one_by_one(
    plex: DemoPlex, read: Callable[[], Lists], status: int
) -> None:
    share_several(plex, 3)
    plex.share("nobody@example.org")
    plex.fail("status", status=status, path_prefix=f"{OWNED}/pending", times=0)
    plex.fail("status", status=status, path_prefix="/api/v2/shared_servers/invites", times=0)
    lists = read()
    assert len(lists.rows) == 4
    assert lists.paths_gone == ("owned/pending", "invites/owned/pending")
    assert [row.who for row in lists.rows if not row.account_id] == ["address:nobody@example.org"]


def test_without_the_newer_lists_those_of_the_servers_are_read_and_cover_only_them(
    plex: DemoPlex, read: Callable[[], Lists]
) -> None:
    share_several(plex, 3)
    plex.share("nobody@example.org")
    plex.stage.plex.world.share_elsewhere("carol", accepted=True)
    plex.fail("status", status=410, path_prefix=OWNED, times=0)
    lists = read()
    both = frozenset({plex.machine_identifier, OTHER_MACHINE_IDENTIFIER})
    assert lists.servers == both
    assert {row.server_id for row in lists.rows} == both
    assert [row.accepted for row in lists.rows] == [False, True, False, False, True]
    assert [one.id for one in lists.rows[0].libraries or ()] == [MOVIES]


@pytest.mark.parametrize(
    ("ways", "gone"),
    [
        (Ways(owned=False), ""),
        (Ways(invitations=False), f"{OWNED}/pending"),
        (Ways(owned=False, invitations=False), ""),
    ],
)
def test_each_source_can_be_switched_off(
    plex: DemoPlex, account: OwnersAccount, ways: Ways, gone: str
) -> None:
    share_several(plex, 3)
    if gone:
        plex.fail("status", status=410, path_prefix=gone, times=0)
    lists = PlexPeople(account, lambda: ways).read_lists([plex.machine_identifier])
    assert len(lists.rows) == 3
    paths = {call.path for call in plex.calls}
    assert ways.owned is (f"{OWNED}/accepted" in paths)
    assert "/api/v2/shared_servers/invites/owned/pending" not in paths


def test_with_the_last_source_switched_off_an_error_says_so(
    plex: DemoPlex, account: OwnersAccount
) -> None:
    nowhere = PlexPeople(account, lambda: Ways(owned=False, by_server=False))
    with pytest.raises(PlexUnexpected):
        nowhere.read_lists([plex.machine_identifier])


def test_unreadable_rows_are_counted(plex: DemoPlex, read: Callable[[], Lists]) -> None:
    plex.share("bob")
    good = {"id": 1, "machineIdentifier": "m", "invitedId": 5, "more": {"of": "a newer Plex"}}
    rows: list[Any] = [good, None, "row", {"id": 2}, {"id": 3, "machineIdentifier": "m"}]
    body = json.dumps(rows).encode()
    plex.fail("malformed", body=body, content_type="application/json", path_prefix=OWNED)
    lists = read()
    assert (len(lists.rows), lists.unread) == (2, 4)  # the other one is pending


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'"list"', b"[", b"<sharedServers/>", b"<html/>", b"null"]
)
def test_an_answer_that_is_not_a_list_is_not_an_empty_list(
    plex: DemoPlex, read: Callable[[], Lists], body: bytes
) -> None:
    plex.fail("malformed", body=body, path_prefix=OWNED)
    with pytest.raises(PlexAnswerLost):
        read()


def test_a_paged_list_is_marked_as_incomplete(plex: DemoPlex, read: Callable[[], Lists]) -> None:
    headers = {"X-Plex-Container-Total-Size": "200"}
    plex.fail("malformed", body=b"[]", headers=headers, path_prefix=OWNED)
    assert read().paged


def test_a_servers_list_shorter_than_it_claims_is_marked(
    plex: DemoPlex, account: OwnersAccount
) -> None:
    body = (
        b'<MediaContainer size="2"><SharedServer id="1" userID="5" acceptedAt=""/></MediaContainer>'
    )
    plex.fail("malformed", body=body)
    lists = PlexPeople(account, lambda: Ways(owned=False)).read_lists(["m"])
    assert (len(lists.rows), lists.unread) == (1, 1)


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_a_failure_does_not_lead_to_another_source(
    plex: DemoPlex, read: Callable[[], Lists], status: int
) -> None:
    plex.fail("status", status=status, path_prefix=OWNED, times=0)
    with pytest.raises(HelprError):
        read()
    assert len(plex.calls) == 1


def test_a_refused_token_is_reported_as_such(plex: DemoPlex, read: Callable[[], Lists]) -> None:
    plex.token = "another"
    with pytest.raises(PlexUnauthorized):
        read()


def test_ending_a_share_twice_is_no_error(plex: DemoPlex, changes: PlexChanges) -> None:
    plex.share("bob")
    share = plex.accept("bob")
    for _ in range(2):
        changes.end_share(plex.machine_identifier, str(share.id))
    assert plex.shares == []


@pytest.mark.parametrize("who", ["bob", "nobody+1@example.com"])
def test_an_invitation_is_withdrawn(plex: DemoPlex, changes: PlexChanges, who: str) -> None:
    share = plex.share(who)
    for _ in range(2):
        changes.cancel_invitation(share.person.invite_id)
    assert plex.shares == []


def test_libraries_are_replaced_but_never_by_an_empty_choice(
    plex: DemoPlex, changes: PlexChanges
) -> None:
    plex.share("friend", [MOVIES])
    share_id = str(plex.shares[0].id)
    changes.set_libraries(plex.machine_identifier, share_id, [KIDS, MUSIC])
    assert plex.shares[0].library_ids == (KIDS, MUSIC)
    plex.clear_calls()
    with pytest.raises(ValueError, match="every library"):
        changes.set_libraries(plex.machine_identifier, share_id, [])
    with pytest.raises(ValueError, match="every library"):
        changes.invite(plex.machine_identifier, "bob", [])
    assert plex.calls == []


def test_somebody_is_invited_to_another_server(plex: DemoPlex, changes: PlexChanges) -> None:
    library = plex.stage.plex.world.server(OTHER_MACHINE_IDENTIFIER).libraries[0]
    changes.invite(OTHER_MACHINE_IDENTIFIER, "bob@example.com", [library.id])
    (row,) = plex.stage.plex.world.shares(OTHER_MACHINE_IDENTIFIER)
    assert row.person.username == "bob"
    with pytest.raises(PlexRefused):
        changes.invite(OTHER_MACHINE_IDENTIFIER, "nobody-at-all", [library.id])


def test_restrictions_keep_what_other_programs_have_set(
    plex: DemoPlex, changes: PlexChanges
) -> None:
    plex.share("bob")
    person = plex.accept("bob").person
    plex.stage.plex.world.restrict(person, {"allowCameraUpload": True, "filterPhotos": "label=A"})
    wanted = Restrictions(
        downloads=True, live_tv=LiveTv.WATCH, movies="contentRating=gb/12,gb/15&label!=Not us"
    )
    assert changes.set_restrictions(person.user_id or 0, asdict(wanted)) == wanted
    after = plex.stage.plex.world.settings_of(person)
    assert (after["allowCameraUpload"], after["filterPhotos"]) == (True, "label=A")
    assert after["filterMovies"] == "contentRating=gb/12%2Cgb/15&label!=Not%20us"
    assert len(plex.calls) == 3


def test_invalid_restrictions_are_an_error(plex: DemoPlex, changes: PlexChanges) -> None:
    plex.share("bob")
    who = plex.accept("bob").person.user_id or 0
    plex.fail("malformed", body=b"[]")
    with pytest.raises(PlexUnexpected):
        changes.read_restrictions(who)
