"""OperationLog over SQLAlchemy: promised operations at plex.tv, claimed one by one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from helpr_core.adapters.sql import error_words
from helpr_core.adapters.sql import people_outbox as outbox
from helpr_core.adapters.sql import people_rows as rows
from helpr_core.adapters.sql.by_name import from_row, values_of
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.database_clock import DatabaseClock, database_now
from helpr_core.adapters.sql.paging import Listing, Position, to_cursor, to_position
from helpr_core.adapters.sql.people_models import OPEN_OPERATIONS, operations, people
from helpr_core.adapters.sql.people_search import is_called
from helpr_core.domain.history import Page
from helpr_core.domain.people_events import of_failure
from helpr_core.domain.people_operations import (
    STALE_AFTER,
    UNFINISHED,
    Kind,
    Operation,
    State,
    is_replaced_by,
)

_columns = operations.c
_WRITTEN = (
    *("operation_id", "kind", "person_id", "server_id", "state", "attempts", "next_attempt_at"),
    *("acted_at", "old_share", "invited_at", "error_code"),
)
_TRIES = 3


class SqlOperations:
    """See the port for what each method promises. `clock` is the database's, except in tests."""

    def __init__(self, database: Database, clock: DatabaseClock = database_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, operation: Operation) -> Operation:
        """Store it, replacing an older one that gives way."""
        with self._database.begin() as connection:
            _hold(connection, operation.person_id)
            now = self._clock(connection)
            waiting = connection.execute(
                sa.select(operations)
                .where(OPEN_OPERATIONS, _columns.person_id == operation.person_id)
                .order_by(_columns.id)
            ).all()
            for row in waiting:
                older = to_operation(row)
                if _is_the_same(older, operation):
                    return older
                if is_replaced_by(older, operation):
                    values = {"state": State.CANCELLED, "updated_at": now}
                    connection.execute(
                        sa.update(operations)
                        .where(_columns.id == row.id, _columns.state == State.QUEUED)
                        .values(**values)
                    )
            values = _values(operation) | {"created_at": now, "updated_at": now}
            values["next_attempt_at"] = operation.next_attempt_at or now
            inserted = sa.insert(operations).values(**values).returning(operations)
            return to_operation(connection.execute(inserted).one())

    def claim(self, skip: Collection[UUID] = (), only: UUID | None = None) -> Operation | None:
        """The operation that has been due longest."""
        for _ in range(_TRIES):
            try:
                with self._database.begin() as connection:
                    return self._claim(connection, skip, only)
            except IntegrityError:  # another worker has claimed one of that person's since
                continue
        return None

    def _claim(
        self, connection: sa.Connection, skip: Collection[UUID], only: UUID | None
    ) -> Operation | None:
        now = self._clock(connection)
        older = operations.alias("older")
        has_older = sa.exists().where(
            older.c.person_id == _columns.person_id,
            older.c.state.in_(UNFINISHED),
            older.c.id < _columns.id,
        )
        is_due = sa.and_(_columns.state == State.QUEUED, _columns.next_attempt_at <= now)
        is_dead = sa.and_(_columns.state == State.WORKING, _columns.updated_at <= now - STALE_AFTER)
        wanted = (
            sa.select(_columns.id)
            .where(
                sa.or_(is_due, is_dead),
                ~has_older,
                _columns.kind.in_(list(Kind)),  # those of a newer version are left to its workers
                _columns.operation_id.not_in(list(skip)),
                sa.true() if only is None else _columns.operation_id == only,
            )
            .order_by(_columns.next_attempt_at, _columns.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        found = connection.execute(
            sa.update(operations)
            .where(_columns.id == wanted.scalar_subquery())
            .values(state=State.WORKING, updated_at=now, attempts=_columns.attempts + 1)
            .returning(operations)
        ).one_or_none()
        return to_operation(found) if found else None

    def counts(self, search: str = "") -> dict[str, int]:
        """How many there are in each state; of people called so, if given."""
        number = sa.func.count().label("number")
        query = sa.select(_columns.state, number).group_by(_columns.state)
        with self._database.single() as connection:
            query = query.where(*_of_people(search, connection))
            return {row.state: row.number for row in connection.execute(query)}

    def record(self, operation: Operation) -> bool:
        values = _values(operation)
        for name in ("operation_id", "kind", "server_id", "target", "attempts"):
            del values[name]
        del values["person_id"]  # which may have been merged into another meanwhile
        with self._database.begin() as connection:
            now = self._clock(connection)
            recorded = connection.execute(
                sa.update(operations)
                .where(
                    _columns.operation_id == operation.operation_id,
                    _columns.state == State.WORKING,
                    _columns.attempts == operation.attempts,
                )
                .values(**values, updated_at=now)
                .returning(_columns.person_id)
            ).one_or_none()
            if recorded is not None and operation.state is State.FAILED:
                whose = rows.load(connection, people.c.person_id == recorded.person_id)
                failure = of_failure(operation, next(iter(whose), None))
                outbox.note(connection, [replace(failure, person_id=recorded.person_id)], now)
            return recorded is not None

    def get(self, operation_id: UUID) -> Operation | None:
        with self._database.single() as connection:
            query = sa.select(operations).where(_columns.operation_id == operation_id)
            row = connection.execute(query).one_or_none()
        return to_operation(row) if row else None

    def page(
        self,
        limit: int,
        cursor: str = "",
        person_id: UUID | None = None,
        states: Collection[State] = (),
        search: str = "",
    ) -> Page[Operation]:
        position = to_position(cursor, Listing.OPERATIONS)
        query = sa.select(operations).where(_columns.id < position.id)
        if person_id is not None:
            query = query.where(_columns.person_id == person_id)
        if states:
            query = query.where(_columns.state.in_(sorted(states)))
        with self._database.single() as connection:
            query = query.where(*_of_people(search, connection))
            rows = connection.execute(query.order_by(_columns.id.desc()).limit(limit + 1)).all()
        shown = rows[:limit]
        last = Position(shown[-1].created_at, shown[-1].id) if len(rows) > limit else None
        return Page(
            [to_operation(row) for row in shown],
            to_cursor(last, Listing.OPERATIONS) if last else "",
        )

    def retry(self, operation_id: UUID) -> Operation | None:
        """Make it due now; a failed one gets two more days."""
        with self._database.begin() as connection:
            now = self._clock(connection)
            values = {"state": State.QUEUED, "next_attempt_at": now, "updated_at": now}
            allowed = _columns.state.in_((State.QUEUED, State.FAILED))
            begun_anew = sa.case((_columns.state == State.FAILED, now), else_=_columns.created_at)
            return _changed(connection, operation_id, allowed, values | {"created_at": begun_anew})

    def cancel(self, operation_id: UUID) -> Operation | None:
        with self._database.begin() as connection:
            values = {"state": State.CANCELLED, "updated_at": self._clock(connection)}
            return _changed(connection, operation_id, _columns.state == State.QUEUED, values)

    def hurry(self, error_code: str) -> None:
        """What hindered them is mended."""
        with self._database.begin() as connection:
            connection.execute(
                sa.update(operations)
                .where(_columns.state == State.QUEUED, _columns.error_code == error_code)
                .values(next_attempt_at=self._clock(connection))
            )

    def next_due(self) -> datetime | None:
        with self._database.single() as connection:
            query = sa.select(sa.func.min(_columns.next_attempt_at)).where(OPEN_OPERATIONS)
            due: datetime | None = connection.execute(query).scalar()
        return due

    def delete_older(self, days: int, limit: int) -> int:
        """Delete old finished ones."""
        with self._database.begin() as connection:
            before = self._clock(connection) - timedelta(days=days)
            ids = (
                sa.select(_columns.id)
                .where(_columns.updated_at < before, _columns.state.not_in(UNFINISHED))
                .order_by(_columns.updated_at)
                .limit(limit)
            )
            return connection.execute(sa.delete(operations).where(_columns.id.in_(ids))).rowcount


def _of_people(search: str, connection: sa.Connection) -> list[sa.ColumnElement[bool]]:
    """The condition on an operation for its person to be called so; none for an empty search."""
    called = is_called(search, connection.dialect.name)
    return [_columns.person_id.in_(sa.select(people.c.person_id).where(one)) for one in called]


def _hold(connection: sa.Connection, person_id: UUID) -> None:
    """Let orders about a person be stored one after the other; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        key = person_id.int & (2**63 - 1)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _changed(
    connection: sa.Connection,
    operation_id: UUID,
    allowed: sa.ColumnElement[bool],
    values: dict[str, Any],
) -> Operation | None:
    row = connection.execute(
        sa.update(operations)
        .where(_columns.operation_id == operation_id, allowed)
        .values(**values)
        .returning(operations)
    ).one_or_none()
    return to_operation(row) if row else None


def _is_the_same(older: Operation, newer: Operation) -> bool:
    """Whether two clicks ordered the same thing."""
    same_share = (older.person_id, older.server_id) == (newer.person_id, newer.server_id)
    return same_share and older.kind is newer.kind and dict(older.target) == dict(newer.target)


def to_operation(row: sa.Row[Any]) -> Operation:
    """The row as an operation; an unknown kind or state from a newer version reads as finished."""
    is_known = row.kind in Kind._value2member_map_ and row.state in State._value2member_map_
    return from_row(
        Operation,
        row,
        kind=Kind(row.kind) if is_known else Kind.REMOVE,
        target=row.target if isinstance(row.target, dict) else {},
        state=State(row.state) if is_known else State.CANCELLED,
        error_message=error_words.words_of(row),
    )


def _values(operation: Operation) -> dict[str, Any]:
    told = error_words.columns_of(operation.error_message)
    return values_of(operation, _WRITTEN, target=dict(operation.target), **told)
