"""A PostgreSQL database with the schema and no rows, reused by one test after the other.

Creating and migrating one takes ten times as long as emptying it.
"""

from __future__ import annotations

import sqlalchemy as sa

from helpr_core.adapters.sql.all_tables import metadata
from helpr_core.adapters.sql.database import connect
from tests.servers.postgres import PostgresServer

# Connections left over from the previous test may hold locks.
_SEND_OTHERS_AWAY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SHAPE = """
SELECT md5(string_agg(one, ',' ORDER BY one)) FROM (
    SELECT relname || relkind::text || coalesce(attname, '') || coalesce(atttypid, 0) AS one
    FROM pg_class LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
    WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT tgname FROM pg_trigger
    UNION ALL SELECT array_to_string(setconfig, ' ') FROM pg_db_role_setting
) AS all_there_is
"""
"""Tables, columns, indexes, triggers, and settings of roles and databases, as one value."""

EMPTY = "; ".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables))
"""In one statement: a test with few rows would otherwise wait for one table after the other."""


class KeptDatabase:
    """The database; it is recreated when a test has left more than rows behind."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._url = ""
        self._shape: str | None = None

    def emptied(self) -> str:
        """Its URL."""
        if self._url and not self._empty():
            self._server.drop_database(self._url)
            self._url = ""
        if not self._url:
            self._make()
        return self._url

    def _make(self) -> None:
        self._url = self._server.new_database()
        database = connect(self._url)
        with database.single():  # brings the schema up to date
            pass
        database.dispose()
        with self._connected() as connection:
            self._shape = connection.exec_driver_sql(_SHAPE).scalar()

    def _empty(self) -> bool:
        """Whether nothing is left."""
        with self._connected() as connection:
            connection.exec_driver_sql(_SEND_OTHERS_AWAY)
            if connection.exec_driver_sql(_SHAPE).scalar() != self._shape:
                return False
            connection.exec_driver_sql(EMPTY)
        return True

    def _connected(self) -> sa.engine.base.Connection:
        engine = sa.create_engine(self._url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        return engine.connect()
