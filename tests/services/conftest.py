"""A demo Plex and workers for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo_plex import DemoPlex
from helpr_core.adapters.sql.database import Database, connect
from tests.services.worker import Worker

NewWorker = Callable[..., Worker]


@pytest.fixture
def plex() -> Iterator[DemoPlex]:
    with DemoPlex(people=["friend"]) as demo:
        yield demo


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Of each kind, with the schema and no rows."""
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def new_worker(plex: DemoPlex, sqlite_path: Path, migrated_sqlite: Path) -> Iterator[NewWorker]:
    """Starts a worker, on this test's SQLite database when no URL is given.

    An SQLite database that does not exist yet is created with its schema.
    """
    made: list[Worker] = []

    def new(url: str = f"sqlite:///{sqlite_path}", **options: Any) -> Worker:
        for one in (url, options.get("state_url", "")):
            path = Path(one.removeprefix("sqlite:///"))
            if one.startswith("sqlite:") and path.parent.is_dir() and not path.exists():
                shutil.copy(migrated_sqlite, path)
        made.append(Worker(plex, url, **options))
        return made[-1]

    yield new
    for worker in made:
        worker.close()


@pytest.fixture
def worker(new_worker: NewWorker, database_url: str) -> Worker:
    """A warm worker on SQLite, then on PostgreSQL."""
    return new_worker(database_url).warm_up()
