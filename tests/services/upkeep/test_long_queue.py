"""A long queue is sent as quickly as plex.tv accepts it, and friends are served in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from demo_plex import DemoPlex
from helpr_core.domain.requests import Status
from helpr_core.services.upkeep.pace import LEARNED_FOR, LONGEST_GAP_SECONDS, Pace
from helpr_core.services.upkeep.runs import Runs
from tests.services.conftest import NewWorker
from tests.services.upkeep.long_queue import (
    LONGEST_RUN_SECONDS,
    TIMER_SECONDS,
    Figures,
    LimitedPlex,
    Time,
    fill,
    housekeeping_in,
    limited,
    work_off,
)
from tests.services.worker import NOON, Worker

ROWS = 120
PER_MINUTE = 30


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def slow(new_worker: NewWorker, database_url: str, time: Time) -> Worker:
    """A worker whose time advances by what it waits for, on SQLite, then on PostgreSQL."""
    return new_worker(database_url, clock=time).warm_up()


def worked_off(
    worker: Worker, plex: DemoPlex, time: Time, limit: int | None, *, follows: bool = True
) -> Figures:
    plex_tv = LimitedPlex(time, limit)
    with limited(plex, plex_tv):
        return work_off(worker, time, plex_tv, follows=follows, friend_every=2)


def test_without_a_limit_the_runs_time_is_used_fully(
    slow: Worker, plex: DemoPlex, time: Time
) -> None:
    fill(slow, 400, NOON)

    figures = worked_off(slow, plex, time, None)

    assert figures.left == {"success": 400 + len(figures.friends)}
    assert figures.hours < 400 * 0.4 / 3600
    assert figures.longest_run_seconds < LONGEST_RUN_SECONDS


def test_nearly_all_of_a_limit_is_used_and_friends_still_find_room(
    slow: Worker, plex: DemoPlex, time: Time
) -> None:
    fill(slow, ROWS, NOON)

    figures = worked_off(slow, plex, time, PER_MINUTE)

    assert figures.left == {"success": ROWS + len(figures.friends)}
    assert figures.friends
    assert set(figures.friends) == {Status.SUCCESS}
    assert figures.refused <= 1
    # The one that met the limit has its own time, and the timer sends it later.
    assert figures.hours * 60 < 1.5 * ROWS / PER_MINUTE + TIMER_SECONDS / 60


def test_a_day_that_ends_for_all_at_once_is_ended_for_nobody_by_a_limit(
    slow: Worker, plex: DemoPlex, time: Time
) -> None:
    fill(slow, ROWS, NOON - timedelta(hours=24))

    figures = worked_off(slow, plex, time, PER_MINUTE)

    assert figures.left == {"success": ROWS + len(figures.friends)}


def test_the_azure_timer_needs_more_runs_but_no_longer_ones(
    slow: Worker, plex: DemoPlex, time: Time
) -> None:
    fill(slow, ROWS, NOON)

    figures = worked_off(slow, plex, time, PER_MINUTE, follows=False)

    assert figures.left == {"success": ROWS + len(figures.friends)}
    assert figures.longest_run_seconds < LONGEST_RUN_SECONDS


def test_the_next_run_follows_while_something_is_due(slow: Worker, time: Time) -> None:
    housekeeping = housekeeping_in(slow, time)
    fill(slow, 1, NOON)
    slow.plex.fail("status", status=429, method="POST", headers={"Retry-After": "45"})

    first = housekeeping()
    assert first is not None
    assert first.next_at == time.now + timedelta(seconds=45)
    assert Runs(slow.state, time).begin() is None
    time.wait(45)
    second = housekeeping()
    assert second is not None
    assert (second.counts.get("sent", 0), second.next_at) == (0, None)
    assert housekeeping() is None


def test_after_a_refused_token_no_run_follows(slow: Worker, time: Time) -> None:
    housekeeping = housekeeping_in(slow, time)
    fill(slow, 3, NOON)
    slow.plex.fail("invalid_token", method="POST", times=0)

    report = housekeeping()

    assert report is not None
    assert report.next_at is None


def test_a_pace_is_learned_kept_slowed_down_and_forgotten(slow: Worker, time: Time) -> None:
    pace = Pace(slow.state, time)
    assert pace.gap_seconds(0.1) == 0.1
    pace.learn(30, 60.0)
    assert pace.gap_seconds(0.1) == pytest.approx(60 / 30 / 0.75)

    other = Pace(slow.state, time)
    other.learn(30, 30.0)  # although the pace was kept
    assert other.gap_seconds(0.1) == pytest.approx(4.0)
    for _ in range(9):
        other.learn(1, 900.0)
    assert other.gap_seconds(0.1) == LONGEST_GAP_SECONDS

    time.wait(LEARNED_FOR.total_seconds() + 1)
    assert Pace(slow.state, time).gap_seconds(0.1) == 0.1


def test_few_answers_say_nothing_about_a_limit(slow: Worker, time: Time) -> None:
    pace = Pace(slow.state, time)
    pace.learn(1, 900.0)
    assert pace.gap_seconds(0.1) == 1.0
