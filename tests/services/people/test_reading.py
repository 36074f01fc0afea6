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
from tests.services.people.helpr import KIDS, MOVIES, Helpr

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


def test_everybody_is_imported_and_found(helpr: Helpr) -> None:
    helpr.plex.share("bob", [MOVIES, KIDS])
    helpr.plex.share("nobody@example.org", [MOVIES])
    helpr.plex.stage.plex.world.share_elsewhere("bob", accepted=True)
    helpr.settle("friend")
    assert set(helpr.everybody()) == {"bob", "nobody@example.org", "friend"}
    bob = helpr.person("bob")
    assert {one.server_id: one.state for one in bob.shares} == {
        helpr.plex.machine_identifier: "pending",
        OTHER_MACHINE_IDENTIFIER: "active",
    }
    assert [one.id for one in helpr.share("bob").libraries] == [MOVIES, KIDS]
    assert helpr.share("friend").access_until is None
    assert helpr.people.last_reading().seats == (2, 1)


@pytest.mark.parametrize("lie", LIES)
def test_a_wrong_list_changes_nothing(helpr_on_sqlite: Helpr, lie: str) -> None:
    helpr = helpr_on_sqlite
    helpr.settle(*TEN)
    before = helpr.everybody()
    helpr.plex.fail(**LIES[lie], path_prefix="/api/", times=0)
    for _ in range(5):
        reading = helpr.read(minutes=16)
        assert reading.verdict is not Verdict.OK
        assert helpr.everybody() == before
    last = helpr.people.last_reading()
    assert last.verdict is not Verdict.OK
    assert last.code
    helpr.plex.clear_faults()
    assert helpr.read(minutes=16).verdict is Verdict.OK
    assert helpr.everybody() == before


def test_with_one_source_gone_the_rest_is_read_and_reported(helpr: Helpr) -> None:
    helpr.plex.share("bob")
    helpr.settle("friend")
    helpr.plex.fail("status", status=410, path_prefix=f"{OWNED}/pending", times=0)
    assert helpr.read().verdict is Verdict.OK
    assert helpr.states() == {"bob": "pending", "friend": "active"}
    assert helpr.people.last_reading().paths_gone == ("owned/pending",)


def test_somebody_missing_twice_is_gone(helpr: Helpr) -> None:
    helpr.settle(*TEN)
    helpr.plex.leave("person-3")
    helpr.read(minutes=1)
    assert helpr.states()["person-3"] == "unknown"
    helpr.read(minutes=1)
    assert helpr.states()["person-3"] == "unknown"
    helpr.read(minutes=1)
    share = helpr.share("person-3")
    assert (share.state, share.gone_reason, share.gone_at) == ("gone", "left", helpr.clock.now)
    assert list(helpr.states().values()).count("active") == 9


def test_an_older_reading_does_not_undo_a_newer_one(helpr: Helpr) -> None:
    helpr.settle("friend")
    older = helpr.read()
    helpr.plex.share("bob")
    helpr.read()
    helpr.people.take_in(older, helpr.servers)
    assert set(helpr.everybody()) == {"friend", "bob"}
    assert helpr.people.last_reading().began_at == helpr.clock.now


def test_an_address_that_signs_up_stays_one_person(helpr: Helpr) -> None:
    helpr.plex.share("nobody@example.org")
    helpr.read()
    before = helpr.id_of("nobody@example.org")
    helpr.people.change_share(
        before, helpr.plex.machine_identifier, {"access_until": helpr.clock.now + timedelta(days=9)}
    )
    account = helpr.plex.accept("nobody@example.org").person
    helpr.read()
    person = helpr.person(account.username)
    assert (person.person_id, person.account_id) == (before, account.user_id)
    assert helpr.share(account.username).access_until is not None


def test_reading_is_due_after_six_hours_or_fifteen_minutes_while_someone_looks(
    helpr: Helpr,
) -> None:
    def is_read(*, minutes: int, due: bool = False) -> bool:
        helpr.clock.forward(minutes=minutes)
        return helpr.reading.refresh_if_due(something_is_due=due) is not None

    assert is_read(minutes=0)
    assert not is_read(minutes=16)
    assert is_read(minutes=0, due=True)
    assert not is_read(minutes=14, due=True)
    assert not is_read(minutes=300)
    assert is_read(minutes=60)
    helpr.clock.forward(minutes=10)
    helpr.reading.note_look()
    assert is_read(minutes=6)
    helpr.plex.fail("status", status=503, path_prefix=OWNED)
    assert is_read(minutes=360)
    assert is_read(minutes=16)


