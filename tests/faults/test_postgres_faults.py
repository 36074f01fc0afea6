"""A real PostgreSQL with every kind of fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql import answer_time, database
from tests.faults.scene import Scene
from tests.faults.stores import AZURE, ROLE
from tests.faults.table import (
    WELL,
    Breaker,
    Fault,
    Promises,
    every_case,
    promises,
    run_case,
    while_plex_is_asked,
)

PATIENCE_SECONDS = 1.0
"""For a statement, and to connect, instead of 10 and 5."""

_CUT_OFF = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}'"
_DISK_FULL = """
CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device'
      USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER disk_is_full BEFORE INSERT OR UPDATE ON invite_requests
FOR EACH ROW EXECUTE FUNCTION disk_is_full()"""
_DISK_FREE = "DROP FUNCTION disk_is_full CASCADE"


def _stopped(scene: Scene) -> AbstractContextManager[None]:
    return scene.azure.postgres.stopped()


@contextmanager
def _frozen(scene: Scene) -> Iterator[None]:
    """Connections stay open and new ones are accepted, but nothing answers."""
    stores = scene.azure
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
    scene.azure.postgres.stop()
    scene.azure.postgres.start()
    yield


@contextmanager
def _ordered(scene: Scene, begin: str, end: str) -> Iterator[None]:
    """Between two administrator's statements, which apply to new connections."""
    stores = scene.azure
    stores.administer(begin, _CUT_OFF)
    scene.new_connections()
    try:
        yield
    finally:
        stores.administer(end, _CUT_OFF)
        scene.new_connections()


@contextmanager
def _disk_full(scene: Scene) -> Iterator[None]:
    """A trigger raises PostgreSQL's error: a disk that is really full would need a mount."""
    stores = scene.azure
    stores.administer(_DISK_FULL, database=ROLE)
    try:
        yield
    finally:
        stores.administer(_DISK_FREE, database=ROLE)


@contextmanager
def _locked(scene: Scene) -> Iterator[None]:
    """The worker's new connections have a short timeout, so that it does not take a minute."""
    engine = sa.create_engine(scene.azure.url, poolclass=sa.NullPool)
    with scene.monkeypatch.context() as patch, engine.begin() as connection:
        patch.setattr(answer_time, "STATEMENT_SECONDS", PATIENCE_SECONDS)
        scene.new_connections()
        connection.exec_driver_sql("LOCK TABLE invite_requests IN ACCESS EXCLUSIVE MODE")
        yield
    scene.new_connections()


def _trusting(seconds: float) -> Callable[[Scene], None]:
    return lambda scene: scene.monkeypatch.setattr(database, "_TRUSTED_SECONDS", seconds)


def _between(begin: str, end: str) -> Breaker:
    return lambda scene: _ordered(scene, begin, end)


def _fault(
    name: str,
    promised: Promises,
    broken: Breaker,
    prepare: Callable[[Scene], None] = lambda _scene: None,
) -> Fault:
    return Fault(f"PostgreSQL {name}", promised, broken, prepare, stores=(AZURE,))


_NO_CONNECTIONS = _between(
    f"ALTER ROLE {ROLE} CONNECTION LIMIT 0", f"ALTER ROLE {ROLE} CONNECTION LIMIT -1"
)
_READ_ONLY = _between(
    f"ALTER DATABASE {ROLE} SET default_transaction_read_only = on",
    f"ALTER DATABASE {ROLE} RESET default_transaction_read_only",
)

# PostgreSQL does not answer; the state store does, and keeps the requests.
DOWN = promises("""
invite, warm | 202 queued | no row, 1 in the inbox | 0/0 | request to the inbox
invite, cold | 202 queued | no row, 1 in the inbox | 0/0 | request to the inbox
repeat | 202 queued | no row, 1 in the inbox | 0/0 | request to the inbox
fourth | 202 queued | no row, 4 in the inbox | 0/0 | request to the inbox
page | 200 We’re keeping your request | no row, 1 in the inbox | 0/0 | request to the inbox
queue | failed=queue,acceptances,retention… | queued plex_unavailable #1 +0s | 0/0 | step=queue
interrupted | failed=queue,acceptances,interrupted… | pending #0 | 0/0 | step=interrupted
retry | 503 unavailable Retry-After | queued plex_unavailable #1 +0s | 0/0 | code=unavailable
overview | 200 error: database, queue, inbox… | no row, 1 in the inbox | 0/0 | manage_overview
connection | 200 database: what to do | no row | 0/0 | manage_connection
libraries | 200 | no row | 0/0 | manage_libraries_get
invites | 503 unavailable Retry-After | no row, 1 in the inbox | 0/0 | code=unavailable
settings | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
""")

