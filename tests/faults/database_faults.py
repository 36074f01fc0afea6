"""Ways in which the database is in trouble: a real PostgreSQL's, and an SQLite file's."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from helpr_core.adapters.sql import answer_time, database
from tests.faults import database_promises as kinds
from tests.faults.fault import Fault
from tests.faults.promises import Promises
from tests.faults.scene import Scene
from tests.faults.stores import AZURE, ROLE, SQLITE, AzureStores, SqliteStores

PATIENCE_SECONDS = 0.25
"""For a statement, to connect, or for SQLite's lock, instead of 10 and 5 seconds."""
WRITE_VERSION = 18
"""Where an SQLite file says who may write it; its readers go on below 3."""

_CUT_OFF = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}'"
_DISK_FULL = """
CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device'
      USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER disk_is_full BEFORE INSERT OR UPDATE ON invite_requests
FOR EACH ROW EXECUTE FUNCTION disk_is_full()"""
_DISK_FREE = "DROP FUNCTION disk_is_full CASCADE"

_LONG_AGO = "'2020-01-01 00:00:00.000000'"
_FILLERS = (
    "INSERT INTO invite_requests (request_id, email_or_username, identity_key, timestamp, status,"
    " source, server_name, libraries, client_key, attempts, updated_at, note) VALUES ("
    f"lower(hex(randomblob(16))), 'x', hex(randomblob(4)), {_LONG_AGO}, 'denied', 'form', '', '[]',"
    f" '', 0, {_LONG_AGO}, ?)",
    "INSERT INTO state_entries (kind, key, value, version) VALUES"
    " ('sessions', hex(randomblob(4)), ?, 1)",
)

Breaker = Callable[[Scene], AbstractContextManager[None]]


def azure(scene: Scene) -> AzureStores:
    """The scene's stores, known to be those."""
    assert isinstance(scene.stores, AzureStores)
    return scene.stores


def _sqlite(scene: Scene) -> SqliteStores:
    assert isinstance(scene.stores, SqliteStores)
    return scene.stores


@contextmanager
def postgres_stopped(scene: Scene) -> Iterator[None]:
    """Every client is cut off, and new ones are refused."""
    azure(scene).postgres.stop()
    try:
        yield
    finally:
        azure(scene).postgres.start()


@contextmanager
def _frozen(scene: Scene) -> Iterator[None]:
    """Connections stay, new ones are taken, and nobody answers."""
    stores = azure(scene)
    stores.postgres.freeze()
    try:
        yield
    finally:
        stores.postgres.thaw()
        scene.new_connections()
        stores.wait_until_abandoned()


def _nobody_waits_long(scene: Scene) -> None:
    patch = scene.monkeypatch.setattr
    patch(answer_time, "STATEMENT_SECONDS", PATIENCE_SECONDS)
    patch(answer_time, "_GRACE_SECONDS", PATIENCE_SECONDS)
    patch(answer_time.ImpatientConnection, "answer_seconds", PATIENCE_SECONDS)


@contextmanager
def _restarted(scene: Scene) -> Iterator[None]:
    azure(scene).postgres.stop()
    azure(scene).postgres.start()
    yield


@contextmanager
def _ordered(scene: Scene, begin: str, end: str) -> Iterator[None]:
    """Between two orders of an administrator's, which new connections obey."""
    stores = azure(scene)
    stores.administer(begin, _CUT_OFF)
    scene.new_connections()
    try:
        yield
    finally:
        stores.administer(end, _CUT_OFF)
        scene.new_connections()


@contextmanager
def _disk_full(scene: Scene) -> Iterator[None]:
    """By a trigger with PostgreSQL's error: a full disk of its own wants a mount."""
    stores = azure(scene)
    stores.administer(_DISK_FULL, database=ROLE)
    try:
        yield
    finally:
        stores.administer(_DISK_FREE, database=ROLE)


@contextmanager
def _locked(scene: Scene) -> Iterator[None]:
    """The worker's new connections are impatient, so that it does not take a minute."""
    engine = sa.create_engine(azure(scene).url, poolclass=sa.NullPool)
    with scene.monkeypatch.context() as patch, engine.begin() as connection:
        patch.setattr(answer_time, "STATEMENT_SECONDS", PATIENCE_SECONDS)
        scene.new_connections()
        connection.exec_driver_sql("LOCK TABLE invite_requests IN ACCESS EXCLUSIVE MODE")
        yield
    scene.new_connections()


def _connected(stores: SqliteStores) -> sqlite3.Connection:
    # It may be opened by plex.tv's thread and closed by ours.
    return sqlite3.connect(stores.path, isolation_level=None, check_same_thread=False)


