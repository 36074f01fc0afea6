"""The schema's version: checked by every worker, upgraded by one."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from helpr_core import first_use
from helpr_core.adapters.sql import search_index
from helpr_core.adapters.sql.models import metadata, state_counters, state_entries
from helpr_core.errors import SchemaBehind

HEAD = "0016"
"""The newest revision in migrations/versions; a test holds it against the folder."""

_ADVISORY_LOCK = 0x48454C5052  # "HELPR"; any number that nobody else uses will do
_PATIENCE_SECONDS = 8.0
"""Seconds to wait for another worker's upgrade, and for SQLite's lock, while a friend waits."""
_UPGRADE_SECONDS = 6 * 3600.0
"""Seconds for one statement of an upgrade."""
_LOCK_NOT_AVAILABLE = "55P03"
_LOCK_TRIES = 20
_OLD = "invite_requests_before_0001"
"""The table that revision 0001 carries over; it exists while that revision runs."""

log = logging.getLogger(__name__)


def ensure_schema(engine: sa.Engine) -> bool:
    """True if the schema is up to date, which costs one SELECT.

    A new or small database is upgraded now. A large one takes minutes, and the caller would have to
    wait: SchemaBehind, until `migrate` or housekeeping has upgraded it.
    """
    if is_current(engine):
        return True
    if _is_long(engine):
        raise SchemaBehind
    migrate(engine, _PATIENCE_SECONDS)
    return True


def ensure_state_tables(engine: sa.Engine) -> bool:
    """Only the state store's tables: revision 0001 creates them in their current form."""
    with engine.begin() as connection:
        metadata.create_all(connection, tables=[state_entries, state_counters])
    return True


def is_current(engine: sa.Engine) -> bool:
    """Whether there is nothing to upgrade; a newer version's schema is left alone."""
    revision = current_revision(engine)
    return revision is not None and revision >= HEAD


def current_revision(engine: sa.Engine) -> str | None:
    """The database's revision; None if no migration has run."""
    version = sa.table("alembic_version", sa.column("version_num"))
    with engine.connect().execution_options(helpr_single=True) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.select(version.c.version_num)).scalar()


def migrate(engine: sa.Engine, patience_seconds: float = _UPGRADE_SECONDS) -> None:
    """Upgrade to HEAD; of ten workers that start together, one does it.

    The others wait at most that long, then raise SchemaBehind. A new or small database is upgraded
    in one transaction. A large one is upgraded in steps that let others write meanwhile; if it is
    stopped midway, the next run continues from there.
    """
    # alembic costs 100 ms and is needed once per upgrade, not once per worker.
    migrations = first_use.module("helpr_core.adapters.sql.migrations")
    give_up_at = time.monotonic() + patience_seconds
    if engine.dialect.name == "sqlite":
        _patiently(lambda: _use_write_ahead_log(engine), give_up_at)
        if _is_long(engine):
            while _patiently(lambda: _next_of_sqlite(engine, migrations.upgrade_once), give_up_at):
                pass
        _patiently(lambda: _at_once(engine, migrations.upgrade), give_up_at)
    else:
        with _alone(engine, give_up_at):
            if _is_long(engine):
                _upgrade_postgresql(engine, migrations.upgrade_once)
            else:
                _at_once(engine, migrations.upgrade)
    log.info("database schema is at revision=%s", HEAD)


def add_search_index(engine: sa.Engine) -> None:
    """Build the index for parts of names if PostgreSQL only allows it now; does nothing if it
    exists already, or is refused again."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect().execution_options(helpr_single=True) as connection:
        if search_index.is_there(connection):
            return
    migrations = first_use.module("helpr_core.adapters.sql.migrations")
    with _alone(engine, time.monotonic() + _UPGRADE_SECONDS):
        _upgrade_postgresql(engine, migrations.add_search_index)


def _at_once(engine: sa.Engine, upgrade: Callable[[sa.Connection], None]) -> bool:
    with engine.begin() as connection:  # IMMEDIATE with SQLite: only one writer at a time
        upgrade(connection)
    return True


def _is_long(engine: sa.Engine) -> bool:
    is_long = first_use.module("helpr_core.adapters.sql.migrations.steps").is_long
    with engine.connect().execution_options(helpr_single=True) as connection:
        return any(is_long(connection, table) for table in ("invite_requests", _OLD))


def _upgrade_postgresql(engine: sa.Engine, upgrade_once: Callable[[sa.Connection], bool]) -> None:
    answer_time = first_use.module("helpr_core.adapters.sql.answer_time")
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        answer_time.limit(driver, _UPGRADE_SECONDS)
        # Waiting for a table's lock blocks all later callers, so it must be short.
        connection.exec_driver_sql("SET lock_timeout = '3s'")
        connection.commit()
        try:
            _past_locks(connection, lambda: upgrade_once(connection))
        finally:
            connection.invalidate()  # its limits must not apply to anybody else


def _past_locks(connection: sa.Connection, step: Callable[[], bool]) -> None:
    """Repeat the step until none is left; a step whose table is locked is tried again."""
    tries = _LOCK_TRIES
    more = True
    while more:
        try:
            more = step()
        except DBAPIError as exc:
            connection.rollback()
            tries -= 1
            if getattr(exc.orig, "pgcode", None) != _LOCK_NOT_AVAILABLE or not tries:
                raise
            log.info("somebody holds a table that is to be upgraded")
            time.sleep(0.5)


@contextmanager
def _alone(engine: sa.Engine, give_up_at: float) -> Iterator[None]:
    """Hold PostgreSQL's advisory lock, in a transaction on a separate connection.

    Polled: an index built concurrently waits for every transaction that waits.
    It belongs to the transaction, not the session, because poolers hand sessions around.
    """
    lock = sa.select(sa.func.pg_try_advisory_xact_lock(_ADVISORY_LOCK))
    while True:
        with engine.connect() as connection:
            if connection.execute(lock).scalar():
                yield
                return
        if time.monotonic() > give_up_at:
            raise SchemaBehind
        time.sleep(0.1)


def _next_of_sqlite(engine: sa.Engine, upgrade_once: Callable[[sa.Connection], bool]) -> bool:
    out_of_step = first_use.module("alembic.util").CommandError
    before = current_revision(engine)
    try:
        with engine.connect() as connection:
            return upgrade_once(connection)
    except (DBAPIError, out_of_step):
        if current_revision(engine) == before:
            raise
        return True  # another process did that very step between two of our transactions


def _use_write_ahead_log(engine: sa.Engine) -> bool:
    # Readers and a writer then do not wait for each other. It is stored in the file, so once is
    # enough; it cannot be changed inside a transaction.
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()
    return True


def _patiently(step: Callable[[], bool], give_up_at: float) -> bool:
    """Retry while other processes hold SQLite's lock, which itself waits only 5 s."""
    while True:
        try:
            return step()
        except (DBAPIError, sqlite3.OperationalError) as exc:
            if "locked" not in str(exc) or time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)
