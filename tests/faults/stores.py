"""The two kinds of stores a site can use, emptied before each case."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableClient

from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.models import invite_requests, state_entries
from helpr_core.adapters.sql.rows import to_request
from helpr_core.adapters.state import connect as tables_connect
from helpr_core.adapters.state.tables import TABLE_NAMES
from helpr_core.domain.requests import InviteRequest
from helpr_core.services.ports import INBOX
from tests.servers.azurite import connection_string
from tests.servers.kept_database import EMPTY
from tests.servers.postgres import StoppablePostgres
from tests.servers.tcp_proxy import TcpProxy

ROLE = "helpr"
"""The role, and the database it owns."""
_WAITING = "person."
_PATIENCE_SECONDS = 120
SQLITE, AZURE = "SQLite", "PostgreSQL, Azurite"


class Stores(Protocol):
    """Where a site stores things; `url` is that of its record, `path` its file if it is one."""

    name: str
    url: str
    path: Path

    @property
    def settings(self) -> dict[str, str]:
        """The settings that lead a worker there."""

    def empty(self) -> None:
        """Restore the initial state."""

    def waiting_in_inbox(self) -> int:
        """How many requests wait in the state store for the database."""


@dataclass
class SqliteStores:
    """Record and state in one file."""

    migrated: Path
    path: Path
    name: str = SQLITE

    def __post_init__(self) -> None:
        self.url = f"sqlite:///{self.path}"

    @property
    def settings(self) -> dict[str, str]:
        return {"DATABASE_PATH": str(self.path)}

    def empty(self) -> None:
        self.path.parent.mkdir(exist_ok=True)
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copy(self.migrated, self.path)

    def waiting_in_inbox(self) -> int:
        prefix = state_entries.c.key.startswith(_WAITING)
        with _engine(self.url).connect() as connection:
            found = connection.execute(sa.select(state_entries.c.key).where(prefix)).all()
        return len(found)


@dataclass
class AzureStores:
    """The record in PostgreSQL, the state in Azurite's tables; `proxied`: behind `proxy`."""

    postgres: StoppablePostgres
    tables: str
    proxy: TcpProxy
    name: str = AZURE
    path: Path = Path("no-such-file")
    proxied: bool = False

    def __post_init__(self) -> None:
        url = sa.make_url(self.postgres.server.url(ROLE)).set(username=ROLE)
        self.url = url.render_as_string(hide_password=False)

    def make_database(self) -> None:
        """A database whose owner is not a superuser, for whom many limits would not apply."""
        password = sa.make_url(self.url).password
        self.administer(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{password}'")
        self.administer(f"CREATE DATABASE {ROLE} OWNER {ROLE}")
        database = connect(self.url)
        with database.single() as connection:  # brings the schema up to date
            connection.execute(sa.select(1))
        database.dispose()

    def make_tables(self) -> None:
        """All tables of the state store: the worker that misses one would make it on its way."""
        for name in TABLE_NAMES.values():
            with suppress(ResourceExistsError):
                _table(self.tables, name).create_table()

    def administer(self, *statements: str, database: str = "postgres") -> None:
        """Run these as superuser."""
        engine = _engine(self.postgres.server.url(database))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def wait_until_abandoned(self) -> None:
        """Wait until the server has finished the statements of clients that are gone."""
        statement = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{ROLE}'"
        give_up_at = time.monotonic() + _PATIENCE_SECONDS
        with _engine(self.postgres.server.url("postgres")).connect() as connection:
            while connection.exec_driver_sql(statement).scalar_one():
                assert time.monotonic() < give_up_at, "somebody is still connected"
                time.sleep(0.02)
                connection.rollback()  # the list belongs to the transaction

    @property
    def settings(self) -> dict[str, str]:
        tables = connection_string(self.proxy.port) if self.proxied else self.tables
        return {"DATABASE_URL": self.url, "HELPR_TABLES_CONNECTION": tables}

    def empty(self) -> None:
        self.proxied = False
        with _engine(self.url).begin() as connection:
            connection.exec_driver_sql(EMPTY)
        self.empty_tables()

    def waiting_in_inbox(self) -> int:
        waiting = f"RowKey ge '{_WAITING}' and RowKey lt '{_WAITING}~'"
        with suppress(ResourceNotFoundError):
            return len(list(_table(self.tables, TABLE_NAMES[INBOX]).query_entities(waiting)))
        return 0

    def empty_tables(self) -> None:
        """Empty the state store."""
        for name in TABLE_NAMES.values():
            _empty_table(_table(self.tables, name))


@cache
def _table(connection_string: str, name: str) -> TableClient:
    return tables_connect.connect(connection_string).get_table_client(name)


def _empty_table(table: TableClient) -> None:
    with suppress(ResourceNotFoundError):  # nothing was ever written to it
        for entity in table.list_entities(select=["PartitionKey", "RowKey"]):
            table.delete_entity(entity)


def rows_of(stores: Stores) -> list[InviteRequest]:
    """All requests, oldest first, read over a separate connection."""
    with _engine(stores.url).connect() as connection:
        found = connection.execute(sa.select(invite_requests).order_by(invite_requests.c.id))
        return [to_request(row) for row in found]


@cache
def _engine(url: str) -> sa.Engine:
    return sa.create_engine(url, poolclass=sa.NullPool)