@contextmanager
def _sqlite_locked(scene: Scene) -> Iterator[None]:
    with closing(_connected(_sqlite(scene))) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def _sqlite_read_only(scene: Scene) -> Iterator[None]:
    """By its header: permissions mean nothing to root."""
    scene.new_connections()
    _set_write_version(_sqlite(scene), 3)
    try:
        yield
    finally:
        scene.new_connections()
        _set_write_version(_sqlite(scene), 2)


def _set_write_version(stores: SqliteStores, version: int) -> None:
    with closing(sqlite3.connect(stores.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with stores.path.open("r+b") as file:
        file.seek(WRITE_VERSION)
        file.write(bytes([version]))


@contextmanager
def _sqlite_folder_away(scene: Scene) -> Iterator[None]:
    folder = _sqlite(scene).path.parent
    scene.new_connections()
    away = folder.rename(folder.with_name("away"))
    try:
        yield
    finally:
        away.rename(folder)


@contextmanager
def _sqlite_full(scene: Scene) -> Iterator[None]:
    """Every page is taken, and the file may have no more: SQLite's own disk-full error."""
    path = _sqlite(scene).path
    scene.new_connections()
    pages = _fill_pages(path)
    engine = scene.parts.database()._engine

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    sa.event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        sa.event.remove(engine, "connect", limit)
        scene.new_connections()


@contextmanager
def _disk_fails(scene: Scene) -> Iterator[None]:
    """No file of this process may grow or change: every write is an error of the disk."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def _fill_pages(path: Path) -> int:
    """Rows of shrinking size until none fits into the pages there are; how many pages."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        for statement in _FILLERS:
            for length in (500, 50, 0):
                with suppress(sqlite3.OperationalError):
                    for _ in range(1000):
                        connection.execute(statement, ("x" * length,))
    return pages


def _while_plex_is_asked(breaker: Breaker) -> Breaker:
    """It breaks once plex.tv has carried out the first invitation."""

    @contextmanager
    def broken(scene: Scene) -> Iterator[None]:
        with ExitStack() as later:
            scene.deliveries.on_success = lambda: later.enter_context(breaker(scene))
            yield

    return broken


def _impatient(scene: Scene) -> None:
    scene.monkeypatch.setattr(database, "_BUSY_SECONDS", PATIENCE_SECONDS)


def _trusting(seconds: float) -> Callable[[Scene], None]:
    return lambda scene: scene.monkeypatch.setattr(database, "_TRUSTED_SECONDS", seconds)


def _postgres(
    name: str,
    promised: Promises,
    broken: Breaker,
    prepare: Callable[[Scene], None] = lambda _scene: None,
) -> Fault:
    return Fault(f"PostgreSQL {name}", promised, broken, prepare, stores=(AZURE,))


def _file(name: str, promised: Promises, broken: Breaker) -> Fault:
    return Fault(f"SQLite {name}", promised, broken, _impatient, stores=(SQLITE,))


def _between(begin: str, end: str) -> Breaker:
    return lambda scene: _ordered(scene, begin, end)


_NO_CONNECTIONS = _between(
    f"ALTER ROLE {ROLE} CONNECTION LIMIT 0", f"ALTER ROLE {ROLE} CONNECTION LIMIT -1"
)
_READ_ONLY = _between(
    f"ALTER DATABASE {ROLE} SET default_transaction_read_only = on",
    f"ALTER DATABASE {ROLE} RESET default_transaction_read_only",
)

DATABASE_FAULTS = (
    _postgres("stopped", kinds.DOWN, postgres_stopped),
    _postgres("frozen", kinds.FROZEN, _frozen, _nobody_waits_long),
    _postgres("restarted", kinds.RESTARTED, _restarted, _trusting(0.0)),
    _postgres("restarted just now", kinds.RESTARTED_JUST_NOW, _restarted, _trusting(60.0)),
    _postgres("out of connections", kinds.DOWN, _NO_CONNECTIONS),
    _postgres("table locked", kinds.LOCKED, _locked),
    _postgres("read-only", kinds.READ_ONLY, _READ_ONLY),
    _postgres("disk full", kinds.DISK_FULL, _disk_full),
    _postgres(
        "stopped while Plex is asked",
        kinds.WHILE_PLEX_IS_ASKED,
        _while_plex_is_asked(postgres_stopped),
    ),
    _file("locked", kinds.SQLITE_NOT_WRITABLE, _sqlite_locked),
    _file("read-only", kinds.SQLITE_NOT_WRITABLE, _sqlite_read_only),
    _file("folder gone", kinds.SQLITE_GONE, _sqlite_folder_away),
    _file("disk full", kinds.SQLITE_FULL, _sqlite_full),
    _file("disk fails", kinds.SQLITE_DISK_FAILS, _disk_fails),
    _file(
        "locked while Plex is asked",
        kinds.SQLITE_WHILE_PLEX_IS_ASKED,
        _while_plex_is_asked(_sqlite_locked),
    ),
)
