"""Two runs at once, and runs that are killed: each row is tried once and none is lost."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from helpr_core.demo import DemoPlex
from helpr_core.domain.invite import Status
from helpr_core.services.housekeeping_runs import Report
from helpr_core.services.ports import INBOX
from tests.processes import PROJECT, environment
from tests.services.conftest import NewWorker
from tests.services.test_housekeeping import left_behind, posts, queued, row_of
from tests.services.worker import NOON, Worker

KILLED = -9


def killed(worker: Worker, url: str, at: str, act: str, state_url: str = "") -> None:
    """A worker of its own process acts, and is killed with SIGKILL at that point."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.services.dying_worker", at, act, url, state_url],
        env=environment(
            {
                "PLEX_TOKEN": worker.plex.token,
                "PLEX_API_URL": worker.plex.url,
                "PLEX_SERVER_NAME": worker.plex.server_name,
                "TEST_NOW": worker.clock().isoformat(),
            }
        ),
        cwd=PROJECT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == KILLED, done.stderr.decode()


@pytest.mark.parametrize("kinds", ["queued", "interrupted"])
def test_four_runs_at_once_try_each_row_once(
    plex: DemoPlex, new_worker: NewWorker, database_url: str, kinds: str
) -> None:
    worker = new_worker(database_url).warm_up()
    names = [f"friend{number}" for number in range(8)]
    for name in names:
        queued(worker, name) if kinds == "queued" else left_behind(worker, name)
        worker.parts.breaker()._failures = 0
        worker.clock.forward(minutes=2)
    worker.clock.forward(seconds=1)
    plex.clear_calls()
    plex.stage.latency_seconds = 0.05
    workers = [new_worker(database_url, clock=worker.clock).warm_up() for _ in range(4)]
    together = Barrier(4)

    def run(one: Worker) -> dict[str, int]:
        together.wait()
        return one.housekeeping()[0]

    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(run, workers))
    assert sum(count.get("sent", 0) for count in counts) == 8
    assert Counter(posts(worker)) == Counter(names)
    assert {status for _, status in worker.rows()} == {"success"}


def test_of_two_timers_one_does_the_work(
    plex: DemoPlex, new_worker: NewWorker, database_url: str
) -> None:
    workers = [new_worker(database_url).warm_up() for _ in range(2)]
    queued(workers[0], "alice")
    for one in workers:
        one.clock.now = NOON + timedelta(minutes=5)
    plex.stage.latency_seconds = 0.3
    together = Barrier(2)

    def run(one: Worker) -> Report | None:
        together.wait()
        return one.parts.housekeeping()()

    with ThreadPoolExecutor(2) as threads:
        reports = list(threads.map(run, workers))
    assert sorted(report is None for report in reports) == [False, True]


def test_who_comes_right_after_a_run_leaves_it_at_that(worker: Worker) -> None:
    assert worker.parts.housekeeping()() is not None
    worker.clock.forward(minutes=1, seconds=59)
    assert worker.parts.housekeeping()() is None
    worker.clock.forward(seconds=1)
    assert worker.parts.housekeeping()() is not None


@pytest.mark.parametrize(
    ("at", "sent_already"),
    [
        ("before SqlInviteLog.open", None),
        ("after SqlInviteLog.open", 0),
        ("before PlexMediaServer.send_invite", 0),
        ("after PlexMediaServer.send_invite", 1),
        ("before SqlInviteLog.record", 1),
        ("after SqlInviteLog.record", 1),
    ],
)
def test_a_worker_killed_with_a_request_sends_no_second_invite_and_loses_none(
    worker: Worker, database_url: str, at: str, sent_already: int | None
) -> None:
    killed(worker, database_url, at, "send")
    assert len(worker.plex.shares) == (sent_already or 0)
    worker.clock.forward(minutes=2, seconds=1)
    worker.housekeeping()
    # What was never recorded was never answered: the friend asks again.
    assert worker.rows() == ([] if sent_already is None else [("alice", "success")])
    assert posts(worker) == ([] if sent_already is None else ["alice"])


@pytest.mark.parametrize(
    "at",
    [
        "after SqlInviteQueue.claim_due",
        "before PlexMediaServer.send_invite",
        "after PlexMediaServer.send_invite",
        "after SqlInviteLog.record",
        "before Runs.finish",
    ],
)
def test_a_run_killed_with_a_row_of_the_queue_is_followed_by_another(
    worker: Worker, database_url: str, at: str
) -> None:
    row = queued(worker, "alice")
    worker.clock.forward(minutes=1)
    worker.plex.clear_calls()
    killed(worker, database_url, at, "housekeeping")
    worker.clock.forward(minutes=5)  # the lease of the dead one is over
    report = worker.parts.housekeeping()()
    assert report is not None
    assert report.failures == {}
    assert row_of(worker, row).status is Status.SUCCESS
    assert posts(worker) == ["alice"]


@pytest.mark.parametrize(
    "at",
    [
        "after SqlInviteQueue.claim_stale",
        "after PlexMediaServer.list_shares",
        "after PlexMediaServer.send_invite",
        "before SqlInviteLog.record",
    ],
)
def test_a_run_killed_with_an_interrupted_row_is_followed_by_another(
    worker: Worker, database_url: str, at: str
) -> None:
    left_behind(worker, "alice")
    worker.clock.forward(minutes=2, seconds=1)
    killed(worker, database_url, at, "housekeeping")
    worker.clock.forward(minutes=2, seconds=1)
    worker.housekeeping()
    assert worker.rows() == [("alice", "success")]
    assert posts(worker) == ["alice"]


@pytest.mark.parametrize(
    "at",
    [
        "before SqlInviteLog.open",
        "after SqlInviteLog.open",
        "after SqlStateStore.delete",
        "before PlexMediaServer.send_invite",
    ],
)
def test_a_run_killed_while_it_drains_the_inbox_loses_and_doubles_nothing(
    new_worker: NewWorker, database_url: str, tmp_path: Path, at: str
) -> None:
    state_url = f"sqlite:///{tmp_path}/state.db"
    worker = new_worker(database_url, state_url=state_url).warm_up()
    worker.log.ping()
    worker.break_off()
    asked = [worker.send(who).request_id for who in ("alice", "bob")]
    worker.mend()
    killed(worker, database_url, at, "housekeeping", state_url)
    for _ in range(2):
        worker.clock.forward(minutes=5)
        worker.housekeeping()
    assert sorted(worker.rows()) == [("alice", "success"), ("bob", "success")]
    assert sorted(str(name) for name in posts(worker)) == ["alice", "bob"]
    lookup = worker.parts.request_lookup()
    assert [row and row.request_id for row in map(lookup, asked)] == asked
    assert worker.state.list(INBOX, "person.") == []


@pytest.mark.parametrize("at", ["after SqlStateStore.insert", "after SqlStateStore.put"])
def test_a_worker_killed_with_a_request_for_the_inbox_loses_none_that_it_kept(
    new_worker: NewWorker, database_url: str, tmp_path: Path, at: str
) -> None:
    state_url = f"sqlite:///{tmp_path}/state.db"
    worker = new_worker(database_url, state_url=state_url).warm_up()
    worker.log.ping()
    worker.break_off()
    killed(worker, database_url, at, "send", state_url)
    again = worker.send("alice")  # the friend got no answer
    found = worker.parts.request_lookup()(again.request_id)
    assert found is not None
    assert found.status is Status.QUEUED
    worker.mend()
    worker.housekeeping()
    assert worker.rows() == [("alice", "success")]
    assert posts(worker) == ["alice"]
    assert row_of(worker, again).status is Status.SUCCESS
