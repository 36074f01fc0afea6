"""Connections: how many there are, how they sign in, and how failures are reported."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from helpr_core.adapters.sql.database import ENTRA_SCOPE, Database
from helpr_core.adapters.sql.models import UtcDateTime
from helpr_core.errors import LogUnavailable
from tests.adapters.sql.conftest import NewDatabase, OpenEngine
from tests.servers.postgres import HELPRS_CONNECTIONS
from tests.servers.server_process import free_port

THREADS = 32
MOST_CONNECTIONS = 5
ROLE = "helpr identity"  # the name of a managed identity may contain spaces


class StandInCredential:
    """Returns a token as azure-identity does, and records the scopes it was asked for."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
        self.scopes.extend(scopes)
        if not self.token:
            raise ClientAuthenticationError("the identity endpoint said: not-a-real-token")
        return AccessToken(self.token, int(time.time()) + 3600)


@pytest.fixture
def role_url(bare_postgres_url: str, open_engine: OpenEngine) -> Any:
    """The database without a password, for a role whose password is `token`."""

    def set_token(token: str) -> sa.URL:
        with open_engine(bare_postgres_url) as engine, engine.begin() as connection:
            connection.exec_driver_sql(
                f"""DO $$ BEGIN CREATE ROLE "{ROLE}" LOGIN; EXCEPTION WHEN duplicate_object
                THEN NULL; END $$; ALTER ROLE "{ROLE}" PASSWORD '{token}';
                GRANT ALL ON SCHEMA public TO "{ROLE}" """
            )
        url = sa.make_url(bare_postgres_url).set(username=ROLE, query={"sslmode": "disable"})
        return sa.URL.create(
            url.drivername, url.username, None, url.host, url.port, url.database, url.query
        )

    yield set_token
    with open_engine(bare_postgres_url) as engine, engine.begin() as connection:
        connection.exec_driver_sql(f'DROP OWNED BY "{ROLE}"; DROP ROLE "{ROLE}"')


def who(database: Database) -> str:
    with database.single() as connection:
        return str(connection.exec_driver_sql("SELECT current_user").scalar())


def test_a_token_is_the_password_of_each_new_connection(
    role_url: Any, new_database: NewDatabase
) -> None:
    credential = StandInCredential("not-a-real-token-1")
    url = role_url(credential.token).render_as_string(hide_password=False)
    database = new_database(url, credential)
    assert credential.scopes == []  # nothing is requested before it is needed
    assert who(database) == ROLE
    assert set(credential.scopes) == {ENTRA_SCOPE}
    role_url("not-a-real-token-2")  # the first one has expired
    credential.token = "not-a-real-token-2"
    database.dispose()
    assert who(database) == ROLE


def test_a_refused_token_is_not_revealed(role_url: Any, new_database: NewDatabase) -> None:
    url = role_url("not-a-real-token-1").render_as_string(hide_password=False)
    database = new_database(url, StandInCredential("another-not-a-real-token"))
    with pytest.raises(LogUnavailable) as refused:
        who(database)
    text = f"{refused.value!r} {refused.value} {refused.value.args} {refused.value.__cause__}"
    assert "not-a-real-token" not in text


def test_an_identity_without_a_token_is_an_unavailable_database(
    role_url: Any, new_database: NewDatabase
) -> None:
    url = role_url("not-a-real-token-1").render_as_string(hide_password=False)
    credential = StandInCredential("")
    database = new_database(url, credential)
    with pytest.raises(LogUnavailable) as refused:
        who(database)
    assert "not-a-real-token" not in f"{refused.value!r} {refused.value}"
    credential.token = "not-a-real-token-1"
    assert who(database) == ROLE


def test_thirty_two_threads_share_five_connections(
    bare_postgres_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    database = new_database(bare_postgres_url)
    with database.single():
        pass
    together = threading.Barrier(THREADS + 1)

    def work(_: int) -> None:
        together.wait()
        with database.begin() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(0.05)")

    seen: list[int] = []
    count = sa.text(HELPRS_CONNECTIONS)
    with ThreadPoolExecutor(THREADS) as threads, open_engine(bare_postgres_url) as engine:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            running = [threads.submit(work, number) for number in range(THREADS)]
            together.wait()
            while not all(thread.done() for thread in running):
                seen.append(connection.execute(count).scalar_one())
        for thread in running:
            thread.result()
    assert max(seen) == MOST_CONNECTIONS


def unreachable(tmp_path: Path) -> list[str]:
    nobody = f"helpr:hunter2@127.0.0.1:{free_port()}"
    return [f"postgresql+psycopg2://{nobody}/d", f"sqlite:///{tmp_path}/no/such/folder/x.db"]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (0, "nothing answers at the database’s host and port"),
        (1, "the folder of the database file does not exist"),
    ],
)
def test_an_absent_database_is_reported_in_our_words(
    tmp_path: Path, new_database: NewDatabase, which: int, expected: str
) -> None:
    database = new_database(unreachable(tmp_path)[which])
    for how in (database.begin, database.single):
        with pytest.raises(LogUnavailable) as refused, how():
            pass
        assert str(refused.value) == expected


