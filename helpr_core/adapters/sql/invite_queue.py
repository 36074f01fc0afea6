"""What waits in `invite_requests`, claimed row by row, and what is old enough to go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import UNACCEPTED, invite_requests
from helpr_core.adapters.sql.rows import fetch_one, to_request
from helpr_core.clock import CLOCKS_DIFFER, Clock, utc_now
from helpr_core.domain.history import QueueState
from helpr_core.domain.requests import SETTLED, STALE_AFTER, InviteRequest, Status

_columns = invite_requests.c


def _claim(*conditions: sa.ColumnElement[bool], first: sa.Column[Any], **values: Any) -> Any:
    """One UPDATE that takes the first such row; PostgreSQL passes over what others hold."""
    wanted = (
        sa.select(_columns.id)
        .where(*conditions)
        .order_by(first, _columns.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite has one writer at a time and leaves it out
    )
    return (
        sa.update(invite_requests)
        .where(_columns.id == wanted.scalar_subquery())
        .values(updated_at=sa.bindparam("now"), **values)
        .returning(invite_requests)
    )


def _delete_older() -> Any:
    ids = (
        sa.select(_columns.id)
        .where(_columns.updated_at < sa.bindparam("than"), _columns.status.in_(SETTLED))
        .order_by(_columns.updated_at)
        .limit(sa.bindparam("most"))
        .with_for_update(skip_locked=True)  # none is claimed between its finding and its end
    )
    return sa.delete(invite_requests).where(_columns.id.in_(ids))


def _state() -> Any:
    queued = _columns.status == Status.QUEUED
    stale = sa.and_(
        _columns.status == Status.PENDING, _columns.updated_at < sa.bindparam("stale_before")
    )
    return sa.select(
        sa.func.count().filter(queued).label("queued"),
        sa.func.min(_columns.timestamp).filter(queued).label("oldest"),
        sa.func.count().filter(stale).label("stale"),
    ).where(_columns.status.in_((Status.QUEUED, Status.PENDING)))


def _next_due() -> Any:
    return sa.select(
        sa.func.min(_columns.next_attempt_at).filter(_columns.status == Status.QUEUED).label("due"),
        sa.func.min(_columns.updated_at)
        .filter(_columns.status == Status.PENDING)
        .label("untouched_since"),
    ).where(_columns.status.in_((Status.QUEUED, Status.PENDING)))


_CLAIM_DUE = _claim(
    _columns.status == Status.QUEUED,
    _columns.next_attempt_at <= sa.bindparam("now"),
    first=_columns.next_attempt_at,
    status=Status.PENDING,
    next_attempt_at=None,
)
_CLAIM_STALE = _claim(
    _columns.status == Status.PENDING,
    _columns.updated_at < sa.bindparam("before"),
    first=_columns.updated_at,
)
_MEND_TIMES = (
    sa.update(invite_requests)
    .where(
        _columns.status.in_((Status.QUEUED, Status.PENDING)),
        _columns.updated_at > sa.bindparam("ahead"),
    )
    .values(
        updated_at=sa.bindparam("now"),
        next_attempt_at=sa.case(
            (_columns.status == Status.QUEUED, sa.bindparam("now")), else_=None
        ),
    )
)
_UNACCEPTED = (
    sa.select(invite_requests)
    .where(UNACCEPTED, _columns.sent_at >= sa.bindparam("since"))
    .order_by(_columns.sent_at.desc())
    .limit(sa.bindparam("most"))
)
_MARK_ACCEPTED = (
    sa.update(invite_requests)
    .where(
        _columns.request_id.in_(sa.bindparam("request_ids", expanding=True)),
        _columns.accepted_at.is_(None),
    )
    .values(accepted_at=sa.bindparam("at"))
)
_DELETE_OLDER = _delete_older()
_NEXT_DUE = _next_due()
_STATE = _state()


class SqlInviteQueue:
    """InviteQueue over SQLAlchemy; see the port for what each method promises."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def claim_due(self, now: datetime) -> InviteRequest | None:
        """The `queued` row that waits the longest, made `pending`."""
        with self._database.single() as connection:
            return fetch_one(connection, _CLAIM_DUE, {"now": now})

    def claim_stale(self, before: datetime, now: datetime) -> InviteRequest | None:
        """The oldest `pending` row untouched since `before`; `now` keeps others from it."""
        with self._database.single() as connection:
            return fetch_one(connection, _CLAIM_STALE, {"before": before, "now": now})

    def mend_times(self, now: datetime) -> int:
        """Rows of the future belong to the present."""
        with self._database.single() as connection:
            values = {"now": now, "ahead": now + CLOCKS_DIFFER}
            return connection.execute(_MEND_TIMES, values).rowcount

    def unaccepted(self, since: datetime, limit: int) -> Sequence[InviteRequest]:
        """`success` rows sent since then and not accepted yet, newest first."""
        with self._database.single() as connection:
            rows = connection.execute(_UNACCEPTED, {"since": since, "most": limit}).all()
        return [to_request(row) for row in rows]

    def mark_accepted(self, request_ids: Collection[UUID], at: datetime) -> int:
        """Set `accepted_at` where it is empty; how many rows."""
        values = {"request_ids": list(request_ids), "at": at}
        with self._database.single() as connection:
            return connection.execute(_MARK_ACCEPTED, values).rowcount

    def delete_older(self, than: datetime, limit: int) -> int:
        """Delete settled rows whose `updated_at` is older; how many."""
        with self._database.single() as connection:
            return connection.execute(_DELETE_OLDER, {"than": than, "most": limit}).rowcount

    def next_due(self) -> datetime | None:
        """The earliest moment at which `claim_due` or `claim_stale` finds a row."""
        with self._database.single() as connection:
            found = connection.execute(_NEXT_DUE).one()
        stale = found.untouched_since + STALE_AFTER if found.untouched_since else None
        return min((moment for moment in (found.due, stale) if moment), default=None)

    def state(self) -> QueueState:
        """How many rows wait, and since when."""
        stale_before = self._clock() - STALE_AFTER
        with self._database.single() as connection:
            found = connection.execute(_STATE, {"stale_before": stale_before}).one()
        return QueueState(found.queued, found.oldest, found.stale)
