"""Changes to a large table, in steps that keep nobody waiting.

A revision is one transaction, so it is done completely or not at all. On a large table that would
block writers: there an index is built concurrently, and rows are changed in batches, each committed
separately. A revision that uses these may be stopped at any moment and is started again, so
everything before them must be safe to do twice.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from helpr_core.adapters.sql import search_index

LONG = 10_000
"""In rows. Up to this size an upgrade takes less than a second, and may happen at first use."""
LOCK_NOT_AVAILABLE = "55P03"
_CREATE_TRIGRAMS = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
_HAS_TRIGRAMS = sa.text(
    "SELECT 1 FROM pg_opclass WHERE opcname = 'gin_trgm_ops' AND pg_opclass_is_visible(oid)"
)

log = logging.getLogger(__name__)


def is_long(connection: sa.Connection, table: str) -> bool:
    """Whether the table exists and has more rows than that."""
    if not sa.inspect(connection).has_table(table):
        return False
    one = sa.select(sa.literal(1)).select_from(sa.table(table)).offset(LONG).limit(1)
    return connection.execute(one).first() is not None


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add it, unless an earlier attempt has."""
    names = {one["name"] for one in sa.inspect(op.get_bind()).get_columns(table)}
    if column.name not in names:
        op.add_column(table, column)


def create_index(name: str, table: str, columns: Sequence[Any], **options: Any) -> None:
    """Build it; concurrently with readers and writers if that takes long."""
    connection = op.get_bind()
    is_postgresql, long = connection.dialect.name == "postgresql", is_long(connection, table)
    broken = is_postgresql and _is_broken(name)
    if not (is_postgresql and long):
        if broken:
            op.execute(f"DROP INDEX {name}")
        op.create_index(name, table, columns, if_not_exists=True, **options)
        commit_so_far(only_if=long)
        return
    with op.get_context().autocommit_block():
        # It waits for older transactions, and blocks nobody meanwhile.
        op.execute("SET lock_timeout = 0")
        if broken:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.create_index(
            name, table, columns, if_not_exists=True, postgresql_concurrently=True, **options
        )
        op.execute("SET lock_timeout = '3s'")


def drop_index(name: str, table: str) -> None:
    """Drop it if it exists; waits for a lock that blocks others only on a small table."""
    if not is_long(op.get_bind(), table):
        op.execute(f"DROP INDEX IF EXISTS {name}")
        return
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute("SET lock_timeout = '3s'")


def create_search_index() -> None:
    """Build PostgreSQL's index for parts of names, if it may use the extension for that."""
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(_CREATE_TRIGRAMS)
    except DBAPIError as exc:
        code = getattr(exc.orig, "pgcode", None)
        if exc.connection_invalidated or code == LOCK_NOT_AVAILABLE:
            raise
        log.info("names are searched row after row: pg_trgm is refused sqlstate=%s", code)
    if connection.execute(_HAS_TRIGRAMS).first() is None:
        return
    # Its list of pending entries is kept short: it is cheap to write to, and each search reads it.
    create_index(
        search_index.NAME,
        "invite_requests",
        ["identity_key"],
        postgresql_using="gin",
        postgresql_ops={"identity_key": "gin_trgm_ops"},
        postgresql_with={"gin_pending_list_limit": 64},
    )


def commit_so_far(*, only_if: bool = True) -> None:
    """Commit what the revision has done, so that others may write before it continues."""
    context = op.get_context()
    if only_if and context._transaction is not None:
        context._transaction.commit()
        context._transaction = op.get_bind().begin()


def _is_broken(index: str) -> bool:
    """Whether its building was interrupted: it then exists but cannot be used."""
    found = op.get_bind().execute(
        sa.text("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid"),
        {"name": index},
    )
    return found.first() is not None