def test_a_database_that_comes_back_is_used_again(
    tmp_path: Path, new_database: NewDatabase
) -> None:
    database = new_database(f"sqlite:///{tmp_path}/late/helpr.db")
    with pytest.raises(LogUnavailable), database.single():
        pass
    (tmp_path / "late").mkdir()
    with database.single() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_connections_that_the_server_cut_off_are_replaced(
    bare_postgres_url: str,
    new_database: NewDatabase,
    open_engine: OpenEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As if the connection had idled for longer than it is trusted.
    monkeypatch.setattr("helpr_core.adapters.sql.database._TRUSTED_SECONDS", 0.0)
    database = new_database(bare_postgres_url)
    before = who(database)
    cut_off_all(open_engine, bare_postgres_url)
    assert who(database) == before


def test_a_connection_cut_off_right_after_use_fails_once(
    bare_postgres_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    database = new_database(bare_postgres_url)
    before = who(database)
    cut_off_all(open_engine, bare_postgres_url)
    with pytest.raises(LogUnavailable):
        who(database)
    assert who(database) == before


def test_a_connection_that_breaks_after_the_commit_is_not_an_error(
    bare_postgres_url: str,
    new_database: NewDatabase,
    open_engine: OpenEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("helpr_core.adapters.sql.database._TRUSTED_SECONDS", 0.0)
    database = new_database(bare_postgres_url)
    count = "SELECT count(*) FROM state_entries"
    insert = "INSERT INTO state_entries (kind, key, value, version) VALUES ('site', '%s', '{}', 1)"
    for number in range(MOST_CONNECTIONS + 2):  # and each still returns to the pool
        with database.single() as connection:
            connection.exec_driver_sql(insert % number)
            cut_off_all(open_engine, bare_postgres_url)
    with database.single() as connection:
        assert connection.exec_driver_sql(count).scalar() == MOST_CONNECTIONS + 2


@pytest.mark.parametrize("raised", [psycopg2.InterfaceError, ValueError, OSError, TypeError])
def test_any_driver_error_is_a_database_error(
    bare_postgres_url: str, new_database: NewDatabase, raised: type[Exception]
) -> None:
    database = new_database(bare_postgres_url)

    def fail(*_given: object) -> None:
        raise raised("hunter2")

    with database.single():
        pass
    for event in ("before_cursor_execute", "commit", "begin"):
        sa.event.listen(database._engine, event, fail)
        with pytest.raises(LogUnavailable) as refused, database.begin() as connection:
            connection.exec_driver_sql("SELECT 1")
        sa.event.remove(database._engine, event, fail)
        assert "hunter2" not in f"{refused.value} {refused.value.fix}"
    with database.begin() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def cut_off_all(open_engine: OpenEngine, bare_postgres_url: str) -> None:
    with open_engine(bare_postgres_url) as engine, engine.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'helpr' AND datname = current_database()"
        )


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_nobody_else_can_read_sqlites_files(
    tmp_path: Path, new_database: NewDatabase, umask: int
) -> None:
    before = os.umask(umask)
    try:
        with new_database(f"sqlite:///{tmp_path}/helpr.db").begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO state_entries (kind, key, value, version) "
                "VALUES ('site', 'x', '{}', 1)"
            )
            modes = {one.name: one.stat().st_mode & 0o777 for one in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert set(modes) >= {"helpr.db", "helpr.db-wal", "helpr.db-shm"}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(("mode", "later"), [(0o644, 0o600), (0o666, 0o600), (0o640, 0o640)])
def test_a_world_readable_file_is_made_private(
    tmp_path: Path, new_database: NewDatabase, mode: int, later: int
) -> None:
    path = tmp_path / "helpr.db"
    path.touch()
    path.chmod(mode)
    with new_database(f"sqlite:///{path}").single():
        pass
    assert path.stat().st_mode & 0o777 == later


def test_a_failing_transaction_is_rolled_back(database_url: str, new_database: NewDatabase) -> None:
    database = new_database(database_url)
    insert = "INSERT INTO state_entries (kind, key, value, version) VALUES ('site', 'x', '{}', 1)"

    def insert_twice() -> None:  # the second insert violates the primary key
        with database.begin() as connection:
            connection.exec_driver_sql(insert)
            connection.exec_driver_sql(insert)

    with pytest.raises(LogUnavailable):
        insert_twice()
    with database.single() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM state_entries").scalar() == 0


@pytest.mark.parametrize("name", ["postgresql", "sqlite"])
def test_times_are_aware_utc_in_both_directions(name: str) -> None:
    column, dialect = UtcDateTime(), sa.make_url(f"{name}://").get_dialect()()
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    there = noon.astimezone(timezone(timedelta(hours=5)))
    sent = column.process_bind_param(there, dialect)
    assert (sent, sent and sent.utcoffset()) == (noon, timedelta(0))
    assert column.process_result_value(noon.replace(tzinfo=None), dialect) == noon
    read = column.process_result_value(there, dialect)
    assert (read, read and read.utcoffset()) == (noon, timedelta(0))
    assert column.process_bind_param(None, dialect) is None
    with pytest.raises(ValueError, match="timezone-aware"):
        column.process_bind_param(noon.replace(tzinfo=None), dialect)
