"""A PostgreSQL that does not answer is waited for only as long as a friend can be."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import psycopg2
import pytest
import sqlalchemy as sa

from helpr_core.adapters import silence
from helpr_core.adapters.sql import answer_time
from helpr_core.adapters.sql.answer_time import ImpatientConnection, limited
from helpr_core.errors import LogUnavailable
from tests.adapters.sql.conftest import NewDatabase

SHORT = 2.0
"""Long enough for every other statement, on a busy machine too."""
SLEEP = "SELECT pg_sleep(600)"


@contextmanager
def soon() -> Iterator[None]:
    """Asserts that the block ends long before the statement in it would."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 300


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_time, "STATEMENT_SECONDS", SHORT)
    monkeypatch.setattr(answer_time, "_GRACE_SECONDS", 2 * SHORT)


def test_the_server_gives_up_first(postgres_url: str, new_database: NewDatabase) -> None:
    database = new_database(postgres_url)
    with (
        soon(),
        pytest.raises(LogUnavailable, match="the database is busy"),
        database.single() as one,
    ):
        one.exec_driver_sql(SLEEP)


def test_a_server_that_hangs_is_abandoned_and_reconnected_to(
    postgres_url: str, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "SECONDS", 0.0)
    database = new_database(postgres_url)
    with (
        soon(),
        pytest.raises(LogUnavailable, match="the database does not answer"),
        database.single() as one,
    ):
        one.exec_driver_sql(f"SET statement_timeout = 0; {SLEEP}")
    with soon(), database.single() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_server_that_accepts_connections_and_stays_silent_is_not_waited_for(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImpatientConnection, "answer_seconds", SHORT)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        database = new_database(f"postgresql+psycopg2://helpr@127.0.0.1:{port}/helpr")
        with soon(), pytest.raises(LogUnavailable), database.single():
            pass


def test_after_one_silent_timeout_the_next_callers_do_not_wait(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImpatientConnection, "answer_seconds", 0.3)
    monkeypatch.setattr(silence, "SECONDS", 600.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        database = new_database(f"postgresql+psycopg2://helpr@127.0.0.1:{port}/helpr")

        def connections() -> int:
            with pytest.raises(LogUnavailable), database.single():
                pass
            return _waiting(server)

        tried = [connections() for _ in range(4)]
        now = time.monotonic() + 601
        monkeypatch.setattr(silence, "time", SimpleNamespace(monotonic=lambda: now))
        tried.append(connections())
    assert [bool(one) for one in tried] == [True, False, False, False, True]


def _waiting(server: socket.socket) -> int:
    """How many connections nobody has accepted; they are closed."""
    count = 0
    with suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            count += 1
    return count


def test_a_statement_timeout_is_not_silence(postgres_url: str, new_database: NewDatabase) -> None:
    database = new_database(postgres_url)
    with pytest.raises(LogUnavailable), database.single() as connection:
        connection.exec_driver_sql(SLEEP)
    with database.single() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_longer_timeout_applies_only_while_its_block_runs(
    postgres_url: str, new_database: NewDatabase
) -> None:
    database = new_database(postgres_url)
    with database.begin() as connection, limited(connection, 120.0):
        connection.exec_driver_sql(f"SELECT pg_sleep({SHORT + 1})")
    with soon(), pytest.raises(LogUnavailable), database.single() as connection:
        connection.exec_driver_sql(SLEEP)


def test_connections_that_are_not_ours_are_left_alone(postgres_url: str) -> None:
    url = sa.make_url(postgres_url).set(drivername="postgresql")
    connection = psycopg2.connect(url.render_as_string(hide_password=False))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_sleep({SHORT + 1})")
        assert cursor.fetchall() == [("",)]
    connection.close()
