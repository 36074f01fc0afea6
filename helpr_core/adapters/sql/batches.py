"""BatchLog over SQLAlchemy: pasted lists, opened completely or not at all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core import shapes
from helpr_core.adapters.sql import error_words, upsert
from helpr_core.adapters.sql.batch_models import batch_lines, batches
from helpr_core.adapters.sql.batch_waits import BATCH_WAITS
from helpr_core.adapters.sql.changes import NOW, Change, open_rows
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import OPEN_ROWS, invite_requests
from helpr_core.adapters.sql.paging import Listing, Position, to_cursor, to_position
from helpr_core.adapters.sql.rows import to_request
from helpr_core.domain.audit import Actor
from helpr_core.domain.batches import DELETED, Batch, BatchLine, Line, Verdict
from helpr_core.domain.history import Page
from helpr_core.domain.plex import read_libraries
from helpr_core.domain.requests import NewRequest
from helpr_core.domain.transitions import CANCELLED, CANCELLED_CODE
from helpr_core.texts import Message

_LONGEST_WHO = 255
_PREFIX = "line_"

_requests = invite_requests.c
_lines = batch_lines.c
_BATCH = sa.bindparam("batch", type_=sa.Uuid)


@cache
def _insert(dialect: str) -> Any:
    return (
        upsert.insert(dialect, batches)
        .on_conflict_do_nothing(index_elements=["batch_id"])
        .returning(batches.c.batch_id)
    )


def _counts() -> Any:
    """How many lines of these batches have each outcome; see BatchLine.outcome."""
    was_sent = sa.or_(_lines.request_id.is_not(None), _lines.verdict == Verdict.INVITE)
    gone = sa.case((was_sent, DELETED), else_=_lines.verdict)
    outcome = sa.func.coalesce(_requests.status, gone).label("outcome")
    return (
        sa.select(_lines.batch_id, outcome, sa.func.count().label("lines"))
        .select_from(_WITH_REQUESTS)
        .where(_lines.batch_id.in_(sa.bindparam("batches", expanding=True)))
        .group_by(_lines.batch_id, outcome)
    )


def _page() -> Any:
    place = sa.tuple_(batches.c.created_at, batches.c.id)
    end = sa.tuple_(sa.bindparam("created_at", type_=batches.c.created_at.type), sa.bindparam("id"))
    return (
        sa.select(batches)
        .where(place < end)
        .order_by(batches.c.created_at.desc(), batches.c.id.desc())
        .limit(sa.bindparam("most"))
    )


def _delete_older() -> Any:
    ids = (
        sa.select(batches.c.id)
        .where(batches.c.created_at < sa.bindparam("than"))
        .order_by(batches.c.created_at)
        .limit(sa.bindparam("most"))
    )
    return sa.delete(batches).where(batches.c.id.in_(ids))


_WITH_REQUESTS = sa.outerjoin(
    batch_lines, invite_requests, _lines.request_id == _requests.request_id
)
_INSERT_LINES = sa.insert(batch_lines)
_OPEN_KEYS = sa.select(_requests.identity_key).where(
    OPEN_ROWS, _requests.identity_key.in_(sa.bindparam("keys", expanding=True))
)
_ONE = sa.select(batches).where(batches.c.batch_id == _BATCH)
_LINES = (
    sa.select(invite_requests, *(column.label(_PREFIX + column.name) for column in _lines))
    .select_from(_WITH_REQUESTS)
    .where(_lines.batch_id == _BATCH)
    .order_by(_lines.id)
)
_COUNT = sa.select(sa.func.count()).select_from(batches)
_COUNTS = _counts()
_PAGE = _page()
_DELETE_OLDER = _delete_older()
_CANCEL = Change(
    CANCELLED,
    _requests.request_id.in_(sa.select(_lines.request_id).where(_lines.batch_id == _BATCH)),
    *BATCH_WAITS,
    error_code=CANCELLED_CODE,
    **error_words.columns_of(Message("batch.cancelled")),
    next_attempt_at=None,
    updated_at=NOW,
)


class SqlBatches:
    """See the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self,
        batch_id: UUID,
        lines: Sequence[tuple[Line, NewRequest | None]],
        at: datetime,
        by: Actor,
    ) -> bool:
        """One transaction, and a handful of statements however many lines there are."""
        with self._database.begin() as connection:
            insert = _insert(self._database.dialect)
            found = connection.execute(insert, {"batch_id": batch_id, "created_at": at})
            if found.first() is None:
                return False
            opened = open_rows(connection, [new for _, new in lines if new is not None], by)
            values = [_values(batch_id, line, new, opened) for line, new in lines]
            connection.execute(_INSERT_LINES, values)
        return True

    def open_keys(self, keys: Collection[str]) -> Collection[str]:
        with self._database.single() as connection:
            return frozenset(connection.execute(_OPEN_KEYS, {"keys": list(keys)}).scalars())

    def get(self, batch_id: UUID) -> Batch | None:
        """The batch with that id."""
        with self._database.single() as connection:
            row = connection.execute(_ONE, {"batch": batch_id}).one_or_none()
            return _counted(connection, [row])[0] if row else None

    def lines(self, batch_id: UUID) -> Sequence[BatchLine]:
        with self._database.single() as connection:
            return [_to_line(row) for row in connection.execute(_LINES, {"batch": batch_id})]

    def page(self, limit: int, cursor: str = "") -> Page[Batch]:
        after = to_position(cursor, Listing.BATCHES)
        values = {"created_at": after.timestamp, "id": after.id, "most": limit + 1}
        with self._database.single() as connection:
            rows = connection.execute(_PAGE, values).all()
            shown = rows[:limit]
            found = _counted(connection, shown)
        more = len(rows) > limit
        end = Position(shown[-1].created_at, shown[-1].id) if more else None
        return Page(found, to_cursor(end, Listing.BATCHES) if end else "")

    def count(self) -> int:
        """One SELECT."""
        with self._database.single() as connection:
            return connection.execute(_COUNT).scalar_one()

    def cancel(self, batch_id: UUID, now: datetime, by: Actor) -> int:
        """One statement: a line that is being sent at this moment is sent."""
        return len(_CANCEL(self._database, by, {"batch": batch_id, "now": now}, CANCELLED_CODE))

    def delete_older(self, than: datetime, limit: int) -> int:
        """Delete them with their lines; requests are deleted separately."""
        with self._database.single() as connection:
            return connection.execute(_DELETE_OLDER, {"than": than, "most": limit}).rowcount


