"""A clock that was ahead and is corrected delays nothing by as long as it was ahead."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from helpr_core.clock import CLOCKS_DIFFER, is_ahead, is_recent
from helpr_core.domain.requests import STALE_AFTER, Status, try_again_at
from helpr_core.services.upkeep.database_due import DatabaseDue
from helpr_core.services.upkeep.pace import Pace
from helpr_core.services.upkeep.runs import Report, Runs
from tests.services.conftest import NewWorker
from tests.services.upkeep.test_housekeeping import left_behind, queued, row_of
from tests.services.worker import NOON, Worker

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ahead_by = pytest.mark.parametrize("ahead", [10 * MINUTE, HOUR, timedelta(days=400)], ids=str)


def test_a_future_moment_is_not_recent_unless_clocks_merely_differ() -> None:
    assert is_recent(NOON, MINUTE, NOON)
    assert is_recent(NOON + CLOCKS_DIFFER, MINUTE, NOON)
    assert not is_recent(NOON + CLOCKS_DIFFER + SECOND, MINUTE, NOON)
    assert not is_recent(NOON - MINUTE, MINUTE, NOON)
    assert not is_ahead(NOON + CLOCKS_DIFFER, NOON)
    assert is_ahead(NOON + CLOCKS_DIFFER + SECOND, NOON)


@ahead_by
def test_a_queued_request_is_due(worker: Worker, ahead: timedelta) -> None:
    worker.clock.now += ahead
    row = queued(worker, "alice")
    worker.clock.now = NOON

    counts, failures = worker.housekeeping()

    assert (counts, failures) == ({"sent": 1}, {})
    assert row_of(worker, row).status is Status.SUCCESS


def test_a_request_due_in_the_future_keeps_waiting(worker: Worker) -> None:
    queued(worker, "alice")
    worker.clock.now -= CLOCKS_DIFFER  # two workers' clocks may differ by this much

    assert worker.housekeeping() == ({}, {})


@ahead_by
def test_an_interrupted_request_is_found_as_soon_as_ever(worker: Worker, ahead: timedelta) -> None:
    row = left_behind(worker, "alice", NOON + ahead)

    assert worker.housekeeping() == ({}, {})  # perhaps a worker is still on it
    worker.clock.now += STALE_AFTER + SECOND

    assert worker.housekeeping() == ({"sent": 1}, {})
    assert row_of(worker, row).status is Status.SUCCESS


@ahead_by
def test_a_lease_can_be_taken(worker: Worker, ahead: timedelta) -> None:
    runs = Runs(worker.state, worker.clock)
    worker.clock.now += ahead
    assert runs.begin() is not None  # and its worker dies
    worker.clock.now = NOON

    taken = runs.begin()

    assert taken is not None
    assert Runs(worker.state, worker.clock).begin() is None
    runs.finish(Report(NOON, NOON), taken)


def test_a_lease_of_a_worker_whose_clock_differs_is_kept(worker: Worker) -> None:
    runs = Runs(worker.state, worker.clock)
    worker.clock.now += CLOCKS_DIFFER
    assert runs.begin() is not None
    worker.clock.now = NOON

    assert runs.begin() is None


@ahead_by
def test_a_missed_run_is_still_noticed(worker: Worker, ahead: timedelta) -> None:
    runs = Runs(worker.state, worker.clock)
    worker.clock.now += ahead
    runs.finish(Report(worker.clock.now, worker.clock.now, next_at=worker.clock.now), None)
    worker.clock.now = NOON

    assert runs.last().at == NOON
    worker.clock.now += 20 * MINUTE
    assert worker.clock.now - runs.last().at == 20 * MINUTE
    assert runs.begin() is not None


@ahead_by
def test_the_database_is_opened(worker: Worker, ahead: timedelta) -> None:
    due = DatabaseDue(worker.state, worker.clock, apart=True)
    worker.clock.now += ahead
    due.settle(due.look(), worker.clock.now + MINUTE)
    worker.clock.now = NOON

    assert due.look().is_due


@ahead_by
def test_a_row_is_announced_again(worker: Worker, ahead: timedelta) -> None:
    due = DatabaseDue(worker.state, worker.clock, apart=True)
    worker.clock.now += ahead
    due.expect()
    worker.clock.now = NOON
    due.settle(due.look(), None)
    worker.clock.now += MINUTE

    due.expect()

    assert due.look().is_due


@ahead_by
def test_a_pace_is_learned_again(worker: Worker, ahead: timedelta) -> None:
    worker.clock.now += ahead
    Pace(worker.state, worker.clock).learn(30, 60.0)
    worker.clock.now = NOON

    assert Pace(worker.state, worker.clock).gap_seconds(0.1) == 0.1


@ahead_by
def test_seats_are_read_again(worker: Worker, ahead: timedelta) -> None:
    worker.clock.now += ahead
    worker.parts.plex.seats().read()
    worker.clock.now = NOON
    worker.plex.share("somebody")

    count = worker.parts.plex.seats().known()

    assert count is not None
    assert count.pending == 1


@ahead_by
def test_the_inbox_is_drained(
    new_worker: NewWorker, database_url: str, tmp_path: Path, ahead: timedelta
) -> None:
    worker = new_worker(database_url, state_url=f"sqlite:///{tmp_path}/state.db").warm_up()
    worker.log.ping()
    worker.hide_tables()
    worker.clock.now += ahead
    worker.send("alice")
    worker.restore_tables()
    worker.clock.now = NOON

    counts, failures = worker.housekeeping()

    assert failures == {}
    assert counts == {"drained": 1, "sent": 1}


@ahead_by
def test_a_day_of_attempts_that_began_in_the_future_is_a_day(ahead: timedelta) -> None:
    at = try_again_at(100, NOON + ahead, NOON, None)

    assert at is not None
    assert at <= NOON + HOUR


@ahead_by
def test_a_clock_that_is_set_forward_only_makes_things_due(
    worker: Worker, ahead: timedelta
) -> None:
    row = queued(worker, "alice")
    worker.parts.upkeep.housekeeping()()
    worker.clock.now += ahead

    assert worker.parts.upkeep.housekeeping()() is not None
    assert row_of(worker, row).status is Status.SUCCESS
