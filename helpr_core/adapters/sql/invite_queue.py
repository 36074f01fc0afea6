"""Waiting rows in `invite_requests`, claimed one by one, and rows old enough to delete."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql import link_uses
from helpr_core.adapters.sql.changes import NOW, Change
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import UNACCEPTED, invite_requests
from helpr_core.adapters.sql.rows import to_request
from helpr_core.clock import CLOCKS_DIFFER, Clock, utc_now
from helpr_core.domain.audit import HOUSEKEEPING, Actor
from helpr_core.domain.history import QueueState
from helpr_core.domain.policies import LET_OTHERS_PASS
from helpr_core.domain.requests import SETTLED, STALE_AFTER, InviteRequest, Status
from helpr_core.domain.transitions import ACCEPTED, INTERRUPTED, TRIED

_columns = invite_requests.c


def _older() -> Any:
    return (
        sa.select(_columns.request_id)
        .where(_columns.updated_at < sa.bindparam("than"), _columns.status.in_(SETTLED))
        .order_by(_columns.updated_at)
        .limit(sa.bindparam("most"))
        .with_for_update(skip_locked=True)  # none is claimed between being found and deleted
    )


def _state() -> Any:
    # An invite whose access begins later only waits for that day.
    planned = sa.and_(_columns.error_code.is_(None), _columns.next_attempt_at > sa.bindparam("now"))
    queued = sa.and_(_columns.status == Status.QUEUED, sa.not_(sa.func.coalesce(planned, False)))
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


_OF_A_BATCH = sa.case((_columns.source.in_(LET_OTHERS_PASS), 1), else_=0)

_CLAIM_DUE = Change(
    TRIED,
    _columns.next_attempt_at <= NOW,
    first=(_OF_A_BATCH, _columns.next_attempt_at),
    next_attempt_at=None,
    updated_at=NOW,
)
_CLAIM_STALE = Change(
    INTERRUPTED,
    _columns.updated_at < sa.bindparam("before"),
    first=(_columns.updated_at,),
    updated_at=NOW,
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
    .returning(_columns.request_id)
)
_HURRY = (
    sa.update(invite_requests)
    .where(
        _columns.status == Status.QUEUED,
        _columns.error_code == sa.bindparam("because_of"),
        _columns.next_attempt_at > sa.bindparam("now"),
    )
    .values(next_attempt_at=sa.bindparam("now"))
)
_UNACCEPTED = (
    sa.select(invite_requests)
    .where(UNACCEPTED, _columns.sent_at >= sa.bindparam("since"))
    .order_by(_columns.sent_at.desc())
    .limit(sa.bindparam("most"))
)
_MARK_ACCEPTED = Change(
    ACCEPTED,
    _columns.request_id.in_(sa.bindparam("request_ids", expanding=True)),
    _columns.accepted_at.is_(None),
    accepted_at=NOW,
)
_OLDER = _older()
_DELETE = sa.delete(invite_requests).where(
    _columns.request_id.in_(sa.bindparam("deleted", expanding=True))
)
_NEXT_DUE = _next_due()
_STATE = _state()


class SqlInviteQueue:
    """InviteQueue over SQLAlchemy; see the port for what each method promises."""

    def __init__(
        self, database: Database, clock: Clock = utc_now, by: Actor = HOUSEKEEPING
    ) -> None:
        self._database = database
        self._clock = clock
        self._by = by

    def claim_due(self, now: datetime) -> InviteRequest | None:
        return _first(_CLAIM_DUE(self._database, self._by, {"now": now}))

    def claim_stale(self, before: datetime, now: datetime) -> InviteRequest | None:
        """The oldest `pending` row untouched since `before`; `now` keeps others from it."""
        values = {"before": before, "now": now}
        return _first(_CLAIM_STALE(self._database, self._by, values))

    def mend_times(self, now: datetime) -> Sequence[UUID]:
        """Move times in the future to now."""
        with self._database.single() as connection:
            values = {"now": now, "ahead": now + CLOCKS_DIFFER}
            return connection.execute(_MEND_TIMES, values).scalars().all()

    def hurry(self, error_code: str, now: datetime) -> int:
        """What hindered them is mended."""
        with self._database.single() as connection:
            values = {"because_of": error_code, "now": now}
            return connection.execute(_HURRY, values).rowcount

    def unaccepted(self, since: datetime, limit: int) -> Sequence[InviteRequest]:
        with self._database.single() as connection:
            rows = connection.execute(_UNACCEPTED, {"since": since, "most": limit}).all()
        return [to_request(row) for row in rows]

    def mark_accepted(
        self, request_ids: Collection[UUID], now: datetime
    ) -> Sequence[InviteRequest]:
        values = {"request_ids": list(request_ids), "now": now}
        return _MARK_ACCEPTED(self._database, self._by, values)

    def delete_older(self, than: datetime, limit: int) -> Sequence[UUID]:
        with self._database.begin() as connection:
            older = connection.execute(_OLDER, {"than": than, "most": limit}).scalars().all()
            if older:
                link_uses.remember(connection, older)
                connection.execute(_DELETE, {"deleted": older})
        return older

    def next_due(self) -> datetime | None:
        """The earliest moment at which `claim_due` or `claim_stale` finds a row."""
        with self._database.single() as connection:
            found = connection.execute(_NEXT_DUE).one()
        stale = found.untouched_since + STALE_AFTER if found.untouched_since else None
        return min((moment for moment in (found.due, stale) if moment), default=None)

    def state(self) -> QueueState:
        now = self._clock()
        moments = {"now": now, "stale_before": now - STALE_AFTER}
        with self._database.single() as connection:
            found = connection.execute(_STATE, moments).one()
        return QueueState(found.queued, found.oldest, found.stale)


def _first(rows: Sequence[InviteRequest]) -> InviteRequest | None:
    return rows[0] if rows else None
