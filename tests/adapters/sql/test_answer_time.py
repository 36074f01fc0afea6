"""A PostgreSQL that does not answer is waited for only as long as a friend can be."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
import sqlalchemy as sa

from helpr_core.adapters import silence
from helpr_core.adapters.sql import answer_time
from helpr_core.adapters.sql.answer_time import ImpatientConnection, limited
from helpr_core.errors import LogUnavailable
from tests.adapters.sql.conftest import NewDatabase

SHORT = 0.3
SLEEP = "SELECT pg_sleep(20)"


@contextmanager
def soon() -> Iterator[None]:
    """Asserts that the block ends long before the statement in it would."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 10


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_time, "STATEMENT_SECONDS", SHORT)
    monkeypatch.setattr(answer_time, "_GRACE_SECONDS", SHORT)


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
    monkeypatch.setattr(ImpatientConnection, "answer_seconds", SHORT)
    monkeypatch.setattr(silence, "SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        database = new_database(f"postgresql+psycopg2://helpr@127.0.0.1:{port}/helpr")

        def wait() -> float:
            started = time.monotonic()
            with pytest.raises(LogUnavailable), database.single():
                pass
            return time.monotonic() - started

        waits = [wait() for _ in range(4)]
        time.sleep(1.0)
        waits.append(wait())
    assert [seconds >= SHORT for seconds in waits] == [True, False, False, False, True]


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
    with database.begin() as connection, limited(connection, 30.0):
        connection.exec_driver_sql("SELECT pg_sleep(1)")
    with soon(), pytest.raises(LogUnavailable), database.single() as connection:
        connection.exec_driver_sql(SLEEP)


def test_connections_that_are_not_ours_are_left_alone(postgres_url: str) -> None:
    url = sa.make_url(postgres_url).set(drivername="postgresql")
    connection = psycopg2.connect(url.render_as_string(hide_password=False))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1)")
        assert cursor.fetchall() == [("",)]
    connection.close()
