"""python -m helpr_core housekeeping: one run of the timer, and its result."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from demo_plex import DemoPlex
from tests.processes import command
from tests.services.conftest import NewWorker
from tests.services.worker import Worker
from tests.web.site_under_test import settings_for


@pytest.fixture
def waiting(new_worker: NewWorker, plex: DemoPlex) -> Worker:
    """A request that has been waiting since January."""
    worker = new_worker().warm_up()
    plex.fail("status", status=503, method="POST")
    worker.send("friend@example.com")
    return worker


def test_it_prints_what_it_did(waiting: Worker, sqlite_path: Path, tmp_path: Path) -> None:
    settings = settings_for(waiting.plex, sqlite_path)
    for expected in ("sent: 1", "drained: 0"):
        done = command("housekeeping", settings=settings, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert expected in done.stdout.splitlines()
        assert "friend" not in done.stdout
    assert waiting.rows() == [("friend@example.com", "success")]


def test_a_failed_step_is_named_and_sets_the_exit_code(
    waiting: Worker, sqlite_path: Path, tmp_path: Path
) -> None:
    connection = sqlite3.connect(sqlite_path)
    connection.execute("ALTER TABLE invite_requests RENAME TO elsewhere")
    connection.close()
    done = command("housekeeping", settings=settings_for(waiting.plex, sqlite_path), cwd=tmp_path)
    assert done.returncode == 1
    output = done.stderr.splitlines()
    found = output.index("WRONG  queue: the database’s tables are not the ones that Helpr made")
    assert "`python -m helpr_core migrate`" in output[found + 1]
    assert any(line.startswith("purged: ") for line in done.stdout.splitlines())


def test_without_settings_it_says_which_are_missing(tmp_path: Path) -> None:
    done = command("housekeeping", settings={}, cwd=tmp_path)
    assert done.returncode == 1
    assert "SECRET_KEY" in done.stderr
