"""Reading past requests: the same on both databases, whatever the filter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import combinations, product
from random import Random

import pytest

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.invite_history import SqlInviteHistory
from helpr_core.domain.history import DayCount, InviteFilter
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.requests import KNOWN, OPEN, InviteRequest, NewRequest, Status
from helpr_core.errors import InvalidInput, LogUnavailable
from tests.adapters.sql.builders import NOON, row_of, write
from tests.adapters.sql.conftest import NewDatabase

DAY = timedelta(days=1)


@pytest.fixture
def database(database_url: str, new_database: NewDatabase) -> Database:
    return new_database(database_url)


@pytest.fixture
def history(database: Database) -> SqlInviteHistory:
    return SqlInviteHistory(database)


def names(rows: list[InviteRequest]) -> list[str]:
    return [row.email_or_username for row in rows]


def all_pages(
    history: SqlInviteHistory, wanted: InviteFilter, limit: int = 7
) -> list[InviteRequest]:
    rows: list[InviteRequest] = []
    cursor = ""
    while True:
        page = history.page(wanted, limit, cursor)
        total = history.count(wanted, cursor)
        assert len(page.rows) == limit or not page.next_cursor
        assert total.before == len(rows)
        rows += page.rows
        cursor = page.next_cursor
        if not cursor:
            assert total.rows == len(rows)
            return rows


def test_an_empty_record_has_an_empty_page(history: SqlInviteHistory) -> None:
    page = history.page(InviteFilter(), 20)
    assert (page.rows, page.next_cursor) == ([], "")
    assert list(history.stream(InviteFilter())) == []


def test_rows_of_the_same_moment_appear_once_each_newest_first(
    database: Database, history: SqlInviteHistory
) -> None:
    write(database, [row_of(f"friend{n}") for n in range(5)])
    write(database, [row_of("before", NOON - DAY), row_of("after", NOON + DAY)])
    wanted = ["after", *(f"friend{n}" for n in (4, 3, 2, 1, 0)), "before"]
    for limit in (1, 2, 3, 6, 7, 8):
        assert names(all_pages(history, InviteFilter(), limit)) == wanted


def test_a_full_last_page_has_no_next_page(database: Database, history: SqlInviteHistory) -> None:
    write(database, [row_of(f"friend{n}", NOON + n * DAY) for n in range(4)])
    first = history.page(InviteFilter(), 2)
    assert history.page(InviteFilter(), 2, first.next_cursor).next_cursor == ""


def test_rows_inserted_meanwhile_do_not_shift_the_next_page(
    database: Database, history: SqlInviteHistory
) -> None:
    write(database, [row_of(f"friend{n}", NOON + n * DAY) for n in range(4)])
    first = history.page(InviteFilter(), 2)
    write(database, [row_of("later", NOON + 9 * DAY)])
    rest = history.page(InviteFilter(), 2, first.next_cursor)
    assert names([*first.rows, *rest.rows]) == ["friend3", "friend2", "friend1", "friend0"]


NAMES = ("anna.smith@example.com", "Bob_Smith", "100%", "a\\b", "ÄRGER", "Straße", "o'neil", "zoë")


def some_rows(number: int) -> list[NewRequest]:
    """Rows over three months, some at the same moment, of every state; the same every time."""
    chance = Random(1)
    rows = []
    for count in range(number):
        at = NOON - chance.randrange(90) * DAY
        status = chance.choice(KNOWN)
        rows.append(row_of(f"{chance.choice(NAMES)}-{count}", at, status))
    return rows


def found_in(needle: str, key: str) -> bool:
    return needle in key if len(needle) > 2 else key.startswith(needle)


def matches(row: NewRequest, wanted: InviteFilter) -> bool:
    return (
        (not wanted.statuses or row.status in wanted.statuses)
        and found_in(identity_key(wanted.search), row.identity_key)
        and (wanted.since is None or row.timestamp >= wanted.since)
        and (wanted.until is None or row.timestamp < wanted.until)
    )


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("since", "until"),
    [(None, None), (NOON - 30 * DAY, None), (None, NOON), (NOON - 9 * DAY, NOON - 2 * DAY)],
    ids=["at any time", "since", "until", "between"],
)
def test_every_combination_of_filters_finds_what_it_should(
    database: Database, history: SqlInviteHistory, since: datetime | None, until: datetime | None
) -> None:
    rows = some_rows(400)
    write(database, rows)
    # Stable: of rows with the same time, the last one written comes first.
    rows = sorted(reversed(rows), key=lambda row: row.timestamp, reverse=True)
    states = [frozenset(some) for size in (0, 1, 2) for some in combinations(KNOWN, size)]
    searches = (
        "",
        "SMITH",
        "smith@ex",
        "h-3",
        "%",
        "_",
        "\\",
        "'",
        "%-",
        "h_sm",
        "a\\b",
        "0%",
        "ä",
        "ärg",
        "zoë-",
        "an",
        "-11",
        "nobody",
        "10",
    )
    for some, search in product([*states, frozenset(KNOWN)], searches):
        wanted = InviteFilter(some, search, since, until)
        found = [row.request_id for row in all_pages(history, wanted, limit=30)]
        assert found == [row.request_id for row in rows if matches(row, wanted)], wanted


@pytest.mark.parametrize("search", ["straSSE", "STRAßE", "  straße  ", "ﬆra"])
def test_a_search_folds_as_the_names_are_folded(
    database: Database, history: SqlInviteHistory, search: str
) -> None:
    write(database, [row_of("Straße"), row_of("Street")])
    assert names(list(history.page(InviteFilter(search=search), 9).rows)) == ["Straße"]


@pytest.mark.parametrize("search", ["a\x00b", "\x01", "\ud800"])
def test_a_search_for_unprintable_characters_is_refused(
    history: SqlInviteHistory, search: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        history.page(InviteFilter(search=search), 9)
    assert [error.field for error in refused.value.errors] == ["search"]


def test_a_search_longer_than_any_name_finds_nothing(
    database: Database, history: SqlInviteHistory
) -> None:
    write(database, [row_of("alice")])
    assert history.page(InviteFilter(search="alice" * 1000), 9).rows == []


def test_times_in_another_time_zone_are_the_same_times(
    database: Database, history: SqlInviteHistory
) -> None:
    write(database, [row_of("alice", NOON)])
    there = timezone(timedelta(hours=-9))
    since, until = NOON.astimezone(there), (NOON + timedelta(seconds=1)).astimezone(there)
    assert len(history.page(InviteFilter(since=since, until=until), 9).rows) == 1
    assert history.page(InviteFilter(until=since), 9).rows == []


def test_an_invalid_cursor_is_refused(history: SqlInviteHistory) -> None:
    with pytest.raises(InvalidInput) as refused:
        history.page(InviteFilter(), 20, "tomorrow")
    assert [error.field for error in refused.value.errors] == ["cursor"]


def test_a_stream_gives_every_row_of_the_filter_in_order(
    database: Database, history: SqlInviteHistory
) -> None:
    write(database, [row_of(f"friend{n}", NOON + n % 7 * DAY) for n in range(1201)])
    write(database, [row_of("other", NOON, Status.FAILED)])
    wanted = InviteFilter(frozenset({Status.SUCCESS}), "friend")
    streamed = list(history.stream(wanted))
    assert len(streamed) == 1201
    assert streamed == all_pages(history, wanted, limit=100)


def test_a_stream_that_is_read_slowly_or_abandoned_holds_no_connection(
    database: Database, history: SqlInviteHistory
) -> None:
    write(database, [row_of(f"friend{n}") for n in range(600)])
    streams = [history.stream(InviteFilter()) for _ in range(20)]
    for stream in streams:
        next(stream)
    # More streams than connections, and one is still free.
    write(database, [row_of("later", NOON + DAY)])
    assert len(history.page(InviteFilter(), 1).rows) == 1


def test_an_unavailable_database_is_reported_at_the_first_row(
    new_database: NewDatabase,
) -> None:
    gone = SqlInviteHistory(new_database("sqlite:////no/such/folder/helpr.db"))
    with pytest.raises(LogUnavailable):
        next(gone.stream(InviteFilter()))


def test_states_are_counted_including_those_without_rows(
    database: Database, history: SqlInviteHistory
) -> None:
    assert history.counts() == dict.fromkeys(KNOWN, 0)
    rows = some_rows(50)
    write(database, rows)
    assert history.counts() == {s: sum(row.status is s for row in rows) for s in KNOWN}


def test_days_are_utc_days_and_the_end_is_excluded(
    database: Database, history: SqlInviteHistory
) -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    last_moment = timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999)
    days = [(0, 0), (0, 1), (1, 0), (3, 0)]
    rows = [row_of(f"a{n}", first + d * DAY + m * last_moment) for n, (d, m) in enumerate(days)]
    rows += [row_of("b", first, Status.FAILED), row_of("c", first - timedelta(microseconds=1))]
    write(database, rows)
    assert history.per_day(first, first + 3 * DAY) == [
        DayCount(date(2026, 1, 1), Status.FAILED, 1),
        DayCount(date(2026, 1, 1), Status.SUCCESS, 2),
        DayCount(date(2026, 1, 2), Status.SUCCESS, 1),
    ]


def test_open_rows_of_every_kind_are_shown_in_full(
    database: Database, history: SqlInviteHistory
) -> None:
    write(database, [row_of(f"{status.value}", status=status) for status in OPEN])
    found = {row.status: row for row in history.page(InviteFilter(), 9).rows}
    assert set(found) == set(OPEN)
    assert found[Status.QUEUED].next_attempt_at == NOON


def test_the_newest_of_each_person_is_found_with_one_query(
    database: Database, history: SqlInviteHistory
) -> None:
    write(
        database,
        [
            row_of("anna", NOON, Status.FAILED),
            row_of("anna", NOON - DAY),
            row_of("bert", NOON - DAY, Status.DENIED),
            row_of("bert", NOON - DAY, Status.SUCCESS),  # same time, written later
            row_of("cleo", NOON),
        ],
    )
    found = history.newest_of(["anna", "bert", "nobody"])
    told = {key: (row.timestamp, str(row.status)) for key, row in found.items()}
    assert told == {"anna": (NOON, "failed"), "bert": (NOON - DAY, "success")}
    assert history.newest_of([]) == {}