# It answers nobody, and later carries out what it was asked, by a client that is gone.
FROZEN = DOWN | promises("""
retry | 503 unavailable Retry-After | pending plex_unavailable #1 | 0/0 | code=unavailable
""")

# Its table is locked: the server itself answers, and so does the audit log.
LOCKED = DOWN | promises("""
queue | failed=queue,acceptances,interrupted… | queued plex_unavailable #1 +0s | 0/0 | step=queue
interrupted | failed=queue,acceptances,interrupted… | pending #0 | 0/0 | step=interrupted
connection | 200 database: what to do | no row | 0/0 | manage_connection
settings | 200 | no row | 0/0 | manage_settings_patch
""")

# It was restarted, and old connections are dead: noticed at once, or at first use.
RESTARTED_JUST_NOW = promises("""
invite, warm | 202 queued | no row, 1 in the inbox | 0/0 | request to the inbox
invite, cold | 201 success | success #1 | 1/1 | function=invite status=201
page | 200 We’re keeping your request | queued #0 +0s | 0/0 | drained request_id=
queue | sent=1 failed=decisions | success #2 | 1/1 | step=decisions
interrupted | sent=1 failed=decisions | success #1 | 1/1 | found interrupted
retry | 503 unavailable Retry-After | queued plex_unavailable #1 +0s | 0/0 | code=unavailable
overview | 200 warning: inbox | no row, 1 in the inbox | 0/0 | manage_overview
invites | 200 none | no row, 1 in the inbox | 0/0 | invites_list
settings | 200 | no row | 0/0 | decision read from its copy
""")

# It can be read but not written.
READ_ONLY = DOWN | promises("""
queue | failed=queue,retention,interrupted… | queued plex_unavailable #1 +0s | 0/0 | step=queue
interrupted | failed=queue,retention,interrupted… | pending #0 | 0/0 | step=interrupted
overview | 200 error: database, inbox… | no row, 1 in the inbox | 0/0 | manage_overview
connection | 200 database: what to do | no row | 0/0 | manage_connection
invites | 200 none | no row, 1 in the inbox | 0/0 | invites_list
""")
DISK_FULL = READ_ONLY | promises("""
queue | failed=queue | queued plex_unavailable #1 +0s | 0/0 | step=queue
interrupted | failed=interrupted | pending #0 | 0/0 | step=interrupted
settings | 200 | no row | 0/0 | manage_settings_patch
connection | 200 database: what to do | no row | 0/0 | manage_connection
""")

# It goes down between the row and the outcome: what Plex said is still true.
WHILE_PLEX_IS_ASKED = promises("""
invite, warm | 201 success | pending #0 | 1/1 | outcome not recorded
invite, cold | 201 success | pending #0 | 1/1 | outcome not recorded
queue | sent=1 failed=queue,acceptances,retention… | pending plex_unavailable #1 | 1/1 | outcome not recorded
interrupted | sent=1 failed=interrupted,reading | pending #0 | 1/1 | outcome not recorded
retry | 202 success | pending plex_unavailable #1 | 1/1 | outcome not recorded
""")  # noqa: E501 - the table has a line for each operation

POSTGRES_FAULTS = (
    _fault("stopped", DOWN, _stopped),
    _fault("frozen", FROZEN, _frozen, _nobody_waits_long),
    _fault("restarted", WELL, _restarted, _trusting(0.0)),
    _fault("restarted just now", RESTARTED_JUST_NOW, _restarted, _trusting(60.0)),
    _fault("out of connections", DOWN, _NO_CONNECTIONS),
    _fault("table locked", LOCKED, _locked),
    _fault("read-only", READ_ONLY, _READ_ONLY),
    _fault("disk full", DISK_FULL, _disk_full),
    _fault("stopped while Plex is asked", WHILE_PLEX_IS_ASKED, while_plex_is_asked(_stopped)),
)


@every_case(*POSTGRES_FAULTS)
def test_while_postgresql_is_in_trouble_every_promise_is_kept(
    request: pytest.FixtureRequest, scene: Scene, fault: Fault, operation: str
) -> None:
    run_case(request.node, scene, fault, operation)
