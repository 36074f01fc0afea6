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
from helpr_core.adapters.sql.notes import insert_note
from helpr_core.adapters.sql.rows import BY_REQUEST_ID, fetch_one, new_values, outcome_values
from helpr_core.clock import utc_now
from helpr_core.domain.plex import Library
from helpr_core.domain.requests import (
    InviteRequest,
    NewRequest,
    Note,
    Outcome,
    Source,
    Status,
    answers_a_repeat,
)
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
_ONE_OF_THIS_BROWSER = (
    sa.select(_columns.id)
    .where(
        _columns.identity_key == sa.bindparam("wanted_key"),
        _columns.browser_key == sa.bindparam("wanted_browser"),
        _columns.request_id != sa.bindparam("but_for"),  # the row that has just been inserted
    )
    .limit(1)
)
# Its id is known to the browser that asked, which the row is not for.
_HIDE = _update().values(
    request_id=sa.bindparam("new_id"),
    status=sa.bindparam("new_status"),
    next_attempt_at=sa.bindparam("due_at"),
    queued_since=sa.bindparam("due_at"),
    browser_key="",
    note="",
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
                opened: Opened | None
                if row is None:
                    opened = self._answered(connection, new, _OPEN_ROW)
                elif afresh:
                    opened = Opened(row, created=True)
                else:
                    opened = self._opened(connection, new, row)
            if opened is not None:
                self._keep_note_of(new, opened)
                return opened
            # It was open when we tried to insert and settled before we looked: again.
        raise LogUnavailable("a row kept appearing and vanishing")

    def _opened(self, connection: sa.Connection, new: NewRequest, row: InviteRequest) -> Opened:
        """What becomes of the row that was just inserted."""
        before = self._answered(connection, new, _NEWEST_OUTCOME)
        if before is None:
            return Opened(row, created=True)
        if answers_a_repeat(before.row.status, before.row.updated_at, new.timestamp):
            connection.rollback()
            return before
        return Opened(row, created=True) if before.own else _hidden(connection, row)

    def _answered(
        self, connection: sa.Connection, new: NewRequest, query: sa.Select[Any]
    ) -> Opened | None:
        """The person's row of that query, and whether this browser may see it."""
        found = fetch_one(connection, query, {"wanted_key": new.identity_key})
        if found is None:
            return None
        values = {
            "wanted_key": new.identity_key,
            "wanted_browser": new.browser_key,
            "but_for": new.request_id,
        }
        own = new.source is Source.OWNER or bool(
            new.browser_key and connection.execute(_ONE_OF_THIS_BROWSER, values).first()
        )
        return Opened(found, created=False, own=own)

    def find_answer(self, new: NewRequest) -> Opened | None:
        """The open row, or the recent outcome; for another browser any outcome."""
        with self._database.single() as connection:
            found = self._answered(connection, new, _OPEN_ROW)
            if found is None:
                found = self._answered(connection, new, _NEWEST_OUTCOME)
                is_old = found is not None and not answers_a_repeat(
                    found.row.status, found.row.updated_at, new.timestamp
                )
                if found is None or (found.own and is_old):
                    return None
        self._keep_note_of(new, found)
        return found

    def keep_note(self, request_id: UUID, note: Note) -> None:
        """One statement; whatever the request has already is not kept twice."""
        with self._database.single() as connection:
            insert_note(connection, request_id, note)

    def _keep_note_of(self, new: NewRequest, opened: Opened) -> None:
        if new.note and new.note != opened.row.note:
            note = Note(new.timestamp, new.note, same_browser=opened.own)
            self.keep_note(opened.row.request_id, note)

    def get(self, request_id: UUID) -> InviteRequest | None:
        """The row of that request."""
        with self._database.single() as connection:
            return fetch_one(connection, BY_REQUEST_ID, {"wanted_id": request_id})

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


def _hidden(connection: sa.Connection, row: InviteRequest) -> Opened:
    """The row as it is kept for a browser that may not see it: queued, under an id nobody has."""
    is_pending = row.status is Status.PENDING
    values = {
        "wanted_id": row.request_id,
        "new_id": uuid4(),
        "new_status": Status.QUEUED if is_pending else row.status,
        "due_at": row.timestamp if is_pending else row.next_attempt_at,
    }
    hidden = fetch_one(connection, _HIDE, values)
    if hidden is None:  # inserted a moment ago in this very transaction
        raise LogUnavailable("a row vanished while it was being opened")
    return Opened(hidden, created=True, own=False)