def test_pages_are_sorted_by_name_and_filters_work(helpr: Helpr) -> None:
    helpr.plex.share("zoe")
    helpr.settle(*TEN)
    first = helpr.people.page(PeopleFilter(), 4)
    second = helpr.people.page(PeopleFilter(), 100, first.next_cursor)
    names = [one.username for one in [*first.rows, *second.rows]]
    assert names == [*TEN, "zoe"]
    assert second.next_cursor == ""

    def found(**wanted: Any) -> list[str]:
        return [one.username for one in helpr.people.page(PeopleFilter(**wanted), 50).rows]

    assert found(states=frozenset({ShareState.PENDING})) == ["zoe"]
    assert found(states=frozenset({ShareState.PENDING, ShareState.ACTIVE})) == [*TEN, "zoe"]
    assert helpr.people.count(PeopleFilter()) == 11
    assert helpr.people.count(PeopleFilter(search="SON-3")) == 1
    assert found(search="SON-3") == ["person-3"]
    assert found(search="zoe@example.com") == ["zoe"]
    assert found(server_id=OTHER_MACHINE_IDENTIFIER) == []
    helpr.people.describe(helpr.id_of("person-1"), {"exempt": True, "note": "sister"})
    assert found(exempt=True) == ["person-1"]
    until = helpr.clock.now + timedelta(days=6)
    here = helpr.plex.machine_identifier
    helpr.people.change_share(helpr.id_of("person-2"), here, {"access_until": until})
    assert found(ends_within_days=7) == ["person-2"]
    assert found(ends_within_days=5) == []
    helpr.plex.share("adam")
    helpr.read()
    assert found(drift=True) == ["adam"]
    assert helpr.person("person-1").note == "sister"


def test_an_address_is_merged_with_an_account_including_its_promises(helpr: Helpr) -> None:
    here, there = helpr.servers
    address = Listed("s1", here, "Here", accepted=False, email="Mia@example.org")
    account = Listed("s2", there, "There", accepted=True, account_id=7, username="mia")

    def read(*rows: Listed) -> None:
        helpr.clock.forward(minutes=3)
        now = helpr.clock.now
        helpr.people.take_in(Reading(now, now, Verdict.OK, lists=Lists(rows)), helpr.servers)

    read(address, account)
    waiting, known = helpr.id_of("Mia@example.org"), helpr.id_of("mia")
    helpr.orders.remove(waiting)
    helpr.people.change_share(waiting, here, {"access_until": helpr.clock.now})
    joined = replace(address, accepted=True, account_id=7, username="mia")
    read(joined, replace(account, email="mia@example.org"))
    (person,) = helpr.everybody().values()
    assert person.person_id == known
    assert {one.server_id for one in person.shares} == {here, there}
    assert helpr.operation().person_id == known
    share = person.share_on(here)
    assert share is not None
    assert (share.state, share.access_until is None) == ("removing", False)


def test_people_who_vanished_without_a_trace_are_gone_when_the_owner_says_so(helpr: Helpr) -> None:
    helpr.settle("anna", "bert", "cleo", "dora")
    share = helpr.plex.share_of("bert")
    assert share is not None
    helpr.plex.stage.plex.world.end_share(share.id)
    for _ in range(3):
        assert helpr.read(minutes=60 * 24 * 7).code == "list_shorter"
    assert helpr.share("bert").state == "active"
    assert helpr.reading.refresh(for_owner=True, confirm=True).is_plausible
    assert helpr.share("bert").state == "unknown"
    helpr.plex.fail("partial", path_prefix="/api/v2/shared_servers/owned/accepted", rows=1)
    assert helpr.read().code == "list_shorter"  # that was not what the owner confirmed
    assert helpr.reading.refresh(for_owner=True, confirm=False).code == "list_shorter"
    helpr.reading.refresh(for_owner=True, confirm=True)
    helpr.read()
    assert helpr.states() == {
        "anna": "active",
        "bert": "gone",
        "cleo": "active",
        "dora": "active",
    }
    assert helpr.read().is_plausible
