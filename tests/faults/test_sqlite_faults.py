"""An SQLite file with every kind of fault: record and state are both in it."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql import database
from tests.faults.scene import Scene
from tests.faults.stores import SQLITE, SqliteStores
from tests.faults.table import (
    Breaker,
    Fault,
    Promises,
    every_case,
    promises,
    run_case,
    while_plex_is_asked,
)

PATIENCE_SECONDS = 0.25
"""For SQLite's lock, instead of 5."""
WRITE_VERSION = 18
"""Where an SQLite file says who may write it; readers accept values below 3."""

_LONG_AGO = "'2020-01-01 00:00:00.000000'"
_FILLERS = (
    "INSERT INTO invite_requests (request_id, email_or_username, identity_key, timestamp, status,"
    " source, server_name, libraries, client_key, attempts, updated_at, note) VALUES ("
    f"lower(hex(randomblob(16))), 'x', hex(randomblob(4)), {_LONG_AGO}, 'denied', 'form', '', '[]',"
    f" '', 0, {_LONG_AGO}, ?)",
    "INSERT INTO state_entries (kind, key, value, version) VALUES"
    " ('sessions', hex(randomblob(4)), ?, 1)",
)


def _connected(stores: SqliteStores) -> sqlite3.Connection:
    # It may be opened by plex.tv's thread and closed by ours.
    return sqlite3.connect(stores.path, isolation_level=None, check_same_thread=False)


@contextmanager
def _locked(scene: Scene) -> Iterator[None]:
    with closing(_connected(scene.sqlite)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def _read_only(scene: Scene) -> Iterator[None]:
    """Read-only by its header, since permissions do not stop root."""
    scene.new_connections()
    _set_write_version(scene.sqlite, 3)
    try:
        yield
    finally:
        scene.new_connections()
        _set_write_version(scene.sqlite, 2)


def _set_write_version(stores: SqliteStores, version: int) -> None:
    with closing(sqlite3.connect(stores.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with stores.path.open("r+b") as file:
        file.seek(WRITE_VERSION)
        file.write(bytes([version]))


@contextmanager
def _folder_away(scene: Scene) -> Iterator[None]:
    folder = scene.sqlite.path.parent
    scene.new_connections()
    away = folder.rename(folder.with_name("away"))
    try:
        yield
    finally:
        away.rename(folder)


@contextmanager
def _full(scene: Scene) -> Iterator[None]:
    """Every page is used, and the file may not grow: SQLite's own disk-full error."""
    path = scene.sqlite.path
    scene.new_connections()
    pages = _fill_pages(path)
    engine = scene.parts.stores.database()._engine

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
    """No file of this process may grow or change: every write is a disk error."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def _fill_pages(path: Path) -> int:
    """Insert shrinking rows until none fits into the existing pages: how many pages there are."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        for statement in _FILLERS:
            for length in (500, 50, 0):
                with suppress(sqlite3.OperationalError):
                    for _ in range(1000):
                        connection.execute(statement, ("x" * length,))
    return pages


def _impatient(scene: Scene) -> None:
    scene.monkeypatch.setattr(database, "_BUSY_SECONDS", PATIENCE_SECONDS)


def _fault(name: str, promised: Promises, broken: Breaker) -> Fault:
    return Fault(f"SQLite {name}", promised, broken, _impatient, stores=(SQLITE,))


# SQLite holds the state as well: nothing can be kept, so nothing is sent.
NOT_WRITABLE = promises("""
invite, warm | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
invite, cold | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
repeat | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
fourth | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
queue | failed=queue,retention,expiry… | queued plex_unavailable #1 +0s | 0/0 | without a lease
interrupted | failed=queue,retention,interrupted… | pending #0 | 0/0 | run not stored
retry | 503 unavailable Retry-After | queued plex_unavailable #1 +0s | 0/0 | code=unavailable
overview | 200 error: database, state_store, housekeeping… | no row | 0/0 | manage_overview
connection | 200 database: what to do | no row | 0/0 | manage_connection
libraries | 200 | no row | 0/0 | server not stored
invites | 200 none | no row | 0/0 | invites_list
settings | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
""")
GONE = NOT_WRITABLE | promises("""
queue | failed=inbox,queue,acceptances… | queued plex_unavailable #1 +0s | 0/0 | step
interrupted | failed=inbox,queue,interrupted… | pending #0 | 0/0 | step=interrupted
overview | 200 error: database, state_store, queue… | no row | 0/0 | manage_overview
connection | 200 database: what to do | no row | 0/0 | manage_connection
invites | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
""")
# Reads are unaffected; what plex.tv says about people cannot be recorded.
DISK_FAILS = NOT_WRITABLE | promises("""
queue | failed=queue,people,notices… | queued plex_unavailable #1 +0s | 0/0 | without a lease
interrupted | failed=decisions,people,notices… | pending #0 | 0/0 | run not stored
""")
# If a page has room, some writes still succeed: housekeeping's may, and a friend's does not.
FULL = {
    name: NOT_WRITABLE[name]
    for name in ("invite, warm", "invite, cold", "repeat", "fourth", "invites")
}
WHILE_PLEX_IS_ASKED = promises("""
invite, warm | 201 success | pending #0 | 1/1 | outcome not recorded
invite, cold | 201 success | pending #0 | 1/1 | outcome not recorded
retry | 202 success | pending plex_unavailable #1 | 1/1 | outcome not recorded
queue | sent=1 failed=queue,retention,expiry… | pending plex_unavailable #1 | 1/1 | not rec
interrupted | sent=1 failed=interrupted,reading | pending #0 | 1/1 | outcome not recorded
""")

SQLITE_FAULTS = (
    _fault("locked", NOT_WRITABLE, _locked),
    _fault("read-only", NOT_WRITABLE, _read_only),
    _fault("folder gone", GONE, _folder_away),
    _fault("disk full", FULL, _full),
    _fault("disk fails", DISK_FAILS, _disk_fails),
    _fault("locked while Plex is asked", WHILE_PLEX_IS_ASKED, while_plex_is_asked(_locked)),
)


@every_case(*SQLITE_FAULTS)
def test_while_sqlite_is_in_trouble_every_promise_is_kept(
    request: pytest.FixtureRequest, scene: Scene, fault: Fault, operation: str
) -> None:
    run_case(request.node, scene, fault, operation)
