"""Every table read out as JSON and written back, in SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby, islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from helpr_core.adapters.sql.all_tables import metadata
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import UtcDateTime
from helpr_core.adapters.sql.schema import HEAD
from helpr_core.adapters.state.sql import put_all
from helpr_core.errors import BackupUnusable
from helpr_core.services.backup.service import KEPT_STATE, Entry
from helpr_core.texts import Message

NOT_THE_OWNERS = frozenset({"state_entries", "state_counters", "notices", "signed_in_browsers"})
"""Tables of the state store: the backup reads what is worth keeping through the store itself, so
that it can be restored into another kind of store. And unsent notices: by the time a backup is
restored they have been sent. Nor who was signed in."""

MADE_BY_ITSELF = "decisions"
"""A table that has rows even before anybody has asked for anything."""

_BATCH = 500


def kept_tables() -> list[sa.Table]:
    """The tables in a backup, parents before children."""
    return [table for table in metadata.sorted_tables if table.name not in NOT_THE_OWNERS]


class SqlBackupTables:
    """Tables of services/backup. `with_state`: the state store is in this database, too."""

    def __init__(self, database: Database, *, with_state: bool) -> None:
        self._database = database
        self._with_state = with_state

    def revision(self) -> str:
        """The schema's revision, once it is up to date."""
        with self._database.single():  # upgrades it
            return HEAD

    def rows(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """All rows in one transaction, by primary key, a batch at a time."""
        with self._snapshot() as connection:
            for table in kept_tables():
                query = sa.select(table).order_by(*table.primary_key)
                streamed = connection.execution_options(yield_per=_BATCH).execute(query)
                for row in streamed.mappings():
                    yield table.name, {name: _to_json(value) for name, value in row.items()}

    @contextmanager
    def _snapshot(self) -> Iterator[sa.Connection]:
        """A connection that sees a snapshot, whatever others write meanwhile."""
        if self._database.dialect == "postgresql":
            with self._database.begin() as connection:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                yield connection
        else:
            # `begin` would keep every writer out until the backup is made.
            with self._database.single() as connection:
                connection.exec_driver_sql("BEGIN")
                try:
                    yield connection
                finally:
                    connection.exec_driver_sql("ROLLBACK")

    def restore(
        self,
        rows: Iterable[tuple[str, Mapping[str, Any]]],
        entries: Iterable[Entry],
        *,
        replace: bool,
    ) -> bool:
        """Delete everything, insert these; all or nothing."""
        with self._database.begin() as connection:
            _lock(connection)
            if not replace and not _are_empty(connection):
                raise BackupUnusable(Message("backup.in_use"))
            try:
                _replace(connection, rows)
                if self._with_state:
                    put_all(connection, KEPT_STATE, entries)
            except (IntegrityError, DataError, ValueError, TypeError) as exc:
                raise BackupUnusable(Message("backup.row_does_not_fit")) from exc
            except StatementError as exc:
                if exc.__class__ is not StatementError:  # the database's own trouble
                    raise
                raise BackupUnusable(Message("backup.row_does_not_fit")) from exc
        return self._with_state


def _lock(connection: sa.Connection) -> None:
    """Let others read, but write only afterwards; SQLite's transaction began like that."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in kept_tables())
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def _are_empty(connection: sa.Connection) -> bool:
    return not any(
        connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
        for table in kept_tables()
        if table.name != MADE_BY_ITSELF
    )


def _replace(connection: sa.Connection, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    tables = {table.name: table for table in kept_tables()}
    for table in reversed(list(tables.values())):
        connection.execute(table.delete())
    for name, group in groupby(rows, key=lambda pair: pair[0]):
        if name not in tables:
            raise BackupUnusable(Message("backup.no_table", table=str(name)))
        _insert(connection, tables[name], (row for _, row in group))
    for table in tables.values():
        _count_on(connection, table)


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterable[Mapping[str, Any]]) -> None:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        values = [_from_json(table, row) for row in batch]
        # A backup's rows name the same columns, but nothing should rely on it.
        for _, alike in groupby(values, key=sorted):
            connection.execute(table.insert(), list(alike))


def _count_on(connection: sa.Connection, table: sa.Table) -> None:
    """Have PostgreSQL number new rows after the restored ones; SQLite does so by itself."""
    numbered = table.autoincrement_column
    if connection.dialect.name == "postgresql" and numbered is not None:
        sequence = sa.func.pg_get_serial_sequence(table.name, numbered.name)
        highest = sa.select(sa.func.max(numbered)).scalar_subquery()
        connection.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1))))


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _from_json(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column.name: _typed(column, row[column.name])
        for column in table.columns
        if column.name in row
    }


def _typed(column: sa.Column[Any], value: Any) -> Any:
    """The value in the column's type; ValueError or TypeError if it does not fit."""
    if value is None or isinstance(column.type, sa.JSON):
        return value
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, sa.Uuid):
        return UUID(value)
    # Drivers disagree about what else does not fit, and SQLite takes almost anything.
    if not isinstance(value, column.type.python_type):
        raise TypeError(f"{column} takes no {type(value).__name__}")
    return value
