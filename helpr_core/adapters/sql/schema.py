"""The schema's version: looked at by every worker, brought up to date by one."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from helpr_core import first_use

HEAD = "0002"
"""The newest revision in migrations/versions; a test holds it against the folder."""

_ADVISORY_LOCK = 0x48454C5052  # "HELPR"; any number does that nobody else takes
_PATIENCE_SECONDS = 30.0
_UPGRADE_SECONDS = 120.0
"""For each statement of an upgrade, and for the wait until another worker's is done."""

log = logging.getLogger(__name__)


def ensure_schema(engine: sa.Engine) -> None:
    """Upgrade the schema when it is behind; cheap when it is not: one SELECT."""
    if current_revision(engine) != HEAD:
        migrate(engine)


def current_revision(engine: sa.Engine) -> str | None:
    """The revision the database is at; None where no migration has run."""
    version = sa.table("alembic_version", sa.column("version_num"))
    with engine.connect().execution_options(helpr_single=True) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.select(version.c.version_num)).scalar()


def migrate(engine: sa.Engine) -> None:
    """Upgrade to HEAD in one transaction; of ten workers that start together one does it.

    The others wait on PostgreSQL's advisory lock, or on SQLite's write lock, and then find
    nothing left to do.
    """
    upgrade: Callable[[sa.Connection], None]
    # alembic costs 100 ms and is needed once per upgrade, not once per worker.
    upgrade = first_use.module("helpr_core.adapters.sql.migrations").upgrade
    if engine.dialect.name == "sqlite":
        _patiently(lambda: _use_write_ahead_log(engine))
        _patiently(lambda: _upgrade_sqlite(engine, upgrade))
    else:
        limited = first_use.module("helpr_core.adapters.sql.answer_time").limited
        with engine.begin() as connection, limited(connection, _UPGRADE_SECONDS):
            connection.execute(
                sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY_LOCK}
            )
            upgrade(connection)
    log.info("database schema is at revision=%s", HEAD)


def _upgrade_sqlite(engine: sa.Engine, upgrade: Callable[[sa.Connection], None]) -> None:
    with engine.begin() as connection:  # BEGIN IMMEDIATE: only one writer at a time
        upgrade(connection)


def _use_write_ahead_log(engine: sa.Engine) -> None:
    # Readers and a writer then do not wait for each other. Kept in the file, so once is
    # enough; it cannot be changed inside a transaction.
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()


def _patiently(step: Callable[[], None]) -> None:
    """Do it again while other processes hold SQLite's lock: it waits 5 s, not longer."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return step()
        except (DBAPIError, sqlite3.OperationalError) as exc:
            if "locked" not in str(exc) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
