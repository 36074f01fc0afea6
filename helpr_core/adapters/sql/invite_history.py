"""Queries of `invite_requests`: pages, everything in small batches, and counts."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql import search_index
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.sql.newest_rows import Query
from helpr_core.adapters.sql.notes import with_notes
from helpr_core.adapters.sql.paging import BEGINNING, Listing, Position, to_cursor, to_position
from helpr_core.adapters.sql.rows import BY_REQUEST_ID, fetch_one, to_request
from helpr_core.domain.history import Asked, DayCount, InviteFilter, Page, Total
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.requests import KNOWN, InviteRequest, Status
from helpr_core.errors import FieldError, InvalidInput
from helpr_core.texts import Message

_BATCH = 500
_EVERY_STATE = frozenset(KNOWN)
_EARLIEST = datetime.min.replace(tzinfo=UTC)

_columns = invite_requests.c

_numbered = (
    sa.select(
        _columns.id,
        sa.func.row_number()
        .over(
            partition_by=_columns.identity_key,
            order_by=(_columns.timestamp.desc(), _columns.id.desc()),
        )
        .label("place"),
    )
    .where(_columns.identity_key.in_(sa.bindparam("keys", expanding=True)))
    .subquery()
)
_NEWEST_OF_KEYS = sa.select(
    _columns.identity_key,
    _columns.request_id,
    _columns.timestamp,
    _columns.status,
    _columns.accepted_at,
).where(_columns.id.in_(sa.select(_numbered.c.id).where(_numbered.c.place == 1)))
_COUNTS = sa.select(_columns.status, sa.func.count()).group_by(_columns.status)


def _per_day(day: Any) -> Any:
    # All states are named, so that an index on (status, timestamp) suffices.
    return (
        sa.select(day.label("day"), _columns.status, sa.func.count().label("requests"))
        .where(
            _columns.status.in_(KNOWN),
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


class SqlInviteHistory:
    """InviteHistory over SQLAlchemy; see the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: InviteFilter, limit: int, cursor: str = "") -> Page[InviteRequest]:
        # One row more than needed shows whether there is another page.
        rows = self._rows(wanted, to_position(cursor, Listing.REQUESTS), limit + 1)
        shown = rows[:limit]
        more = len(rows) > limit
        return Page(
            self._with_notes(shown), to_cursor(_place(shown[-1]), Listing.REQUESTS) if more else ""
        )

    def count(self, wanted: InviteFilter, cursor: str = "") -> Total:
        """How many rows the filter has, and how many of them come before this page."""
        query = _query(wanted, BEGINNING)
        with self._database.single() as connection:
            total, rest = query.count(connection, to_position(cursor, Listing.REQUESTS))
        return Total(total, total - rest)

    def stream(self, wanted: InviteFilter) -> Generator[InviteRequest]:
        """All rows of the filter, newest first.

        Page by page, so that a slow reader holds no connection or transaction meanwhile. A row that
        changes its state meanwhile may be missed.
        """
        position = BEGINNING
        while rows := self._rows(wanted, position, _BATCH):
            yield from self._with_notes(rows)
            position = _place(rows[-1])

    def get(self, request_id: UUID) -> InviteRequest | None:
        """The row of that request, with its notes."""
        with self._database.single() as connection:
            row = fetch_one(connection, BY_REQUEST_ID, {"wanted_id": request_id})
            return with_notes(connection, [row])[0] if row else None

    def of_person(self, keys: Collection[str], limit: int) -> Sequence[InviteRequest]:
        """The newest requests under these keys."""
        query = (
            sa.select(invite_requests)
            .where(_columns.identity_key.in_(sorted(keys)))
            .order_by(_columns.timestamp.desc(), _columns.id.desc())
            .limit(limit)
        )
        with self._database.single() as connection:
            rows = connection.execute(query).all()
        return self._with_notes(rows)

    def newest_of(self, keys: Collection[str]) -> Mapping[str, Asked]:
        if not keys:
            return {}
        with self._database.single() as connection:
            rows = connection.execute(_NEWEST_OF_KEYS, {"keys": sorted(keys)}).all()
        return {
            row.identity_key: Asked(
                row.request_id, row.timestamp, Status.read(row.status), row.accepted_at
            )
            for row in rows
        }

    def counts(self) -> Mapping[Status, int]:
        with self._database.single() as connection:
            rows = connection.execute(_COUNTS).all()
        return _summed(rows)

    def per_day(self, since: datetime, until: datetime) -> Sequence[DayCount]:
        """Rows by UTC day and status, oldest day first."""
        values = {"since": since, "until": until}
        with self._database.single() as connection:
            rows = connection.execute(_PER_DAY[self._database.dialect], values).all()
        return [DayCount(row.day, Status.read(row.status), row.requests) for row in rows]

    def lacks_search_index(self) -> bool:
        if self._database.dialect != "postgresql":
            return False
        with self._database.single() as connection:
            return not search_index.is_there(connection)

    def _with_notes(self, rows: Sequence[sa.Row[Any]]) -> list[InviteRequest]:
        with self._database.single() as connection:
            return with_notes(connection, [to_request(row) for row in rows])

    def _rows(self, wanted: InviteFilter, after: Position, most: int) -> Sequence[sa.Row[Any]]:
        query = _query(wanted, after)
        with self._database.single() as connection:
            return query.rows(connection, most)


def _query(wanted: InviteFilter, after: Position) -> Query:
    """The filter's rows after a position; raises InvalidInput for an invalid search."""
    if wanted.until is not None:
        after = min(after, Position(wanted.until, -1))
    # A filter for every state is no filter.
    everything = not wanted.statuses or wanted.statuses >= _EVERY_STATE
    statuses = [] if everything else sorted(wanted.statuses)
    needle, since = _needle(wanted.search), wanted.since or _EARLIEST
    return Query(statuses, needle, since, after, wanted.link_id)


def _needle(search: str) -> str:
    """The text to look for in `identity_key`: the search, folded like names."""
    needle = identity_key(search)
    if not needle.isprintable():
        raise InvalidInput(FieldError("search", Message("field.search")))
    return needle


def _place(row: sa.Row[Any]) -> Position:
    return Position(row.timestamp, row.id)


def _summed(rows: Iterable[Any]) -> dict[Status, int]:
    counts: dict[Status, int] = dict.fromkeys(KNOWN, 0)
    for text, count in rows:
        status = Status.read(text)
        counts[status] = counts.get(status, 0) + count
    return counts
