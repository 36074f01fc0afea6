"""Two hundred people at once with one link, on four worker processes: exactly as many get in as
the link allows, even while workers are killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from demo_plex import DemoPlex
from helpr_core.container import Container
from helpr_core.domain.audit import COMMAND_LINE, Actor, Door
from tests.races.clients import Reply, Request, send_together
from tests.races.conftest import THREADS, WORKERS, RunRace, Stores, statuses, written
from tests.races.workers import Worker, gunicorn_workers

RACERS = 200
PLACES = 17
KILLS = 3
OWNER = Actor(Door.KEY, "a race")
"""For whom Plex is asked, whatever its state was a moment ago."""
_ROUNDS = 40
_LATER = timedelta(days=1)


@dataclass(frozen=True)
class Handed:
    """A link that was handed out, read from the database directly."""

    parts: Container
    stores: Stores
    link_id: UUID
    code: str

    def uses(self) -> int:
        """The number of uses counted on the link."""
        found = self.parts.links().table().get(self.link_id)
        assert found is not None
        return found.uses

    def holding(self) -> int:
        """How many requests hold one."""
        return self._rows("holds_use")

    def sent(self) -> int:
        return self._rows("status = 'success'")

    def open(self) -> int:
        return self._rows("status IN ('pending', 'queued', 'awaiting_approval')")

    def _rows(self, condition: str) -> int:
        engine = sa.create_engine(self.stores.database_url, poolclass=sa.NullPool)
        table = sa.table("invite_requests", sa.column("link_id", sa.Uuid))
        query = sa.select(sa.func.count()).select_from(table)
        query = query.where(table.c.link_id == self.link_id, sa.text(condition))
        with engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def racers(self, workers: list[Worker], wave: str, name: str = "racer") -> list[Request]:
        """That many people, each with their own browser and address."""
        return [
            Request(
                workers[number % len(workers)].port,
                "POST",
                "/api/invites",
                f"203.0.{len(wave)}.{number}",
                {"email_or_username": f"{name}-{wave}-{number}", "invite_code": self.code},
            )
            for number in range(RACERS)
        ]

    def settle(self) -> None:
        """Process what waits, and what dead workers left behind, without waiting for its time."""
        queue, attempt = self.parts.stores.invite_queue(), self.parts.requests.attempt()
        for _ in range(_ROUNDS):
            now = datetime.now(UTC)
            for _ in range(self.open()):
                due = queue.claim_due(now + _LATER)
                if due is not None:
                    attempt(due, OWNER)
                dead = queue.claim_stale(now, datetime.now(UTC))
                if dead is not None:
                    attempt.of_stale_claim(dead, OWNER)
            if not self.open():
                return
            time.sleep(0.5)


@pytest.fixture
def handed(stores: Stores, settings: dict[str, str]) -> Iterator[Handed]:
    parts = Container(settings)
    made = parts.links().book().make({"uses_limit": PLACES}, COMMAND_LINE)
    yield Handed(parts, stores, made.link.link_id, made.link.code)
    parts.stores.database().dispose()


def test_of_two_hundred_racers_exactly_as_many_as_the_limit_get_in(
    race: RunRace, workers: list[Worker], handed: Handed, plex: DemoPlex
) -> None:
    promised = f"{PLACES} in, {RACERS - PLACES} told that it is used up"
    with race(f"a link with {PLACES} uses, {RACERS} people, 4 workers", promised) as one:
        with one.timed():
            replies = send_together(handed.racers(workers, "a"))
        counts = statuses(replies)
        let_in = counts.get(201, 0) + counts.get(202, 0)
        kept = let_in == PLACES and counts.get(410, 0) == RACERS - PLACES
        one.tell(written(counts), kept=kept)
        uses, holding = handed.uses(), handed.holding()
        one.tell(f"{uses} uses, {holding} requests", kept=uses == holding == PLACES)
        handed.settle()
        posts = len({call.invited for call in plex.calls if call.method == "POST"})
        one.tell(f"{posts} invited", kept=posts == PLACES)


def test_one_person_who_races_takes_one_use(
    race: RunRace, workers: list[Worker], handed: Handed
) -> None:
    body = {"email_or_username": "one-racer", "invite_code": handed.code}
    requests = [
        Request(workers[n % WORKERS].port, "POST", "/api/invites", f"203.0.200.{n}", body)
        for n in range(RACERS)
    ]
    with race(f"a link, {RACERS} submissions of one person", "1 use, 1 request") as one:
        with one.timed():
            counts = statuses(send_together(requests))
        one.tell(written(counts), kept=counts.get(201, 0) + counts.get(202, 0) == RACERS)
        uses, holding = handed.uses(), handed.holding()
        one.tell(f"{uses} use, {holding} request", kept=uses == holding == 1)


def test_while_plex_refuses_every_use_is_given_back_once(
    race: RunRace, workers: list[Worker], handed: Handed
) -> None:
    with race(f"a link with {PLACES} uses, Plex refuses all", "0 uses, 0 held") as one:
        with one.timed():
            # The demo knows nobody whose name begins like that.
            replies = send_together(handed.racers(workers, "bb", "nobody"))
        handed.settle()
        counts = statuses(replies)
        one.tell(written(counts), kept=counts.get(422, 0) + counts.get(202, 0) >= PLACES)
        uses, holding = handed.uses(), handed.holding()
        one.tell(f"{uses} uses, {holding} held", kept=uses == holding == 0)


def test_while_workers_are_killed_no_use_is_lost_or_taken_twice(
    race: RunRace,
    settings: dict[str, str],
    handed: Handed,
    plex: DemoPlex,
    tmp_path: Path,
) -> None:
    promised = f"never more than {PLACES}, and in the end exactly {PLACES}"
    name = f"a link with {PLACES} uses, {KILLS} workers killed"
    with (
        gunicorn_workers(WORKERS, THREADS, settings, tmp_path) as mortal,
        race(name, promised) as one,
    ):
        with one.timed():
            replies = _killed_meanwhile(handed, mortal)
        broken = statuses(replies).get(0, 0)
        one.tell(f"{broken} connections broke", kept=broken > 0)
        most = max(handed.uses(), handed.holding())
        one.tell(f"{most} after the deaths", kept=handed.uses() == handed.holding() <= PLACES)
        time.sleep(1)  # gunicorn replaces them
        send_together(handed.racers(mortal, "dddd"))
        handed.settle()
        uses, holding, sent = handed.uses(), handed.holding(), handed.sent()
        one.tell(f"{uses} uses, {holding} held, {sent} sent", kept=uses == holding == PLACES)
        posts = len({call.invited for call in plex.calls if call.method == "POST"})
        one.tell(f"{posts} invited", kept=posts == sent == PLACES)


def _killed_meanwhile(handed: Handed, mortal: list[Worker]) -> list[Reply]:
    """All race; as soon as somebody is in, three of the four workers are killed."""
    victims = [worker.pid for worker in mortal[:KILLS]]

    def kill() -> None:
        deadline = time.monotonic() + 30
        while handed.holding() == 0 and time.monotonic() < deadline:
            time.sleep(0.002)
        for victim in victims:
            os.kill(victim, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    replies = send_together(handed.racers(mortal, "ccc"))
    killer.join()
    return replies
