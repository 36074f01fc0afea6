"""Searches on PostgreSQL: what the index holds, and how little is read for any search."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql import invite_search
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.invite_history import SqlInviteHistory
from helpr_core.adapters.sql.invite_search import _keys, _spans
from helpr_core.domain.history import InviteFilter
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.requests import Status
from tests.adapters.sql.builders import NOON, row_of, write
from tests.adapters.sql.conftest import NewDatabase

NAMES = (
    "a",
    "ab",
    "anna.smith@example.com",
    "straße",
    "日本語の名前",
    "😀😀😀",
    "aaaaaaa",
    "x y z",
)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def database(postgres_url: str, new_database: NewDatabase) -> Database:
    return new_database(postgres_url)


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """What is executed on the database from now on."""
    made: list[str] = []

    def note(*given: object) -> None:
        made.append(str(given[2]))

    with database.single():  # the schema is there
        pass
    sa.event.listen(database._engine, "before_cursor_execute", note)
    yield made
    sa.event.remove(database._engine, "before_cursor_execute", note)


def keys_of(database: Database, name: str, status: str, at: datetime) -> list[int]:
    call = sa.func.helpr_search_keys(name, status, at, type_=sa.ARRAY(sa.Integer))
    with database.single() as connection:
        return list(connection.execute(sa.select(call)).scalar_one())


@pytest.mark.parametrize("name", NAMES)
def test_each_part_of_a_name_has_the_numbers_that_the_index_has(
    database: Database, name: str
) -> None:
    held = set(keys_of(database, name, "success", NOON))
    for start in range(len(name)):
        for end in range(start + 3, len(name) + 1):
            assert set(_keys(name[start:end])) <= held
    assert set(_keys(name[:1])) <= held
    assert set(_keys(name[:2])) <= held
    assert not set(_keys("qwv")) & held


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("at", [NOON, datetime.fromisoformat("1969-12-31T23:59:59+00:00")])
def test_a_state_and_a_day_have_the_numbers_that_the_index_has(
    database: Database, status: Status, at: datetime
) -> None:
    held = set(keys_of(database, "", status, at))
    day = invite_search._day(at)
    (span,) = _spans(day, day)
    assert held == {-ord(status[0]), span.key, *(d.key for d in invite_search._days(span))}


def test_no_two_states_share_a_number() -> None:
    assert len({status[0] for status in Status}) == len(Status)


def test_spans_follow_one_another_and_end_where_they_should() -> None:
    spans = _spans(-40, 100)
    days = [day for span in spans for day in range(span.last, span.first - 1, -1)]
    assert days == list(range(100, -41, -1))
    assert len({span.key for span in spans}) == len(spans) == 6


def found(history: SqlInviteHistory, wanted: InviteFilter, limit: int = 20) -> list[str]:
    return [row.email_or_username for row in history.page(wanted, limit).rows]


def test_what_is_common_and_long_ago_is_found_in_few_steps(
    database: Database, statements: list[str]
) -> None:
    # In three of four rows, and in none of the newest.
    rows = [row_of(f"friend{n}@old.example.net", NOON + n * SECOND * 9000) for n in range(6000)]
    rows += [row_of(f"friend{n}@example.com", NOON + n * SECOND * 9000) for n in range(6000, 8000)]
    write(database, rows)
    statements.clear()
    history = SqlInviteHistory(database)
    wanted = [f"friend{n}@old.example.net" for n in range(5999, 5979, -1)]
    assert found(history, InviteFilter(search="@old")) == wanted
    assert len(statements) <= 10


def test_what_is_rare_or_nowhere_is_told_in_a_few_steps(
    database: Database, statements: list[str]
) -> None:
    rows = [row_of(f"friend{n}@example.com", NOON + n * SECOND * 9000) for n in range(3000)]
    write(database, [row_of("zoe@example.com", NOON), *rows])
    history = SqlInviteHistory(database)
    for search, wanted in (("zoe", ["zoe@example.com"]), ("nobody", []), ("zoe.", [])):
        statements.clear()
        assert found(history, InviteFilter(search=search)) == wanted
        assert len(statements) <= 5


def test_what_only_looks_like_a_match_does_not_go_on_for_ever(
    database: Database, statements: list[str]
) -> None:
    # Every three characters of the search are in every row, and the search is in none.
    write(database, [row_of(f"aaaa{n}", NOON + n * SECOND * 9000) for n in range(9000)])
    statements.clear()
    assert found(SqlInviteHistory(database), InviteFilter(search="a" * 9)) == []
    assert len(statements) <= 25


def test_a_day_with_thousands_of_matches_is_paged_through(database: Database) -> None:
    write(database, [row_of(f"friend{n}", NOON - 9 * DAY + n * SECOND) for n in range(3000)])
    write(database, [row_of(f"other{n}", NOON + n * SECOND) for n in range(1500)])
    history = SqlInviteHistory(database)
    names = [row.email_or_username for row in history.stream(InviteFilter(search="friend"))]
    assert names == [f"friend{n}" for n in range(2999, -1, -1)]


def test_the_function_folds_nothing_by_itself(database: Database) -> None:
    # Keys are made of `identity_key`, which is folded already: in PostgreSQL what is a
    # capital letter depends on the database's locale.
    for name in ("STRASSE", "Ärger"):
        assert set(_keys(identity_key(name))) <= set(
            keys_of(database, identity_key(name), "success", NOON)
        )