def _values(
    batch_id: UUID, line: Line, new: NewRequest | None, opened: Collection[UUID]
) -> dict[str, Any]:
    """A line's row. People who got an open request after the list was judged are marked as having
    one."""
    is_opened = new is not None and new.request_id in opened
    verdict = Verdict.OPEN if new is not None and not is_opened else line.verdict
    message = line.message
    return {
        "batch_id": batch_id,
        "number": line.number,
        "who": line.who[:_LONGEST_WHO],
        "verdict": verdict,
        "message": shapes.write(message),
        "libraries": shapes.write(line.libraries),
        "days": line.days,
        "note": line.note,
        "request_id": new.request_id if new is not None and is_opened else None,
    }


def _counted(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Batch]:
    counts: dict[UUID, dict[str, int]] = {row.batch_id: {} for row in rows}
    if counts:
        for found in connection.execute(_COUNTS, {"batches": list(counts)}):
            counts[found.batch_id][found.outcome] = found.lines
    return [
        Batch(
            row.batch_id, row.created_at, sum(counts[row.batch_id].values()), counts[row.batch_id]
        )
        for row in rows
    ]


def _to_line(row: sa.Row[Any]) -> BatchLine:
    mapping = row._mapping
    given = {column.name: mapping[_PREFIX + column.name] for column in _lines}
    line = Line(
        number=given["number"],
        who=given["who"],
        verdict=Verdict.read(given["verdict"]),
        libraries=read_libraries(given["libraries"]),
        days=given["days"],
        note=given["note"],
        message=_message(given["message"]),
    )
    request = to_request(row) if mapping["id"] is not None else None
    return BatchLine(line, given["request_id"], request)


def _message(stored: object) -> Message | None:
    """A stored message; an unreadable one from another version is empty."""
    try:
        return Message.from_json(stored)
    except (TypeError, ValueError):
        return None
