"""Ten worker processes that meet an empty database at the same moment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpr_core.adapters.sql.migrations import scripts
from tests.races.conftest import SQLITE, RunRace, Stores
from tests.races.workers import children

WORKERS = "tests.races.migrating_workers"
PROCESSES = 10


@pytest.fixture
def empty_database_url(stores: Stores, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if stores.name == SQLITE:
        return f"sqlite:///{tmp_path}/empty.db"
    return str(request.getfixturevalue("bare_postgres_url"))


def test_of_ten_starting_workers_one_migrates(race: RunRace, empty_database_url: str) -> None:
    revisions = len(list(scripts().walk_revisions()))
    with race(f"migration, {PROCESSES} workers that start", "once, and none fails") as one:
        arguments = [empty_database_url, str(PROCESSES)]
        with children(WORKERS, arguments, 1, {}) as workers, one.timed():
            workers.do("migrate")
            found = json.loads(workers.last_words()[0])
        steps = sorted(taken for taken, _rows in found)
        migrated = sum(taken > 0 for taken in steps)
        one.tell(f"{migrated} migrated", kept=steps == [0] * (PROCESSES - 1) + [revisions])
        one.tell(f"{len(found)} went on", kept=[rows for _, rows in found] == [0] * PROCESSES)
