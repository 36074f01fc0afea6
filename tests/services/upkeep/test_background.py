"""The owner sees at a glance whether background work is running."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from helpr_core.domain.checks import Check, Severity
from helpr_core.texts import Message, say
from tests.services.conftest import NewWorker
from tests.services.upkeep.test_housekeeping import left_behind, queued
from tests.services.worker import Worker

NAMES = ("queue", "housekeeping", "breaker", "inbox", "decisions", "ceilings", "backup", "notices")
OK, WARNING, ERROR = Severity


def checks(worker: Worker) -> dict[str, Check]:
    found = {each.name: each for each in worker.parts.upkeep.background().checks()}
    assert tuple(found) == NAMES
    assert all(each.ok is not bool(each.fix) for each in found.values())
    return found


@pytest.fixture
def separate(new_worker: NewWorker, database_url: str, tmp_path: Path) -> Worker:
    """A worker whose state store is separate from its record."""
    return new_worker(database_url, state_url=f"sqlite:///{tmp_path}/state.db").warm_up()


def test_where_nothing_waits_all_is_well(worker: Worker) -> None:
    assert {each.severity for each in checks(worker).values()} == {OK}
    assert worker.plex.calls == []


def test_what_waits_for_plex_is_counted_with_its_age(worker: Worker) -> None:
    queued(worker, "alice")
    worker.clock.forward(minutes=7)
    queued(worker, "bob")
    queue = checks(worker)["queue"]
    assert queue.severity is WARNING
    assert say(queue.detail) == "2 requests are waiting for Plex, the oldest for 7 minutes"


def test_interrupted_requests_are_reported(worker: Worker) -> None:
    left_behind(worker, "alice")
    queued(worker, "bob")
    worker.clock.forward(minutes=3)
    found = say(checks(worker)["queue"].detail)
    assert found == "1 request is waiting for Plex, for 3 minutes so far; 1 was interrupted"


@pytest.mark.parametrize(
    ("minutes", "severity", "detail"),
    [
        (0, OK, "ran less than a minute ago"),
        (15, OK, "ran 15 minutes ago"),
        (16, WARNING, "last ran 16 minutes ago"),
        (60, WARNING, "last ran 60 minutes ago"),
        (61, ERROR, "last ran 61 minutes ago"),
    ],
)
def test_housekeeping_that_stopped_is_noticed(
    worker: Worker, minutes: int, severity: Severity, detail: str
) -> None:
    worker.housekeeping()
    worker.clock.forward(minutes=minutes)
    look = replace(worker.parts.upkeep.background(), on_azure=True).looks["housekeeping"]
    assert (look().severity, say(look().detail)) == (severity, detail)


def test_a_computer_that_was_switched_off_is_no_error(worker: Worker) -> None:
    worker.housekeeping()
    worker.clock.forward(hours=9)
    found = checks(worker)["housekeeping"]
    assert (found.severity, say(found.detail)) == (WARNING, "last ran 9 hours ago")


def test_housekeeping_that_never_runs_is_noticed_too(worker: Worker) -> None:
    assert "has not run yet" in say(checks(worker)["housekeeping"].detail)
    worker.clock.forward(minutes=60)
    found = checks(worker)["housekeeping"]
    assert (found.ok, say(found.detail)) == (
        True,
        "has not run yet; it does every 5 minutes while Helpr runs",
    )
    worker.clock.forward(minutes=1)
    found = checks(worker)["housekeeping"]
    assert (found.severity, say(found.detail)) == (
        WARNING,
        "has never run; it was first due 61 minutes ago",
    )
    worker.housekeeping()
    assert checks(worker)["housekeeping"].ok


def test_a_step_that_failed_is_named(separate: Worker) -> None:
    separate.log.ping()
    separate.hide_tables()
    separate.housekeeping()
    found = checks(separate)["housekeeping"]
    assert found.severity is WARNING
    assert say(found.detail).startswith(
        "ran less than a minute ago, but not everything worked: queue"
    )
    separate.clock.forward(minutes=20)
    separate.housekeeping()
    found = checks(separate)["housekeeping"]
    sentence = say(Message("database.other_tables.found"))
    assert f"queue has been failing for 20 minutes ({sentence})" in say(found.detail)
    assert "helpr_core migrate" in say(found.fix)
    separate.restore_tables()
    separate.housekeeping()
    assert checks(separate)["housekeeping"].ok


def test_a_pause_is_reported_with_its_end(worker: Worker) -> None:
    worker.plex.fail("status", status=429, headers={"Retry-After": "600"}, method="POST")
    worker.send("alice")
    worker.clock.forward(minutes=3)
    found = checks(worker)["breaker"]
    assert found.severity is WARNING
    assert "in trouble for 3 minutes; next try after 2 Jan, 12:10 UTC" in say(found.detail)
    assert "fewer calls" in say(found.fix)


def test_what_waits_for_the_database_is_counted(separate: Worker) -> None:
    separate.log.ping()
    separate.hide_tables()
    separate.send("alice")
    separate.clock.forward(minutes=4)
    found = checks(separate)
    assert (
        say(found["inbox"].detail) == "1 request is waiting for the database, for 4 minutes so far"
    )
    assert (found["inbox"].severity, found["queue"].severity) == (WARNING, WARNING)
    assert say(found["queue"].detail).startswith("unknown")


def test_without_the_state_store_unknown_facts_are_reported_as_unknown(separate: Worker) -> None:
    with separate.state_database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE state_entries")
    found = checks(separate)
    assert found["queue"].ok
    assert found["backup"].ok, "no folder is set, so there is nothing to know"
    assert found["decisions"].severity is WARNING
    assert "their copy cannot be written" in say(found["decisions"].detail)
    for name in {*NAMES[1:-2]} - {"decisions"}:
        assert (found[name].severity, say(found[name].detail)[:7]) == (WARNING, "unknown")


def test_without_the_database_the_owner_learns_that_nothing_can_be_changed(
    separate: Worker,
) -> None:
    assert checks(separate)["decisions"].ok
    separate.hide_tables(["decisions"])
    found = checks(separate)["decisions"]
    assert found.severity is WARNING
    assert "cannot be changed" in say(found.detail)
    separate.restore_tables(["decisions"])
    assert checks(separate)["decisions"].ok


def test_the_overview_shows_them_all(worker: Worker) -> None:
    worker.send("alice")
    overview = worker.parts.upkeep.overview()()
    assert overview.status is OK
    assert {each.name for each in overview.checks} >= set(NAMES)
