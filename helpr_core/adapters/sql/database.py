"""Connections to the database, and the schema upgraded at first use."""

from __future__ import annotations

import copy
import json
import logging
import math
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, InvalidatePoolError

from helpr_core import first_use
from helpr_core.adapters.silence import Silence
from helpr_core.adapters.sql import faults, schema
from helpr_core.errors import FieldError, HelprError, LogUnavailable, SchemaBehind, SetupRequired
from helpr_core.once import Once
from helpr_core.texts import Message

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_SINGLE = "helpr_single"
"""Execution option for a connection on which each statement is its own transaction."""

ENTRA_SCOPE = "https://ossrdbms-aad.database.windows.net/.default"
"""The scope of a token for Azure Database for PostgreSQL (Microsoft Learn)."""

# A small server has some 35 connections for all instances together. No overflow: overflow
# connections are closed after each use, and connecting costs more than an invite's statements.
_POOL = {"pool_size": 5, "max_overflow": 0, "pool_timeout": 5, "pool_recycle": 1800}
_BUSY_SECONDS = 5
"""How long to wait for SQLite's lock; for PostgreSQL see answer_time.py."""
_TRUSTED_SECONDS = 1.0
"""A connection used this recently is assumed to be alive."""
_PING_SECONDS = 2.0
"""How long any other connection has to answer a ping."""

log = logging.getLogger(__name__)


class Database:
    """One engine for the worker; `begin` and `single` hand out connections.

    Both raise LogUnavailable for anything that goes wrong between requesting a connection and the
    end of its use, and migrate at first use if the schema is behind. `setting` names the database
    to the owner.
    """

    def __init__(self, engine: sa.Engine, setting: str = "DATABASE_URL") -> None:
        self._engine = engine
        self._setting = setting
        self._silence = Silence()
        self._schema = Once(lambda: schema.ensure_schema(engine))
        self._state_tables = Once(lambda: schema.ensure_state_tables(engine))
        self._of_state_alone = False
        self._alone: dict[str, Any] = {_SINGLE: True}
        if engine.dialect.name == "postgresql":  # SQLite's driver begins no transaction by itself
            self._alone["isolation_level"] = "AUTOCOMMIT"

    @property
    def dialect(self) -> str:
        """`postgresql` or `sqlite`."""
        return self._engine.dialect.name

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A connection in a transaction, committed at the end, rolled back on an error."""
        with self._connection({}) as connection, connection.begin():
            yield connection

    @contextmanager
    def single(self) -> Iterator[sa.Connection]:
        """A connection on which each statement commits by itself.

        For use cases of one statement: BEGIN and COMMIT would be two round trips more.
        """
        with self._connection(self._alone) as connection:
            yield connection

    def for_state(self) -> Database:
        """The same, for callers that only need the state store's tables, which exist even while the
        rest waits for its upgrade."""
        other = copy.copy(self)
        other._of_state_alone = True
        return other

    def upgrade(self) -> None:
        """Upgrade the schema, however long it takes; LogUnavailable as above."""
        if self._schema.peek():
            return
        with self._translated():
            if not schema.is_current(self._engine):
                schema.migrate(self._engine)
            schema.add_search_index(self._engine)

    def dispose(self) -> None:
        """Close the pool's connections; the next use tries again."""
        self._engine.dispose()
        self._silence = Silence()

    @contextmanager
    def _connection(self, options: dict[str, Any]) -> Iterator[sa.Connection]:
        """A connection from the pool, with the schema upgraded, and errors translated to ours."""
        if self._silence.lasts:
            raise LogUnavailable(
                Message("database.silent.found"), fix=Message("database.silent.fix")
            )
        connection = None
        try:
            with self._translated():
                self._get_ready()
                connection = self._engine.connect().execution_options(**options)
                yield connection
                self._silence.heard()
        finally:
            if connection is not None:
                _give_back(connection)

    def _get_ready(self) -> None:
        try:
            self._schema.get()
        except SchemaBehind:
            if not self._of_state_alone:
                raise
            self._state_tables.get()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        asked_at = time.monotonic()
        try:
            yield
        except HelprError:
            raise  # already translated, or not a database error
        except Exception as exc:
            # No list of types: drivers raise errors that SQLAlchemy does not wrap, and a connection
            # that breaks at the wrong moment even ValueError and TypeError.
            if faults.is_silence(exc):
                self._silence.note_no_answer(asked_at)
            path = self._engine.url.database or "" if self.dialect == "sqlite" else ""
            raise faults.unavailable(exc, self._setting, path) from exc


