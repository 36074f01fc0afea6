"""The timer opens the database only when something is due, so a free plan lasts the month."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from helpr_core.domain.audit import FRIEND
from helpr_core.domain.identity import parse_identity
from helpr_core.domain.requests import Source, Status
from helpr_core.errors import StateUnavailable
from helpr_core.services.upkeep.database_due import AT_LEAST_EVERY, AnnouncingLog
from tests.processes import PROJECT
from tests.services.conftest import NewWorker
from tests.services.worker import Worker

TICK = timedelta(minutes=5)
DAY = timedelta(days=1)
# Neon, which the documents recommend: it sleeps after five minutes without a query, and its
# smallest computer is a quarter of a processor.
ASLEEP_AFTER = timedelta(minutes=5)
PROCESSORS = 0.25
FREE_COMPUTE_HOURS = 100


class Uses:
    """The moments at which a worker queried its database."""

    def __init__(self, worker: Worker) -> None:
        self.at: list[datetime] = []
        sa.event.listen(
            worker.database._engine, "before_cursor_execute",
            lambda *_: self.at.append(worker.clock()),
        )  # fmt: skip

    def compute_hours(self) -> float:
        """What a Neon plan charges for them."""
        awake, until = timedelta(0), datetime.min.replace(tzinfo=self.at[0].tzinfo)
        for moment in sorted(self.at):
            end = moment + ASLEEP_AFTER
            awake += end - max(moment, until)
            until = end
        return awake / timedelta(hours=1) * PROCESSORS


@pytest.fixture
def separate(new_worker: NewWorker) -> Worker:
    """A worker whose state store is not in the database that is watched."""
    return new_worker(announces=True).warm_up()


def ticks(worker: Worker, span: timedelta) -> None:
    """Run the timer every five minutes for that long."""
    end = worker.clock() + span
    while worker.clock() < end:
        worker.clock.now += TICK
        report = worker.parts.upkeep.housekeeping()()
        assert report is not None
        assert report.failures == {}


def settled(worker: Worker) -> Uses:
    """The uses from here on, after half a day."""
    ticks(worker, timedelta(hours=12))
    return Uses(worker)


@pytest.mark.thorough
def test_an_idle_month_stays_far_below_the_free_plan(separate: Worker) -> None:
    uses = settled(separate)
    ticks(separate, 30 * DAY)
    looks = sorted(set(uses.at))
    assert len(looks) == 30 * DAY / AT_LEAST_EVERY
    assert {later - sooner for sooner, later in pairwise(looks)} == {AT_LEAST_EVERY}
    hours = uses.compute_hours()
    assert hours == pytest.approx(2.5)
    page = (PROJECT / "docs/deploy.md").read_text("utf-8")
    said = re.search(r"a month without requests\s+used ([\d.]+) of the 100 compute-hours", page)
    assert said is not None
    assert float(said[1]) == pytest.approx(hours)


def test_a_request_a_day_stays_below_it_too(separate: Worker) -> None:
    uses = settled(separate)
    for number in range(3):
        separate.send(f"friend{number}")
        ticks(separate, DAY)
    assert 10 * uses.compute_hours() < FREE_COMPUTE_HOURS / 10
    assert {status for _, status in separate.rows()} == {"success"}


def test_without_a_separate_state_store_every_run_opens_the_database(worker: Worker) -> None:
    assert not isinstance(worker.parts.stores.invite_log(), AnnouncingLog)
    uses = Uses(worker)
    ticks(worker, timedelta(hours=1))
    assert len(set(uses.at)) == 12


def test_a_row_whose_worker_died_is_found_within_two_runs(separate: Worker) -> None:
    settled(separate)
    new = separate.parts.requests.submit()._new_request(
        parse_identity("alice"), Source.FORM, "c" * 64, "", approval_required=False
    )
    separate.log.open(new, FRIEND)  # and nothing more from that worker
    ticks(separate, 2 * TICK)
    assert separate.rows() == [("alice", "success")]


def test_a_second_row_that_was_not_announced_is_found_too(separate: Worker) -> None:
    """The worker announced the first; a run came in between and hid that the second was missing."""
    settled(separate)
    separate.clock.forward(minutes=4, seconds=58)
    separate.send("alice")
    separate.clock.forward(seconds=2)
    separate.parts.upkeep.housekeeping()()
    new = separate.parts.requests.submit()._new_request(
        parse_identity("bob"), Source.FORM, "c" * 64, "", approval_required=False
    )
    separate.log.open(new, FRIEND)
    ticks(separate, 3 * TICK)
    assert separate.rows() == [("alice", "success"), ("bob", "success")]


def test_a_queued_request_is_tried_on_the_first_run_after_it_is_due(separate: Worker) -> None:
    settled(separate)
    separate.plex.fail("status", status=503, method="POST", times=2)
    row = separate.send("alice")
    assert row.status is Status.QUEUED
    ticks(separate, TICK)  # after a minute, and once more without success
    assert separate.rows() == [("alice", "queued")]
    ticks(separate, 2 * TICK)
    assert separate.rows() == [("alice", "success")]


def test_a_request_that_waits_an_hour_lets_the_database_sleep(separate: Worker) -> None:
    settled(separate)
    separate.plex.fail("status", status=429, headers={"Retry-After": "7200"}, method="POST")
    separate.send("alice")
    ticks(separate, timedelta(minutes=30))
    uses = Uses(separate)
    ticks(separate, timedelta(minutes=80))
    assert uses.at == []
    ticks(separate, timedelta(minutes=15))
    assert separate.rows() == [("alice", "success")]


def test_a_failed_run_is_due_again(separate: Worker) -> None:
    settled(separate)
    separate.clock.now += AT_LEAST_EVERY
    separate.hide_tables()
    report = separate.parts.upkeep.housekeeping()()
    assert report is not None
    assert "queue" in report.failures
    separate.restore_tables()
    uses = Uses(separate)
    ticks(separate, TICK)
    assert uses.at != []


def test_draining_the_inbox_also_does_what_else_is_due(separate: Worker) -> None:
    settled(separate)
    separate.hide_tables()
    row = separate.send("alice")
    assert row.status in (Status.PENDING, Status.QUEUED)
    separate.restore_tables()
    ticks(separate, 2 * TICK)
    assert separate.rows() == [("alice", "success")]


def test_while_the_state_store_is_down_every_run_opens_the_database(
    separate: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(separate)

    def down(*_args: object, **_options: object) -> None:
        raise StateUnavailable("not there")

    for name in ("get", "put", "insert", "replace"):
        monkeypatch.setattr(separate.state, name, down)
    uses = Uses(separate)
    separate.clock.now += TICK
    separate.parts.upkeep.housekeeping()()
    assert uses.at != []
    separate.send("alice")  # carries on without the announcement
    assert separate.rows() != []


def test_the_command_does_everything(separate: Worker) -> None:
    settled(separate)
    uses = Uses(separate)
    separate.housekeeping()
    assert uses.at != []
