"""Works off a long queue against a rate-limited plex.tv: hours in seconds.

`python -m tests.services.upkeep.long_queue` prints how long 5,000 requests take (README,
docs/decisions).
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from tempfile import TemporaryDirectory
from unittest.mock import patch
from uuid import uuid4

import sqlalchemy as sa

from bench.postgres import durable_postgres
from demo_plex import DemoPlex
from demo_plex.faults import FaultRule
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.container.housekeeping import steps
from helpr_core.domain.requests import Status
from helpr_core.services.upkeep.housekeeping import Housekeeping
from tests.services.worker import NOON, SetClock, Worker

LATENCY_SECONDS = 0.15
LONGEST_RUN_SECONDS = 160.0
TIMER_SECONDS = 300


class Time(SetClock):
    """Advances by what is waited for and by what plex.tv takes to answer."""

    def wait(self, seconds: float) -> None:
        """As time.sleep."""
        self.now += timedelta(seconds=seconds)

    def seconds(self) -> float:
        """As time.monotonic."""
        return (self.now - NOON).total_seconds()


@dataclass
class LimitedPlex:
    """Takes `limit` invites in each window and says when it takes the next (Retry-After)."""

    time: Time
    limit: int | None
    window_seconds: int = 60
    taken: int = 0
    _window: int = -1
    refused: int = 0

    def take(self, method: str, path: str) -> FaultRule | None:
        """Used in place of the demo's faults."""
        self.time.wait(LATENCY_SECONDS)
        if method != "POST" or self.limit is None:
            return None
        now = self.time.seconds()
        if int(now // self.window_seconds) != self._window:
            self._window, self.taken = int(now // self.window_seconds), 0
        if self.taken < self.limit:
            self.taken += 1
            return None
        self.refused += 1
        left = (self._window + 1) * self.window_seconds - now
        return FaultRule("status", status=429, headers={"Retry-After": str(int(left) + 1)})


@dataclass
class Figures:
    """The result of a simulation."""

    hours: float = 0.0
    runs: int = 0
    longest_run_seconds: float = 0.0
    refused: int = 0
    friends: list[Status] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)


@contextmanager
def limited(plex: DemoPlex, limit: LimitedPlex) -> Iterator[None]:
    """plex.tv with that limit and without a limit of seats."""
    with (
        patch.object(plex.stage.faults, "take", limit.take),
        patch("demo_plex.world.SEAT_LIMIT", 10**6),
    ):
        yield


def fill(worker: Worker, rows: int, queued_since: datetime) -> None:
    """Put that many requests into the queue, all due."""
    values = [
        {
            "request_id": uuid4(),
            "email_or_username": f"waiting{number}@example.com",
            "identity_key": f"waiting{number}@example.com",
            "timestamp": queued_since,
            "status": Status.QUEUED,
            "source": "form",
            "server_name": "Demo Plex",
            "libraries": [],
            "client_key": "c" * 64,
            "attempts": 1,
            "error_code": "plex_unavailable",
            "next_attempt_at": queued_since,
            "updated_at": queued_since,
            "queued_since": queued_since,
            "note": "",
        }
        for number in range(rows)
    ]
    with worker.database.begin() as connection:
        connection.execute(sa.insert(invite_requests), values)


def housekeeping_in(worker: Worker, time: Time) -> Housekeeping:
    """The worker's housekeeping, running in that time."""
    parts = worker.parts
    return Housekeeping(
        steps(parts),
        parts.upkeep.runs(),
        parts.stores.database_due(),
        time,
        upgrade=parts.stores.upgrade_database,
        next_due=parts.stores.invite_queue().next_due,
        seconds=time.seconds,
        sleep=time.wait,
    )


def work_off(
    worker: Worker, time: Time, limit: LimitedPlex, *, follows: bool, friend_every: int = 10
) -> Figures:
    """Run after run until nothing waits; `follows` is our own timer, else Azure's.

    After some runs a friend asks at once: the answer shows whether there was room.
    """
    figures = Figures()
    housekeeping = housekeeping_in(worker, time)
    while figures.runs < 2_000:
        began = time.seconds()
        report = housekeeping()
        if report is None:  # a time limit has not passed yet, and the last run has just ended
            time.wait(TIMER_SECONDS - time.seconds() % TIMER_SECONDS)
            continue
        assert report.failures == {}, report.failures
        figures.runs += 1
        worker.plex.reset()  # a real account has at most a hundred shares, and a list as short
        took = time.seconds() - began
        figures.longest_run_seconds = max(figures.longest_run_seconds, took)
        if figures.runs > 1 and figures.runs % friend_every == 0:
            figures.friends.append(worker.send(f"new{figures.runs}@example.com").status)
        if not worker.parts.stores.invite_queue().state().queued:
            break
        pause = TIMER_SECONDS - time.seconds() % TIMER_SECONDS
        if follows and report.next_at is not None:
            pause = min(pause, max((report.next_at - time.now).total_seconds(), 0.1))
        time.wait(pause)
    figures.hours, figures.refused = time.seconds() / 3600, limit.refused
    for _, status in worker.rows():
        figures.left[status] = figures.left.get(status, 0) + 1
    return figures


def measure(url: str, rows: int, per_minute: int | None, *, follows: bool) -> Figures:
    """Measure with that many requests on that database."""
    time = Time()
    limit = LimitedPlex(time, per_minute)
    with DemoPlex() as plex:
        worker = Worker(plex, url, clock=time)
        try:
            worker.warm_up()
            fill(worker, rows, NOON)
            with limited(plex, limit):
                return work_off(worker, time, limit, follows=follows)
        finally:
            worker.close()


def main() -> None:
    """Print a line for each database, limit and timer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--limit", type=int, nargs="*", default=[0, 30], help="0: none")
    parser.add_argument("--timer", nargs="*", default=["own", "azure"])
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with TemporaryDirectory() as folder, ExitStack() as servers:
        urls: Iterator[str] = (f"sqlite:///{folder}/{number}.db" for number in count())
        if given.postgres:
            new_database = servers.enter_context(durable_postgres())
            urls = (new_database() for _ in count())
        for limit in given.limit:
            for timer in given.timer:
                follows = timer == "own"
                figures = measure(next(urls), given.rows, limit or None, follows=follows)
                print(limit, timer, figures, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
