"""Reading everybody into the record; wrong lists change nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from demo_plex.shares import OTHER_MACHINE_IDENTIFIER
from helpr_core.domain.people import Listed, Lists, ShareState
from helpr_core.domain.people_reading import Reading, Verdict
from helpr_core.services.people.ports import PeopleFilter
from tests.services.people.town import KIDS, MOVIES, Town

OWNED = "/api/v2/shared_servers/owned"
TEN = [f"person-{number}" for number in range(10)]
LIES: dict[str, dict[str, Any]] = {
    "empty": {"kind": "partial", "rows": 0},
    "partial": {"kind": "partial", "rows": 5},
    "malformed": {"kind": "malformed"},
    "half of it": {"kind": "malformed", "body": b'[{"id": 1}'},
    "rows of nobody": {"kind": "malformed", "body": b'[{"id": 1}]'},
    "410": {"kind": "status", "status": 410},
    "500": {"kind": "status", "status": 500},
    "a page": {"kind": "status", "status": 200, "body": b"<html></html>"},
    "dropped": {"kind": "drop"},
    "token": {"kind": "status", "status": 401},
    "limited": {"kind": "status", "status": 429},
}


def test_everybody_is_imported_and_found(town: Town) -> None:
    town.plex.share("bob", [MOVIES, KIDS])
    town.plex.share("nobody@example.org", [MOVIES])
    town.plex.stage.plex.world.share_elsewhere("bob", accepted=True)
    town.settle("friend")
    assert set(town.everybody()) == {"bob", "nobody@example.org", "friend"}
    bob = town.person("bob")
    assert {one.server_id: one.state for one in bob.shares} == {
        town.plex.machine_identifier: "pending",
        OTHER_MACHINE_IDENTIFIER: "active",
    }
    assert [one.id for one in town.share("bob").libraries] == [MOVIES, KIDS]
    assert town.share("friend").access_until is None
    assert town.people.last_reading().seats == (2, 1)


@pytest.mark.parametrize("lie", LIES)
def test_a_wrong_list_changes_nothing(small_town: Town, lie: str) -> None:
    town = small_town
    town.settle(*TEN)
    before = town.everybody()
    town.plex.fail(**LIES[lie], path_prefix="/api/", times=0)
    for _ in range(5):
        reading = town.read(minutes=16)
        assert reading.verdict is not Verdict.OK
        assert town.everybody() == before
    last = town.people.last_reading()
    assert last.verdict is not Verdict.OK
    assert last.code
    town.plex.clear_faults()
    assert town.read(minutes=16).verdict is Verdict.OK
    assert town.everybody() == before


def test_with_one_source_gone_the_rest_is_read_and_reported(town: Town) -> None:
    town.plex.share("bob")
    town.settle("friend")
    town.plex.fail("status", status=410, path_prefix=f"{OWNED}/pending", times=0)
    assert town.read().verdict is Verdict.OK
    assert town.states() == {"bob": "pending", "friend": "active"}
    assert town.people.last_reading().paths_gone == ("owned/pending",)


def test_somebody_missing_twice_is_gone(town: Town) -> None:
    town.settle(*TEN)
    town.plex.leave("person-3")
    town.read(minutes=1)
    assert town.states()["person-3"] == "unknown"
    town.read(minutes=1)
    assert town.states()["person-3"] == "unknown"
    town.read(minutes=1)
    share = town.share("person-3")
    assert (share.state, share.gone_reason, share.gone_at) == ("gone", "left", town.clock.now)
    assert list(town.states().values()).count("active") == 9


def test_an_older_reading_does_not_undo_a_newer_one(town: Town) -> None:
    town.settle("friend")
    older = town.read()
    town.plex.share("bob")
    town.read()
    town.people.take_in(older, town.servers)
    assert set(town.everybody()) == {"friend", "bob"}
    assert town.people.last_reading().began_at == town.clock.now


def test_an_address_that_signs_up_stays_one_person(town: Town) -> None:
    town.plex.share("nobody@example.org")
    town.read()
    before = town.id_of("nobody@example.org")
    town.people.change_share(
        before, town.plex.machine_identifier, {"access_until": town.clock.now + timedelta(days=9)}
    )
    account = town.plex.accept("nobody@example.org").person
    town.read()
    person = town.person(account.username)
    assert (person.person_id, person.account_id) == (before, account.user_id)
    assert town.share(account.username).access_until is not None


def test_reading_is_due_after_six_hours_or_fifteen_minutes_while_somebody_looks(town: Town) -> None:
    def is_read(*, minutes: int, due: bool = False) -> bool:
        town.clock.forward(minutes=minutes)
        return town.reading.refresh_if_due(something_is_due=due) is not None

    assert is_read(minutes=0)
    assert not is_read(minutes=16)
    assert is_read(minutes=0, due=True)
    assert not is_read(minutes=14, due=True)
    assert not is_read(minutes=300)
    assert is_read(minutes=60)
    town.clock.forward(minutes=10)
    town.reading.note_look()
    assert is_read(minutes=6)
    town.plex.fail("status", status=503, path_prefix=OWNED)
    assert is_read(minutes=360)
    assert is_read(minutes=16)


def test_pages_are_sorted_by_name_and_filters_work(town: Town) -> None:
    town.plex.share("zoe")
    town.settle(*TEN)
    first = town.people.page(PeopleFilter(), 4)
    second = town.people.page(PeopleFilter(), 100, first.next_cursor)
    names = [one.username for one in [*first.rows, *second.rows]]
    assert names == [*TEN, "zoe"]
    assert second.next_cursor == ""

    def found(**wanted: Any) -> list[str]:
        return [one.username for one in town.people.page(PeopleFilter(**wanted), 50).rows]

    assert found(states=frozenset({ShareState.PENDING})) == ["zoe"]
    assert found(states=frozenset({ShareState.PENDING, ShareState.ACTIVE})) == [*TEN, "zoe"]
    assert town.people.count(PeopleFilter()) == 11
    assert town.people.count(PeopleFilter(search="SON-3")) == 1
    assert found(search="SON-3") == ["person-3"]
    assert found(search="zoe@example.com") == ["zoe"]
    assert found(server_id=OTHER_MACHINE_IDENTIFIER) == []
    town.people.describe(town.id_of("person-1"), {"exempt": True, "note": "sister"})
    assert found(exempt=True) == ["person-1"]
    until = town.clock.now + timedelta(days=6)
    here = town.plex.machine_identifier
    town.people.change_share(town.id_of("person-2"), here, {"access_until": until})
    assert found(ends_within_days=7) == ["person-2"]
    assert found(ends_within_days=5) == []
    town.plex.share("adam")
    town.read()
    assert found(drift=True) == ["adam"]
    assert town.person("person-1").note == "sister"


def test_an_address_is_merged_with_an_account_including_its_promises(town: Town) -> None:
    here, there = town.servers
    address = Listed("s1", here, "Here", accepted=False, email="Mia@example.org")
    account = Listed("s2", there, "There", accepted=True, account_id=7, username="mia")

    def read(*rows: Listed) -> None:
        town.clock.forward(minutes=3)
        now = town.clock.now
        town.people.take_in(Reading(now, now, Verdict.OK, lists=Lists(rows)), town.servers)

    read(address, account)
    waiting, known = town.id_of("Mia@example.org"), town.id_of("mia")
    town.orders.remove(waiting)
    town.people.change_share(waiting, here, {"access_until": town.clock.now})
    joined = replace(address, accepted=True, account_id=7, username="mia")
    read(joined, replace(account, email="mia@example.org"))
    (person,) = town.everybody().values()
    assert person.person_id == known
    assert {one.server_id for one in person.shares} == {here, there}
    assert town.operation().person_id == known
    share = person.share_on(here)
    assert share is not None
    assert (share.state, share.access_until is None) == ("removing", False)


def test_people_who_vanished_without_a_trace_are_gone_when_the_owner_says_so(town: Town) -> None:
    town.settle("anna", "bert", "cleo", "dora")
    share = town.plex.share_of("bert")
    assert share is not None
    town.plex.stage.plex.world.end_share(share.id)
    for _ in range(3):
        assert town.read(minutes=60 * 24 * 7).code == "list_shorter"
    assert town.share("bert").state == "active"
    assert town.reading.refresh(for_owner=True, confirm=True).is_plausible
    assert town.share("bert").state == "unknown"
    town.plex.fail("partial", path_prefix="/api/v2/shared_servers/owned/accepted", rows=1)
    assert town.read().code == "list_shorter"  # that was not what the owner confirmed
    assert town.reading.refresh(for_owner=True, confirm=False).code == "list_shorter"
    town.reading.refresh(for_owner=True, confirm=True)
    town.read()
    assert town.states() == {
        "anna": "active",
        "bert": "gone",
        "cleo": "active",
        "dora": "active",
    }
    assert town.read().is_plausible
