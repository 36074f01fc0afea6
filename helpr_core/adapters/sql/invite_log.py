"""The record of requests, in the table `invite_requests`."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import OPEN_ROWS, invite_requests
from helpr_core.adapters.sql.rows import fetch_one, new_values, outcome_values
from helpr_core.clock import utc_now
from helpr_core.domain.invite import (
    InviteRequest,
    NewRequest,
    Outcome,
    Source,
    Status,
    answers_a_repeat,
)
from helpr_core.domain.plex import Library
from helpr_core.errors import LogUnavailable
from helpr_core.services.ports import Opened

_TRIES = 5

_columns = invite_requests.c


def _insert(insert: Any) -> Any:
    return (
        insert(invite_requests)
        .on_conflict_do_nothing(index_elements=["identity_key"], index_where=OPEN_ROWS)
        .returning(invite_requests)
    )


def _update(*conditions: sa.ColumnElement[bool]) -> Any:
    wanted = _columns.request_id == sa.bindparam("wanted_id")
    return sa.update(invite_requests).where(wanted, *conditions).returning(invite_requests)


def _record(queued_since: Any) -> Any:
    begun = (
        _columns.status == Status.PENDING,
        _columns.attempts == sa.bindparam("attempts_before"),
    )
    return _update(*begun).values(attempts=_columns.attempts + 1, queued_since=queued_since)


# Built once: putting a statement together takes longer than SQLite takes to run it.
_INSERT = {"postgresql": _insert(postgresql.insert), "sqlite": _insert(sqlite.insert)}
_BY_REQUEST_ID = sa.select(invite_requests).where(_columns.request_id == sa.bindparam("wanted_id"))
_OPEN_ROW = sa.select(invite_requests).where(
    _columns.identity_key == sa.bindparam("wanted_key"), OPEN_ROWS
)
_NEWEST_OUTCOME = (
    sa.select(invite_requests)
    .where(
        _columns.identity_key == sa.bindparam("wanted_key"),
        _columns.status.in_((Status.SUCCESS, Status.FAILED, Status.DENIED)),
    )
    .order_by(_columns.updated_at.desc())
    .limit(1)
)
_RECORD_SETTLED = _record(None)
_RECORD_QUEUED = _record(
    sa.func.coalesce(
        _columns.queued_since, sa.bindparam("queued_at", type_=_columns.queued_since.type)
    )
)
_CLAIM = _update(_columns.status.in_(sa.bindparam("allowed", expanding=True))).values(
    status=Status.PENDING, next_attempt_at=None, updated_at=sa.bindparam("now")
)
_TAKE_OVER = _CLAIM.values(
    source=Source.OWNER, libraries=sa.bindparam("wanted_libraries", type_=_columns.libraries.type)
)
_DENY = _update(_columns.status == Status.AWAITING_APPROVAL).values(
    status=Status.DENIED, updated_at=sa.bindparam("now")
)

# Not an open one, so that nobody's request is in its way.
_PING: dict[str, Any] = {
    **dict.fromkeys(("email_or_username", "identity_key", "server_name", "client_key"), ""),
    **{"status": Status.DENIED, "source": Source.OWNER, "libraries": [], "attempts": 0},
}
_INSERT_PING = sa.insert(invite_requests).returning(invite_requests)
_DELETE_PING = sa.delete(invite_requests).where(_columns.id == sa.bindparam("row_id"))


class SqlInviteLog:
    """InviteLog over SQLAlchemy; see the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, new: NewRequest, *, afresh: bool = False) -> Opened:
        """Record with the given status, or return the row that answers a repeat.

        The partial unique index decides between simultaneous submissions. It is asked
        first and a recent outcome is looked for after it, in one transaction: the other
        order would let a request through that settles in between.
        """
        for _ in range(_TRIES):
            with self._database.begin() as connection:
                row = fetch_one(connection, _INSERT[self._database.dialect], new_values(new))
                if row is not None:
                    repeat = None
                    if not afresh:
                        repeat = _recent_outcome(connection, new.identity_key, new.timestamp)
                    if repeat is None:
                        return Opened(row, created=True)
                    connection.rollback()
                    return Opened(repeat, created=False)
                row = fetch_one(connection, _OPEN_ROW, {"wanted_key": new.identity_key})
            if row is not None:
                return Opened(row, created=False)
            # It was open when we tried to insert and settled before we looked: again.
        raise LogUnavailable("a row kept appearing and vanishing")

    def find_answer(self, identity_key: str, now: datetime) -> InviteRequest | None:
        """The open row, or the recent outcome."""
        with self._database.single() as connection:
            row = fetch_one(connection, _OPEN_ROW, {"wanted_key": identity_key})
            return row or _recent_outcome(connection, identity_key, now)

    def get(self, request_id: UUID) -> InviteRequest | None:
        """The row of that request."""
        with self._database.single() as connection:
            return fetch_one(connection, _BY_REQUEST_ID, {"wanted_id": request_id})

    def record(self, row: InviteRequest, outcome: Outcome) -> InviteRequest | None:
        """Write the outcome of the attempt that began with `row`, unless another came first."""
        values = {
            "wanted_id": row.request_id,
            "attempts_before": row.attempts,
            **outcome_values(outcome),
        }
        statement = _RECORD_SETTLED
        if outcome.status is Status.QUEUED:
            statement, values["queued_at"] = _RECORD_QUEUED, outcome.at
        with self._database.single() as connection:
            return fetch_one(connection, statement, values)

    def claim(
        self,
        request_id: UUID,
        allowed: Collection[Status],
        now: datetime,
        libraries: Sequence[Library] = (),
    ) -> InviteRequest | None:
        """Make the row `pending`; what the last attempt came to stays readable in it."""
        values = {"wanted_id": request_id, "allowed": list(allowed), "now": now}
        statement = _CLAIM
        if libraries:
            statement = _TAKE_OVER
            values["wanted_libraries"] = [asdict(library) for library in libraries]
        with self._database.single() as connection:
            try:
                return fetch_one(connection, statement, values)
            except IntegrityError:  # the person has another open row
                return None

    def deny(self, request_id: UUID, now: datetime) -> InviteRequest | None:
        """From `awaiting_approval` to `denied`."""
        with self._database.single() as connection:
            return fetch_one(connection, _DENY, {"wanted_id": request_id, "now": now})

    def ping(self) -> None:
        """Write a row and take it away again, in one transaction that nobody sees."""
        row_id = -secrets.randbits(60) - 1  # no number of the column's own is used up for it
        at = utc_now()
        values = _PING | {"id": row_id, "request_id": uuid4(), "timestamp": at, "updated_at": at}
        with self._database.begin() as connection:
            connection.execute(_INSERT_PING, values)
            connection.execute(_DELETE_PING, {"row_id": row_id})


def _recent_outcome(
    connection: sa.Connection, identity_key: str, now: datetime
) -> InviteRequest | None:
    """The settled row that answers for this person at this moment, if there is one."""
    found = fetch_one(connection, _NEWEST_OUTCOME, {"wanted_key": identity_key})
    if found and answers_a_repeat(found.status, found.updated_at, now):
        return found
    return None
