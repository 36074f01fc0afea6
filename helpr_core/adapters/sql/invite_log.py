"""The record of requests, in the table `invite_requests`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import OPEN_ROWS, invite_requests
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
        _columns.status.in_((Status.SUCCESS, Status.FAILED)),
    )
    .order_by(_columns.updated_at.desc())
    .limit(1)
)
_RECORD = (
    sa.update(invite_requests)
    .where(
        _columns.request_id == sa.bindparam("wanted_id"),
        _columns.status == Status.PENDING,
    )
    .values(attempts=_columns.attempts + 1)
    .returning(invite_requests)
)


class SqlInviteLog:
    """InviteLog over SQLAlchemy; see the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, new: NewRequest) -> Opened:
        """Record as `pending`, or return the row that answers a repeat.

        The partial unique index decides between simultaneous submissions. It is asked
        first and a recent outcome is looked for after it, in one transaction: the other
        order would let a request through that settles in between.
        """
        for _ in range(_TRIES):
            with self._database.begin() as connection:
                row = _one(connection, _INSERT[self._database.dialect], _values(new))
                if row is not None:
                    repeat = _recent_outcome(connection, new)
                    if repeat is None:
                        return Opened(row, created=True)
                    connection.rollback()
                    return Opened(repeat, created=False)
                row = _one(connection, _OPEN_ROW, {"wanted_key": new.identity_key})
            if row is not None:
                return Opened(row, created=False)
            # It was open when we tried to insert and settled before we looked: again.
        raise LogUnavailable("a row kept appearing and vanishing")

    def get(self, request_id: UUID) -> InviteRequest | None:
        """The row of that request."""
        with self._database.single() as connection:
            return _one(connection, _BY_REQUEST_ID, {"wanted_id": request_id})

    def record(self, request_id: UUID, outcome: Outcome) -> InviteRequest | None:
        """Write an attempt's outcome to a row that is still `pending`."""
        with self._database.single() as connection:
            return _one(connection, _RECORD, {"wanted_id": request_id, **_outcome(outcome)})

    def ping(self) -> None:
        """Ask the database for a sign of life."""
        with self._database.single() as connection:
            connection.execute(sa.select(1))


def _recent_outcome(connection: sa.Connection, new: NewRequest) -> InviteRequest | None:
    """The settled row that answers for this person at this moment, if there is one."""
    found = _one(connection, _NEWEST_OUTCOME, {"wanted_key": new.identity_key})
    if found and answers_a_repeat(found.status, found.updated_at, new.timestamp):
        return found
    return None


def _one(
    connection: sa.Connection, statement: Any, parameters: Mapping[str, Any]
) -> InviteRequest | None:
    found = connection.execute(statement, parameters).one_or_none()
    return _request(found) if found else None


def _values(new: NewRequest) -> dict[str, Any]:
    return {
        "request_id": new.request_id,
        "email_or_username": new.email_or_username,
        "identity_key": new.identity_key,
        "timestamp": new.timestamp,
        "status": Status.PENDING,
        "source": new.source,
        "server_name": new.server_name,
        "libraries": [asdict(library) for library in new.libraries],
        "client_key": new.client_key,
        "attempts": 0,
        "updated_at": new.timestamp,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    values: dict[str, Any] = {
        "status": outcome.status,
        "error_code": outcome.error_code,
        "error_message": outcome.error_message,
        "next_attempt_at": outcome.next_attempt_at,
        "sent_at": outcome.at if outcome.status is Status.SUCCESS else None,
        "accepted_at": outcome.at if outcome.accepted else None,
        "updated_at": outcome.at,
        "duration_ms": outcome.duration_ms,
    }
    if outcome.libraries is not None:  # known only now: the row was opened without them
        values["server_name"] = outcome.server_name
        values["libraries"] = [asdict(library) for library in outcome.libraries]
    return values


def _request(row: sa.Row[Any]) -> InviteRequest:
    found = row._asdict()
    found.pop("id")
    found["status"] = Status(found["status"])
    found["source"] = Source(found["source"])
    found["libraries"] = tuple(Library(**library) for library in found["libraries"])
    return InviteRequest(**found)