def _give_back(connection: sa.Connection) -> None:
    """Return it to the pool. The work is done, so if it breaks only now, nothing has failed."""
    try:
        connection.close()
    except Exception as exc:  # noqa: BLE001 - no list of types, as above
        log.info("a connection broke while it was given back error=%s", type(exc).__name__)


def connect(
    url: str, credential: TokenCredential | None = None, setting: str = "DATABASE_URL"
) -> Database:
    """A Database for this SQLAlchemy URL; opens no connection yet.

    With a credential each new connection signs in with a fresh Entra token as password.
    Raises SetupRequired, with the setting's name, for a URL that cannot be used.
    """
    try:
        parsed = sa.make_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        engine = (
            _sqlite_engine(parsed) if sqlite else _postgresql_engine(parsed, credential, setting)
        )
    except (ArgumentError, TypeError, ValueError):  # an unknown "?plugin=", for example
        raise SetupRequired(FieldError(setting, Message("setting.unusable"))) from None
    return Database(engine, setting)


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    first_use.module("sqlalchemy.dialects.sqlite")  # SQLAlchemy would import it without the lock
    engine = sa.create_engine(
        url,
        connect_args={"timeout": _BUSY_SECONDS},
        json_deserializer=_json_or_text,
        **_POOL,
    )
    sa.event.listen(engine, "do_connect", lambda *_: _keep_private(Path(url.database or "")))
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _json_or_text(stored: str) -> Any:
    """SQLite accepts any text in a JSON column: invalid JSON must not hide a whole list."""
    try:
        return json.loads(stored)
    except ValueError:
        return stored


def _keep_private(path: Path) -> None:
    """Let nobody else read the file, whether created now or by a version that left it open.

    Its journals inherit its mode. A mode that admits a group was somebody's decision.
    """
    with suppress(OSError):  # not ours to change; if SQLite cannot open it, it says so itself
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            for one in (path, *(Path(f"{path}{end}") for end in ("-wal", "-shm"))):
                if one.is_file() and one.stat().st_mode & 0o007:
                    one.chmod(0o600)


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions by itself, but too late: after a first read, when another
    # process may already have written. SQLAlchemy's "begin" event does it below.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    if not connection.get_execution_options().get(_SINGLE):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql_engine(url: sa.URL, credential: TokenCredential | None, setting: str) -> sa.Engine:
    first_use.module("sqlalchemy.dialects.postgresql")  # as above
    # SQLite does not need the driver.
    answer_time = first_use.module("helpr_core.adapters.sql.answer_time")
    engine = sa.create_engine(
        url,
        connect_args={
            "connection_factory": answer_time.ImpatientConnection,
            # A network that swallows packets must not hold a friend for a quarter of an hour.
            "tcp_user_timeout": round(answer_time.STATEMENT_SECONDS * 1000),
            "application_name": "helpr",
            # libpq's own default, made explicit: it rejects an empty PGSSLMODE in the environment.
            "sslmode": url.query.get("sslmode", "prefer"),
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
        sa.event.listen(engine, "do_connect", _token_as_password(credential, setting))
    return engine


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_after_idling(connection: Any, record: Any, _fairy: object) -> None:
    """Ping an idle connection; if it is dead, SQLAlchemy reconnects.

    Its own pool_pre_ping pings before each use, which costs a round trip per statement.
    """
    if time.monotonic() - record.info.get("used_at", math.inf) < _TRUSTED_SECONDS:
        return
    usual, connection.answer_seconds = connection.answer_seconds, _PING_SECONDS
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except connection.Error as exc:  # DB-API: the driver's errors are its attributes
        raise InvalidatePoolError from exc
    connection.answer_seconds = usual


def _token_as_password(credential: TokenCredential, setting: str) -> Callable[..., None]:
    def sign_in(_dialect: object, _record: object, _args: object, parameters: Any) -> None:
        # azure-identity caches and renews tokens; only the moment of connecting matters.
        try:
            parameters["password"] = credential.get_token(ENTRA_SCOPE).token
        except Exception as exc:
            raise faults.NO_TOKEN.error(setting) from exc

    return sign_in
