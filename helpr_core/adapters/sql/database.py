"""Connections to the database, and the schema brought up to date at first use."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from helpr_core import first_use
from helpr_core.adapters.silence import Silence
from helpr_core.adapters.sql.schema import ensure_schema
from helpr_core.errors import LogUnavailable
from helpr_core.once import Once

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_SINGLE = "helpr_single"
"""Execution option of a connection on which each statement is a transaction of its own."""

ENTRA_SCOPE = "https://ossrdbms-aad.database.windows.net/.default"
"""What a token for Azure Database for PostgreSQL is asked for (Microsoft Learn)."""

# A small server has some 35 connections for all instances together. No overflow: what flows over
# is closed after each use, and connecting costs more than an invite's statements.
_POOL = {"pool_size": 5, "max_overflow": 0, "pool_timeout": 5, "pool_recycle": 1800}
_BUSY_SECONDS = 5
"""How long SQLite's file may be somebody else's; for PostgreSQL see answer_time.py."""
_TRUSTED_SECONDS = 1.0
"""A connection that was used so shortly ago is taken to be alive."""
_PING_SECONDS = 2.0
"""Of any other a sign of life is awaited for so long."""
_NO_ANSWER = "NoAnswer"
"""The error of answer_time.py, by its name: with SQLite its module is not imported."""


class Database:
    """One engine for the worker; `begin` and `single` hand out connections.

    Both raise LogUnavailable when the database does not answer, and migrate at first use
    when the schema is behind.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._silence = Silence()
        self._schema: Once[None] = Once(lambda: ensure_schema(engine))
        self._alone: dict[str, Any] = {_SINGLE: True}
        if engine.dialect.name == "postgresql":  # SQLite's driver begins nothing by itself
            self._alone["isolation_level"] = "AUTOCOMMIT"

    @property
    def dialect(self) -> str:
        """`postgresql` or `sqlite`."""
        return self._engine.dialect.name

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A connection in a transaction, committed at the end, rolled back on an error."""
        with self._asked(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def single(self) -> Iterator[sa.Connection]:
        """A connection on which each statement commits by itself.

        For use cases of one statement: BEGIN and COMMIT would be two round trips more.
        """
        with self._asked():
            connection = self._engine.connect().execution_options(**self._alone)
            with connection:
                yield connection

    def dispose(self) -> None:
        """Close the pool's connections; the next use tries anew."""
        self._engine.dispose()
        self._silence = Silence()

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Around each use: with the schema as it should be, and errors in our words."""
        if self._silence.lasts:
            raise LogUnavailable("the database did not answer a moment ago")
        asked_at = time.monotonic()
        try:
            self._schema.get()
            yield
            self._silence.heard()
        except PoolTimeout as exc:
            raise LogUnavailable("every database connection is busy") from exc
        except DBAPIError as exc:
            # The driver's own text may hold the host, the user and the statement's values.
            reason = type(exc.orig).__name__
            if reason == _NO_ANSWER:
                self._silence.waited_in_vain(asked_at)
            raise LogUnavailable(f"the database failed: {reason}") from exc
        except (SQLAlchemyError, sqlite3.Error) as exc:
            raise LogUnavailable(f"the database failed: {type(exc).__name__}") from exc


def connect(url: str, credential: TokenCredential | None = None) -> Database:
    """A Database for this SQLAlchemy URL; opens no connection yet.

    With a credential each new connection signs in with a fresh Entra token as password.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return Database(_sqlite_engine(parsed))
    return Database(_postgresql_engine(parsed, credential))


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, **_POOL)
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin its transactions by itself, and too late: after a first read,
    # when another process may have written already. SQLAlchemy's "begin" does it below.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    if not connection.get_execution_options().get(_SINGLE):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql_engine(url: sa.URL, credential: TokenCredential | None) -> sa.Engine:
    # With SQLite nobody needs the driver.
    answer_time = first_use.module("helpr_core.adapters.sql.answer_time")
    engine = sa.create_engine(
        url,
        connect_args={
            "connection_factory": answer_time.ImpatientConnection,
            # A network that swallows packets must not hold a friend for a quarter of an hour.
            "tcp_user_timeout": round(answer_time.STATEMENT_SECONDS * 1000),
            "application_name": "helpr",
        },
        **_POOL,
    )

    def set_up(connection: Any, _record: object) -> None:
        # Not in the start-up packet: poolers such as PgBouncer refuse unknown options there.
        answer_time.limit(connection, answer_time.STATEMENT_SECONDS)
        with connection.cursor() as cursor:
            cursor.execute("SET timezone = 'UTC'")
        connection.commit()

    sa.event.listen(engine, "connect", set_up)
    sa.event.listen(engine, "checkin", _note_use)
    sa.event.listen(engine, "checkout", _ping_after_idling)
    if credential is not None:
        sa.event.listen(engine, "do_connect", _token_as_password(credential))
    return engine


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_after_idling(connection: Any, record: Any, _fairy: object) -> None:
    """Ask an idle connection for a sign of life; SQLAlchemy then connects anew.

    Its own pool_pre_ping asks before each use, which is a round trip for each statement.
    """
    if time.monotonic() - record.info.get("used_at", math.inf) < _TRUSTED_SECONDS:
        return
    usual, connection.answer_seconds = connection.answer_seconds, _PING_SECONDS
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except connection.Error as exc:  # DB-API: the driver's errors stand on the connection
        raise InvalidatePoolError from exc
    connection.answer_seconds = usual


def _token_as_password(credential: TokenCredential) -> Callable[..., None]:
    # Whoever made the credential has imported it; nobody else is to pay for it.
    azure_error = first_use.module("azure.core.exceptions").AzureError

    def sign_in(_dialect: object, _record: object, _args: object, parameters: Any) -> None:
        # azure-identity caches and renews; the token matters at the moment of connecting.
        try:
            parameters["password"] = credential.get_token(ENTRA_SCOPE).token
        except azure_error as exc:
            raise LogUnavailable(f"no token to sign in with: {type(exc).__name__}") from exc

    return sign_in
