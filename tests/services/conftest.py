"""A demo Plex and workers of each test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo_plex import DemoPlex
from tests.services.worker import Worker

NewWorker = Callable[..., Worker]


@pytest.fixture
def plex() -> Iterator[DemoPlex]:
    with DemoPlex(people=["friend"]) as demo:
        yield demo


@pytest.fixture
def new_worker(plex: DemoPlex, sqlite_path: Path) -> Iterator[NewWorker]:
    """Starts a worker, on this test's SQLite database when no URL is given."""
    made: list[Worker] = []

    def new(url: str = f"sqlite:///{sqlite_path}", **options: Any) -> Worker:
        made.append(Worker(plex, url, **options))
        return made[-1]

    yield new
    for worker in made:
        worker.close()


@pytest.fixture
def worker(new_worker: NewWorker, database_url: str) -> Worker:
    """A warm worker on SQLite, then on PostgreSQL."""
    return new_worker(database_url).warm_up()
