"""The record of requests, in the table `invite_requests`."""

from __future__ import annotations

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

_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_SETTLED = (Status.SUCCESS, Status.FAILED)
_TRIES = 5


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
                row = self._insert(connection, new)
                if row is not None:
                    repeat = self._recent_outcome(connection, new)
                    if repeat is None:
                        return Opened(row, created=True)
                    connection.rollback()
                    return Opened(repeat, created=False)
                row = self._open_row(connection, new.identity_key)
            if row is not None:
                return Opened(row, created=False)
            # It was open when we tried to insert and settled before we looked: again.
        raise LogUnavailable("a row kept appearing and vanishing")

    def get(self, request_id: UUID) -> InviteRequest | None:
        """The row of that request."""
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(invite_requests).where(invite_requests.c.request_id == request_id)
            ).one_or_none()
        return _request(found) if found else None

    def record(self, request_id: UUID, outcome: Outcome) -> InviteRequest | None:
        """Write an attempt's outcome to a row that is still `pending`."""
        columns = invite_requests.c
        sent = outcome.status is Status.SUCCESS
        statement = (
            sa.update(invite_requests)
            .where(columns.request_id == request_id, columns.status == Status.PENDING)
            .values(
                status=outcome.status,
                error_code=outcome.error_code,
                error_message=outcome.error_message,
                attempts=columns.attempts + 1,
                next_attempt_at=outcome.next_attempt_at,
                sent_at=outcome.at if sent else None,
                accepted_at=outcome.at if outcome.accepted else None,
                updated_at=outcome.at,
                duration_ms=outcome.duration_ms,
                **_offered(outcome),
            )
            .returning(invite_requests)
        )
        with self._database.begin() as connection:
            found = connection.execute(statement).one_or_none()
        return _request(found) if found else None

    def ping(self) -> None:
        """Ask the database for a sign of life."""
        with self._database.read() as connection:
            connection.execute(sa.select(1))

    def _insert(self, connection: sa.Connection, new: NewRequest) -> InviteRequest | None:
        statement = (
            _INSERT[self._database.dialect](invite_requests)
            .values(_columns(new))
            .on_conflict_do_nothing(index_elements=["identity_key"], index_where=OPEN_ROWS)
            .returning(invite_requests)
        )
        found = connection.execute(statement).one_or_none()
        return _request(found) if found else None

    def _open_row(self, connection: sa.Connection, key: str) -> InviteRequest | None:
        found = connection.execute(
            sa.select(invite_requests).where(invite_requests.c.identity_key == key, OPEN_ROWS)
        ).one_or_none()
        return _request(found) if found else None

    def _recent_outcome(self, connection: sa.Connection, new: NewRequest) -> InviteRequest | None:
        columns = invite_requests.c
        found = connection.execute(
            sa.select(invite_requests)
            .where(columns.identity_key == new.identity_key, columns.status.in_(_SETTLED))
            .order_by(columns.updated_at.desc())
            .limit(1)
        ).one_or_none()
        if found is None or not answers_a_repeat(
            Status(found.status), found.updated_at, new.timestamp
        ):
            return None
        return _request(found)


def _columns(new: NewRequest) -> dict[str, Any]:
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


def _offered(outcome: Outcome) -> dict[str, Any]:
    """What was offered in the end, where the row was opened before it was known."""
    if outcome.libraries is None:
        return {}
    return {
        "server_name": outcome.server_name,
        "libraries": [asdict(library) for library in outcome.libraries],
    }


def _request(row: sa.Row[Any]) -> InviteRequest:
    found = row._asdict()
    found.pop("id")
    found["status"] = Status(found["status"])
    found["source"] = Source(found["source"])
    found["libraries"] = tuple(Library(**library) for library in found["libraries"])
    return InviteRequest(**found)
