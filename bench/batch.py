"""A list of 500 friends: judged, then opened with one press, on each database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa

from bench.processes import Bench
from bench.table import NOTHING, Row
from helpr_core.adapters.sql.batches import SqlBatches
from helpr_core.adapters.sql.database import Database, connect
from helpr_core.domain.audit import COMMAND_LINE
from helpr_core.domain.batches import MOST_LINES, Known, Line, Usual, judge
from helpr_core.domain.pasted_list import read_list
from helpr_core.domain.policies import terms_for
from helpr_core.domain.requests import NewRequest, Source, Status

_JUDGED_MS = 500.0
_OPENED_MS = 1000.0
_MOST_STATEMENTS = 10


def rows(bench: Bench, postgres_url: str) -> list[Row]:
    """The quickest of each, because other work on the machine can only add time."""
    times = bench.times(full=7, smoke=3)
    judged_ms = min(_milliseconds(_judged) for _ in range(times))
    limit = bench.limit(_JUDGED_MS)
    sqlite_url = f"sqlite:///{bench.folder / 'helpr.db'}"
    return [
        Row(
            f"a pasted list of {MOST_LINES}: read and judged, without plex.tv",
            NOTHING,
            f"{judged_ms:.0f} ms",
            limit.promised(f"< {_JUDGED_MS:g} ms"),
            limit.keeps(judged_ms),
        ),
        _opened(bench, "SQLite", sqlite_url, times),
        _opened(bench, "PostgreSQL", postgres_url, times),
    ]


def _opened(bench: Bench, name: str, url: str, times: int) -> Row:
    with _database(url) as database:
        batches, statements = SqlBatches(database), _counted(database)
        batches.page(1)  # the schema now exists
        measured = []
        for _ in range(times):
            lines = [(line, _request(line)) for line in _judged()]
            statements.clear()
            measured.append(
                _milliseconds(
                    lambda lines=lines: batches.open(uuid4(), lines, _now(), COMMAND_LINE)  # type: ignore[misc]
                )
            )
    limit = bench.limit(_OPENED_MS)
    quickest = min(measured)
    return Row(
        f"a pasted list of {MOST_LINES}: a request for each line opened, {name}",
        NOTHING,
        f"{quickest:.0f} ms, {len(statements)} statements",
        limit.promised(f"< {_OPENED_MS:g} ms, ≤ {_MOST_STATEMENTS} statements"),
        limit.keeps(quickest) and len(statements) <= _MOST_STATEMENTS,
    )


def _judged() -> tuple[Line, ...]:
    """New names each time, so nobody has an open request."""
    who = uuid4().hex
    text = "E-Mail;Days;Note\n" + "".join(
        f"Friend {number} <{who}-{number}@example.com>;30;a note\n" for number in range(MOST_LINES)
    )
    known = Known((), {}, frozenset(), seats_left=None)
    return judge(read_list(text), known, Usual())[1:]


def _request(line: Line) -> NewRequest:
    assert line.identity is not None
    terms = terms_for(Source.BATCH, approval_required=False)
    return NewRequest(
        request_id=uuid4(),
        email_or_username=line.identity.typed,
        identity_key=line.identity.key,
        timestamp=_now(),
        source=Source.BATCH,
        server_name="Demo Plex",
        libraries=(),
        client_key="",
        note=line.note,
        status=Status.QUEUED,
        terms=replace(terms, access_days=line.days),
    )


def _counted(database: Database) -> list[str]:
    statements: list[str] = []
    sa.event.listen(
        database._engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )
    return statements


@contextmanager
def _database(url: str) -> Iterator[Database]:
    database = connect(url)
    try:
        yield database
    finally:
        database.dispose()


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _now() -> datetime:
    return datetime.now(UTC)
