"""One worker process with two hundred threads: more than the Functions host may give it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from demo_plex import DemoPlex
from tests.races.clients import Reply, Request, invite, send_together
from tests.races.conftest import SQLITE, Race, RunRace, Stores, statuses, written
from tests.races.observer import Observer
from tests.races.workers import Worker, gunicorn_workers
from tests.servers.postgres import HELPRS_CONNECTIONS, PostgresServer

THREADS = 200
INVITED = 90
"""Plex has a hundred seats."""
DATABASE_POOL = 5
PLEX_POOL = 32
TABLES_POOL = 64
FILES = 2 * THREADS + DATABASE_POOL + PLEX_POOL + TABLES_POOL + 40
"""Two per thread: the client's connection, and the one gunicorn waits on."""
THREADS_BESIDES = 10
"""gunicorn's own, and the timer's."""
PROMISED = (
    f"200, 201, 202; ≤ {DATABASE_POOL} database, {PLEX_POOL} Plex, {TABLES_POOL} table connections"
)


@pytest.fixture(scope="module")
def database_url(stores: Stores, request: pytest.FixtureRequest) -> Iterator[str | None]:
    """A database that nobody else is connected to; None for SQLite."""
    if stores.name == SQLITE:
        yield None
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.drop_database(url)


@pytest.fixture(scope="module")
def worker(
    settings: dict[str, str],
    database_url: str | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Worker]:
    """One process, with as many threads as there are clients."""
    folder = tmp_path_factory.mktemp("many-threads")
    own = {"DATABASE_URL": database_url} if database_url else {}
    with gunicorn_workers(1, THREADS, settings | own, folder) as (started,):
        yield started


@pytest.fixture
def observer(
    stores: Stores, plex: DemoPlex, worker: Worker, database_url: str | None
) -> Iterator[Observer]:
    """Observes that worker, and counts Helpr's connections in PostgreSQL."""
    ports = {"plex": plex.port}
    if database_url is None:
        yield Observer(worker.pid, ports, {})
        return
    tables = re.search(r":(\d+)/", stores.settings["HELPR_TABLES_CONNECTION"])
    assert tables
    engine = sa.create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:

        def count() -> int:
            return int(connection.exec_driver_sql(HELPRS_CONNECTIONS).scalar_one())

        yield Observer(worker.pid, ports | {"tables": int(tables[1])}, {"database": count})
    engine.dispose()


def test_two_hundred_threads_share_the_pools(
    race: RunRace, worker: Worker, observer: Observer
) -> None:
    (known,) = send_together([invite(worker.port, "known-already", "203.0.112.1")])
    with race(f"{THREADS} threads of one worker", PROMISED) as one:
        with observer.watching(), one.timed():
            replies = send_together(_requests(worker, known.document["request_id"]))
        _judge(one, replies, observer)


def _requests(worker: Worker, known: str) -> list[Request]:
    paths = (f"/api/invites/{known}", "/api/site")
    asked = [
        invite(worker.port, f"threaded-{number}", f"203.0.113.{number}")
        for number in range(INVITED)
    ]
    looks = [
        Request(worker.port, "GET", paths[number % 2], f"203.0.114.{number}")
        for number in range(THREADS - INVITED)
    ]
    return asked + looks


def _judge(one: Race, replies: list[Reply], observer: Observer) -> None:
    slowest = max(reply.seconds for reply in replies)
    counts = statuses(replies)
    one.tell(f"{written(counts)}, slowest {slowest:.1f} s", kept=set(counts) <= {200, 201, 202})
    for name, most in (
        ("database", DATABASE_POOL),
        ("plex", PLEX_POOL),
        ("tables", TABLES_POOL),
        ("threads", THREADS + THREADS_BESIDES),
        ("files", FILES),
    ):
        if name in observer.most:
            one.tell(f"{observer.most[name]} {name}", kept=observer.most[name] <= most)
