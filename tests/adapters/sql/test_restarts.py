"""A PostgreSQL that restarts under load: callers get "unavailable" and no other error."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from helpr_core.adapters.sql.database import Database, connect
from helpr_core.errors import LogUnavailable
from tests.servers.postgres import StoppablePostgres, postgres_cluster

THREADS = 8
RESTARTS = 3


def work(database: Database, over: Event) -> tuple[int, list[Exception]]:
    """Read and write in turn: how many calls succeeded, and what was raised.

    On a busy machine a thread may get no turn between two restarts: it goes on until it has one.
    """
    well, raised = 0, []
    while not (well and over.is_set()):
        try:
            with database.single() as connection:
                connection.exec_driver_sql("SELECT 1")
            with database.begin() as connection:
                connection.exec_driver_sql("SELECT 1")
            well += 1
        except Exception as exc:  # noqa: BLE001 - which of them it is, is the question
            raised.append(exc)
    return well, raised


@pytest.mark.timeout(120)
def test_every_error_of_a_restart_is_an_unavailable_database() -> None:
    with postgres_cluster() as cluster:
        postgres = StoppablePostgres(cluster)
        postgres.start()
        database = connect(postgres.server.new_database())
        over = Event()
        try:
            with database.single():  # with the schema up to date
                pass
            with ThreadPoolExecutor(THREADS) as threads:
                working = [threads.submit(work, database, over) for _ in range(THREADS)]
                try:
                    for _ in range(RESTARTS):
                        time.sleep(0.5)
                        postgres.stop()
                        postgres.start()
                    time.sleep(0.5)
                finally:
                    over.set()
                done = [one.result() for one in working]
        finally:
            database.dispose()
            postgres.stop()
    assert all(well for well, _ in done)
    raised = [exc for _, some in done for exc in some]
    assert raised
    assert {type(exc) for exc in raised} == {LogUnavailable}
