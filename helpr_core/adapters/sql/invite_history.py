"""Looking back at `invite_requests`: pages, everything in small batches, and counts."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.sql.paging import Position, to_cursor, to_position
from helpr_core.adapters.sql.rows import to_request
from helpr_core.domain.history import DayCount, InviteFilter, Page
from helpr_core.domain.identity import UNPRINTABLE, identity_key
from helpr_core.domain.invite import InviteRequest, Status
from helpr_core.errors import FieldError, InvalidInput

_BATCH = 500
_EVERY_STATE = frozenset(Status)
_EARLIEST = datetime.min.replace(tzinfo=UTC)

_columns = invite_requests.c

_COUNTS = sa.select(_columns.status, sa.func.count()).group_by(_columns.status)


def _per_day(day: Any) -> Any:
    # All states are named, so that an index on (status, timestamp) alone has the answer.
    return (
        sa.select(day.label("day"), _columns.status, sa.func.count().label("requests"))
        .where(
            _columns.status.in_(tuple(Status)),
            _columns.timestamp >= sa.bindparam("since"),
            _columns.timestamp < sa.bindparam("until"),
        )
        .group_by(day, _columns.status)
        .order_by(day, _columns.status)
    )


_PER_DAY = {
    "postgresql": _per_day(sa.cast(sa.func.timezone("UTC", _columns.timestamp), sa.Date)),
    "sqlite": _per_day(sa.func.date(_columns.timestamp, type_=sa.Date)),
}
_CONTAINS: dict[str, Any] = {"postgresql": sa.func.strpos, "sqlite": sa.func.instr}


@cache  # a handful of shapes: putting a statement together takes longer than running it
def _newest(dialect: str, statuses: int, search: bool) -> Any:
    """The newest rows between `since` and a position, in so many states (0: in any).

    For each state a query of its own, since an index can give the rows of one state in
    order, and not those of several.
    """
    if statuses == 0:
        return _in_order(dialect, search, sa.true())
    each = [
        _in_order(dialect, search, _columns.status == sa.bindparam(f"status_{number}"))
        for number in range(statuses)
    ]
    if statuses == 1:
        return each[0]
    found = sa.union_all(*(sa.select(one.subquery()) for one in each)).subquery()
    return (
        sa.select(found)
        .order_by(found.c.timestamp.desc(), found.c.id.desc())
        .limit(sa.bindparam("most"))
    )


def _in_order(dialect: str, search: bool, condition: sa.ColumnElement[bool]) -> Any:
    place = sa.tuple_(_columns.timestamp, _columns.id)
    end = sa.tuple_(sa.bindparam("timestamp", type_=_columns.timestamp.type), sa.bindparam("id"))
    query = sa.select(invite_requests).where(
        condition, _columns.timestamp >= sa.bindparam("since"), place < end
    )
    if search:
        needle = sa.bindparam("needle", type_=sa.String)
        query = query.where(_CONTAINS[dialect](_columns.identity_key, needle) > 0)
    return query.order_by(_columns.timestamp.desc(), _columns.id.desc()).limit(sa.bindparam("most"))


class SqlInviteHistory:
    """InviteHistory over SQLAlchemy; see the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: InviteFilter, limit: int, cursor: str = "") -> Page[InviteRequest]:
        """Newest first, `limit` rows."""
        # One more than wanted tells whether there is a page after this one.
        rows = self._rows(wanted, to_position(cursor), limit + 1)
        shown = rows[:limit]
        more = len(rows) > limit
        return Page(
            [to_request(row) for row in shown], to_cursor(_place(shown[-1])) if more else ""
        )

    def stream(self, wanted: InviteFilter) -> Generator[InviteRequest]:
        """All rows of the filter, newest first.

        Page after page, so that whoever reads slowly holds no connection and no
        transaction meanwhile. A row that changes its state meanwhile may be missed.
        """
        position = to_position("")
        while rows := self._rows(wanted, position, _BATCH):
            yield from map(to_request, rows)
            position = _place(rows[-1])

    def counts(self) -> Mapping[Status, int]:
        """How many rows there are in each state."""
        with self._database.single() as connection:
            rows = connection.execute(_COUNTS).all()
        return {**dict.fromkeys(Status, 0), **{Status(status): count for status, count in rows}}

    def per_day(self, since: datetime, until: datetime) -> Sequence[DayCount]:
        """Rows by UTC day and status, oldest day first."""
        values = {"since": since, "until": until}
        with self._database.single() as connection:
            rows = connection.execute(_PER_DAY[self._database.dialect], values).all()
        return [DayCount(row.day, Status(row.status), row.requests) for row in rows]

    def _rows(self, wanted: InviteFilter, after: Position, most: int) -> Sequence[sa.Row[Any]]:
        needle = _needle(wanted.search)
        values = {"most": most, "needle": needle, **_bounds(wanted, after)}
        states = sorted(wanted.statuses) if wanted.statuses < _EVERY_STATE else []
        values |= {f"status_{number}": state for number, state in enumerate(states)}
        statement = _newest(self._database.dialect, len(states), bool(needle))
        with self._database.single() as connection:
            return connection.execute(statement, values).all()


def _bounds(wanted: InviteFilter, after: Position) -> dict[str, Any]:
    """`since`, and the position before which all rows of the page lie."""
    if wanted.until is not None:
        after = min(after, Position(wanted.until, -1))
    return {"since": wanted.since or _EARLIEST, **after._asdict()}


def _needle(search: str) -> str:
    """What is looked for in `identity_key`: the search, folded as names are."""
    needle = identity_key(search)
    if not needle.isprintable():
        raise InvalidInput(FieldError("search", UNPRINTABLE))
    return needle


def _place(row: sa.Row[Any]) -> Position:
    return Position(row.timestamp, row.id)
