"""What a reading proves, and how it changes the people on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from helpr_core.domain.people import (
    Listed,
    Lists,
    Person,
    Restrictions,
    Share,
    ShareState,
    seats_of,
)
from helpr_core.domain.people_merge import Merged, merge
from helpr_core.domain.people_reading import Doubt, Reading, Verdict, failed, judge
from helpr_core.domain.plex import Library

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
ATTIC, CABIN = "attic", "cabin"
MOVIES, SHOWS = Library(1, "Movies", "movie"), Library(2, "TV Shows", "show")


def row(number: int = 1, **changed: object) -> Listed:
    usual = Listed(
        share_id=f"s{number}",
        server_id=ATTIC,
        server_name="Attic",
        accepted=True,
        account_id=number,
        username=f"mia{number}",
        email=f"mia{number}@example.org",
        title=f"Mia {number}",
        libraries=(MOVIES,),
    )
    return replace(usual, **changed)  # type: ignore[arg-type]


def stranger(**changed: object) -> Listed:
    return row(7, account_id=None, username="", title="", accepted=False, **changed)


def reading(*rows: Listed, at: datetime = NOON, verdict: Verdict = Verdict.OK) -> Reading:
    return Reading(at - SECOND, at, verdict, lists=Lists(rows))


class Record:
    """The people on record, from one reading to the next."""

    def __init__(self) -> None:
        self.people: dict[UUID, Person] = {}
        self._is_first = True

    def read(self, *rows: Listed, at: datetime = NOON, **of_lists: object) -> Merged:
        one = reading(*rows, at=at)
        one = replace(one, lists=replace(one.lists, **of_lists))  # type: ignore[arg-type]
        merged = merge(
            list(self.people.values()), one, {ATTIC, CABIN}, uuid4, is_first=self._is_first
        )
        self._is_first = False
        for person in [*merged.changed, *merged.added]:
            self.people[person.person_id] = person
        for old in merged.joined:
            del self.people[old]
        return merged

    @property
    def only(self) -> Person:
        (person,) = self.people.values()
        return person

    @property
    def share(self) -> Share:
        (share,) = self.only.shares
        return share

    def change(self, **values: object) -> None:
        person = self.only
        share = replace(self.share, **values)  # type: ignore[arg-type]
        self.people[person.person_id] = replace(person, shares=(share,))


@pytest.fixture
def record() -> Record:
    record = Record()
    record.read(row())
    return record


def judged(rows: Sequence[Listed], expected: int, **changed: object) -> Reading:
    lists = replace(Lists(tuple(rows)), **changed)  # type: ignore[arg-type]
    return judge(lists, NOON, NOON + SECOND, {f"s{n}" for n in range(expected)})


@pytest.mark.parametrize(
    ("listed", "expected", "verdict", "code"),
    [
        (0, 0, "ok", ""),
        (3, 0, "ok", ""),
        (10, 10, "ok", ""),
        (0, 1, "suspicious", "list_empty"),
        (0, 60, "suspicious", "list_empty"),
        (8, 10, "ok", ""),
        (7, 10, "suspicious", "list_shorter"),
        (48, 60, "ok", ""),
        (47, 60, "suspicious", "list_shorter"),
        (3, 4, "suspicious", "list_shorter"),
        (1, 2, "suspicious", "list_shorter"),
    ],
)
def test_a_list_that_lacks_more_than_a_fifth_is_suspicious(
    listed: int, expected: int, verdict: str, code: str
) -> None:
    found = judged([row(number) for number in range(listed)], expected)
    assert (found.verdict, found.code) == (verdict, code)


def test_new_people_do_not_make_up_for_missing_ones() -> None:
    found = judged([row(number) for number in range(100, 110)], 10)
    assert found.code == "list_shorter"


@pytest.mark.parametrize(
    ("changed", "code"), [({"unread": 1}, "list_malformed"), ({"paged": True}, "list_partial")]
)
def test_a_list_that_cannot_be_complete_is_suspicious(
    changed: dict[str, object], code: str
) -> None:
    assert judged([row(0)], 1, **changed).code == code


@pytest.mark.parametrize("took", [timedelta(seconds=31), timedelta(seconds=-1)])
def test_a_list_that_took_too_long_is_suspicious(took: timedelta) -> None:
    assert judge(Lists((row(0),)), NOON, NOON + took, {"s0"}).code == "list_late"


@pytest.mark.parametrize("rows", [(), (0,)])
def test_a_shorter_list_is_not_believed_however_often_it_repeats(rows: tuple[int, ...]) -> None:
    lists, doubt = Lists(tuple(row(one) for one in rows)), None
    for hours in (0, 24, 1000):
        at = NOON + hours * HOUR
        found = judge(lists, at, at + SECOND, {"s0", "s1"}, doubt)
        doubt = found.doubt
        assert found.verdict == "suspicious", hours


@pytest.mark.parametrize("rows", [(), (0,)])
def test_a_loss_confirmed_by_the_owner_is_believed_while_nothing_else_is_missing(
    rows: tuple[int, ...],
) -> None:
    lists = Lists(tuple(row(one) for one in rows))
    missing = tuple(sorted({"s0", "s1"} - {f"s{one}" for one in rows}))
    said = Doubt(missing, NOON, confirmed=True)
    found = judge(lists, NOON, NOON, {"s0", "s1"}, said)
    assert found.verdict == "ok"
    assert judge(lists, NOON, NOON, {"s0", "s1"}, found.doubt).verdict == "ok"
    assert judge(lists, NOON, NOON, {"s0", "s1", "s2", "s3"}, said).verdict == "suspicious"


def test_rows_that_report_their_end_are_not_missing() -> None:
    lists = Lists((row(0),), left=frozenset({"s1"}), ended=frozenset({"s2"}))
    assert judge(lists, NOON, NOON, {"s0", "s1", "s2"}).verdict == "ok"


def test_people_in_the_first_reading_are_imported_without_an_end_or_drift(record: Record) -> None:
    share = record.share
    assert (share.state, share.access_until, share.source) == ("active", None, "plex")
    assert (share.drift, share.promised, share.libraries) == ((), None, (MOVIES,))
    assert record.only.username == "mia1"


def test_people_who_turn_up_later_are_unknown(record: Record) -> None:
    added = record.read(row(), row(2)).added[0]
    assert [one.kind for one in added.shares[0].drift] == ["unknown_person"]


def test_the_same_list_changes_nothing(record: Record) -> None:
    merged = record.read(row(), at=NOON + HOUR)
    assert (merged.changed, merged.added, merged.joined) == ([], [], {})


def test_one_reading_without_somebody_makes_unknown_and_two_make_gone(record: Record) -> None:
    record.read(at=NOON + MINUTE)
    assert (record.share.state, record.share.missing_since) == ("unknown", NOON + MINUTE - SECOND)
    record.read(at=NOON + 3 * MINUTE - SECOND)
    assert record.share.state == "unknown"
    record.read(at=NOON + 3 * MINUTE)
    assert (record.share.state, record.share.gone_reason) == ("gone", "removed_elsewhere")
    assert record.share.gone_at == NOON + 3 * MINUTE


def test_somebody_who_is_back_in_between_was_never_gone(record: Record) -> None:
    record.read(at=NOON + MINUTE)
    record.read(row(), at=NOON + 2 * MINUTE)
    assert (record.share.state, record.share.missing_since) == ("active", None)
    record.read(at=NOON + 4 * MINUTE)
    assert record.share.state == "unknown"


def test_leaving_is_distinguished_from_being_removed(record: Record) -> None:
    for minutes in (1, 3):
        record.read(at=NOON + minutes * MINUTE, left=frozenset({"s1"}))
    assert record.share.gone_reason == "left"


def test_after_our_own_removal_one_reading_is_enough(record: Record) -> None:
    record.change(state=ShareState.REMOVING, removed_at=NOON + MINUTE, gone_reason="ended")
    record.read(row(), at=NOON + 2 * MINUTE)
    assert record.share.state == "removing"  # a stale list
    record.read(at=NOON + 3 * MINUTE)
    assert (record.share.state, record.share.gone_reason) == ("gone", "ended")


def test_a_reading_from_before_our_removal_proves_nothing_about_it(record: Record) -> None:
    record.change(state=ShareState.REMOVING, removed_at=NOON + HOUR)
    record.read(at=NOON + MINUTE)
    assert record.share.state == "removing"


@pytest.mark.parametrize("verdict", [Verdict.SUSPICIOUS, Verdict.FAILED])
def test_an_implausible_reading_changes_nothing(record: Record, verdict: Verdict) -> None:
    people = list(record.people.values())
    for rows in ((), (row(1, accepted=False),), (row(2),)):
        one = reading(*rows, at=NOON + HOUR, verdict=verdict)
        merged = merge(people, one, {ATTIC}, uuid4, is_first=False)
        assert (merged.changed, merged.added, merged.joined) == ([], [], {})
    assert failed(NOON, NOON, "plex_unavailable").is_plausible is False


def test_servers_that_were_not_read_or_are_not_managed_do_not_count(record: Record) -> None:
    for minutes in (1, 9):
        record.read(at=NOON + minutes * MINUTE, servers=frozenset({CABIN}))
    assert record.share.state == "active"
    record.read(row(), row(3, server_id="elsewhere"), at=NOON + 10 * MINUTE)
    assert len(record.people) == 1


def test_a_person_has_one_share_per_server(record: Record) -> None:
    record.read(row(), row(1, share_id="s9", server_id=CABIN, accepted=False))
    assert [one.state for one in record.only.shares] == ["active", "pending"]


def test_an_address_is_merged_with_the_account_that_takes_it_over() -> None:
    record = Record()
    record.read(stranger())
    first = record.only
    record.change(access_until=NOON + HOUR)
    record.read(row(7), at=NOON + MINUTE)
    assert record.only.person_id == first.person_id
    assert (record.only.account_id, record.share.state) == (7, "active")
    assert (record.share.access_until, record.share.share_id) == (NOON + HOUR, "s7")


def test_an_address_is_merged_with_a_known_account() -> None:
    record = Record()
    record.read(row(7, share_id="s8", server_id=CABIN, email=""), stranger())
    account, address = record.people.values()
    merged = record.read(row(7, share_id="s8", server_id=CABIN), row(7), at=NOON + MINUTE)
    assert merged.joined == {address.person_id: account.person_id}
    assert {one.server_id for one in record.only.shares} == {ATTIC, CABIN}


def test_addresses_that_differ_only_in_case_are_one_person() -> None:
    record = Record()
    record.read(stranger(email="Nora@Example.org"))
    record.read(stranger(email="nora@example.ORG"), at=NOON + MINUTE)
    assert len(record.people) == 1


def test_a_list_without_libraries_leaves_them_unchanged(record: Record) -> None:
    record.read(row(libraries=None), at=NOON + MINUTE)
    assert record.share.libraries == (MOVIES,)


def test_a_past_end_does_not_end_a_new_share(record: Record) -> None:
    record.change(state=ShareState.GONE, access_until=NOON - HOUR, removed_at=NOON - HOUR)
    record.read(row(share_id="another"), at=NOON + MINUTE)
    assert (record.share.state, record.share.access_until) == ("active", None)
    assert record.share.removed_at is None


def test_an_end_still_applies_to_the_share_it_was_set_for(record: Record) -> None:
    record.change(state=ShareState.GONE, access_until=NOON - HOUR, removed_at=NOON - HOUR)
    record.read(row(), at=NOON + MINUTE)
    assert (record.share.state, record.share.access_until) == ("active", NOON - HOUR)


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({}, []),
        ({"libraries": (MOVIES, SHOWS)}, ["more_libraries"]),
        ({"libraries": ()}, ["fewer_libraries"]),
        ({"libraries": (SHOWS,)}, ["more_libraries", "fewer_libraries"]),
        ({"libraries": (Library(9, "movies", "movie"),)}, ["library_rebuilt"]),
        ({"all_libraries": True}, ["all_libraries"]),
        ({"libraries": None}, []),
        ({"username": "other"}, ["name_changed"]),
        ({"email": "other@example.org"}, ["name_changed"]),
        ({"restrictions": Restrictions(downloads=True)}, ["restrictions"]),
    ],
)
def test_drift_is_distinguished_from_what_was_promised(
    changed: dict[str, object], kinds: list[str]
) -> None:
    record = Record()
    record.read(row(restrictions=Restrictions()))
    record.change(promised=(MOVIES.id,), source="form")
    record.read(row(1, **{"restrictions": Restrictions(), **changed}), at=NOON + MINUTE)
    assert [one.kind for one in record.share.drift] == kinds
    record.read(row(1, **{"restrictions": Restrictions(), **changed}), at=NOON + HOUR)
    assert [one.kind for one in record.share.drift] == kinds


def test_drift_keeps_its_time_and_what_the_owner_ignores(record: Record) -> None:
    record.change(promised=(MOVIES.id,), source="form")
    more = row(libraries=(MOVIES, SHOWS))
    record.read(more, at=NOON + MINUTE)
    record.change(drift=tuple(replace(one, ignored=True) for one in record.share.drift))
    record.read(more, at=NOON + HOUR)
    (drift,) = record.share.drift
    assert (drift.since, drift.ignored) == (NOON + MINUTE, True)
    third = Library(3, "Music", "artist")
    record.read(row(libraries=(MOVIES, SHOWS, third)), at=NOON + 2 * HOUR)
    assert record.share.drift[0].ignored is False


def test_each_person_takes_one_seat_including_members_of_the_home() -> None:
    rows = [row(1), row(1, server_id=CABIN), row(2, accepted=False), stranger(), row(3)]
    waiting_too = row(3, server_id=CABIN, accepted=False)
    assert seats_of([*rows, waiting_too], home=[3, 8]) == (3, 2)
