"""Four worker processes and people whose access is about to end: each is removed once."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from demo_plex import DemoPlex
from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.models import events
from helpr_core.adapters.sql.people_models import operations, people, people_readings, shares
from helpr_core.clock import utc_now
from helpr_core.container import Container
from tests.races.clients import Request, send_together
from tests.races.conftest import Race, RunRace, Stores, statuses, written
from tests.races.workers import Children, Worker, children

WORKER = "tests.races.housekeeping_worker"
PROCESSES, PEOPLE, CLICKS = 4, 100, 8
MOST_RUNS = 20
PATIENCE_SECONDS = 90


@pytest.fixture(scope="module")
def keepers(stores: Stores, settings: dict[str, str]) -> Iterator[Children]:
    """Four warm processes."""
    with children(WORKER, [], PROCESSES, settings) as started:
        yield started


def _settle(stores: Stores, settings: dict[str, str], plex: DemoPlex, number: int) -> list[UUID]:
    """That many people have access at plex.tv and are known, and nothing else is: their ids."""
    database = connect(stores.database_url)
    with database.begin() as connection:
        for table in (operations, events, shares, people, people_readings):
            connection.execute(sa.delete(table))
    plex.change(people=number)
    parts = Container(settings)
    assert parts.people().reading().refresh().is_plausible
    parts.stores.database().dispose()
    with database.single() as connection:
        ids = list(connection.execute(sa.select(people.c.person_id)).scalars())
    database.dispose()
    plex.clear_calls()
    assert len(ids) == number
    return ids


def _end_all(stores: Stores) -> None:
    """Everybody's access ended a second ago, and nobody has noticed yet."""
    database = connect(stores.database_url)
    with database.begin() as connection:
        past = utc_now() - timedelta(seconds=1)
        connection.execute(sa.update(shares).values(access_until=past))
    database.dispose()


def _counted(stores: Stores, column: sa.Column[str]) -> Counter[str]:
    database = connect(stores.database_url)
    with database.single() as connection:
        found = Counter(connection.execute(sa.select(column)).scalars())
    database.dispose()
    return found


def _housekeep_until_done(stores: Stores, keepers: Children) -> None:
    """A click gets five seconds, and what is not done by then is tried again a little later."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while set(_counted(stores, operations.c.state)) != {"done"} and time.monotonic() < give_up_at:
        keepers.do("unleased")
        keepers.lines()
        time.sleep(0.5)


def _tell_removals(one: Race, stores: Stores, plex: DemoPlex, number: int) -> None:
    """Each row was removed once, and each person reported once."""
    paths = Counter(call.path for call in plex.calls if call.method == "DELETE")
    once = len(paths) == paths.total() == number
    one.tell(f"{paths.total()} DELETEs of {len(paths)} shares", kept=once)
    states = _counted(stores, operations.c.state)
    codes = [code for code in _counted(stores, operations.c.error_code) if code]
    one.tell(" ".join([f"operations {dict(states)}", *codes]), kept=states == {"done": number})
    told = _counted(stores, events.c.kind)
    removed = told["ended"] + told["removed"]
    one.tell(f"{removed} told of", kept=removed == number)


def test_many_simultaneous_ends_are_carried_out_once_each(
    race: RunRace,
    stores: Stores,
    settings: dict[str, str],
    keepers: Children,
    plex: DemoPlex,
) -> None:
    _settle(stores, settings, plex, PEOPLE)
    _end_all(stores)
    promised = f"{PEOPLE} removed, each once"
    with race(f"{PEOPLE} ends due, {PROCESSES} workers without a lease", promised) as one:
        failed = runs = 0
        with one.timed():
            while plex.shares and runs < MOST_RUNS:
                keepers.do("unleased")
                reports = [json.loads(line) for line in keepers.lines()]
                failed += sum(bool(report["failures"]) for report in reports)
                runs += 1
        one.tell(f"{runs} runs each", kept=not plex.shares)
        one.tell(f"{failed} failed", kept=not failed)
        _tell_removals(one, stores, plex, PEOPLE)


def test_of_simultaneous_clicks_on_one_person_one_removes(
    race: RunRace,
    stores: Stores,
    settings: dict[str, str],
    workers: list[Worker],
    keepers: Children,
    plex: DemoPlex,
) -> None:
    whose = _settle(stores, settings, plex, 3)[0]
    key = Container(settings).installation.function_keys()[0]
    clicks = [
        Request(
            workers[number % len(workers)].port,
            "DELETE",
            f"/api/manage/people/{whose}",
            f"203.0.113.{number}",
            key=key,
        )
        for number in range(CLICKS)
    ]
    promised = "one operation, one DELETE, and every click hears of it"
    with race(f"{CLICKS} clicks on “Remove” over {len(workers)} workers", promised) as one:
        with one.timed():
            replies = send_together(clicks)
        counts = statuses(replies)
        # A late click is told that there is nothing left to remove.
        one.tell(written(counts), kept=set(counts) <= {200, 202, 409})
        ids = {reply.document.get("operation_id") for reply in replies if reply.status != 409}
        one.tell(f"{len(ids)} operation", kept=len(ids) == 1)
        _housekeep_until_done(stores, keepers)
        _tell_removals(one, stores, plex, 1)
        one.tell(f"{len(plex.shares)} others have access", kept=len(plex.shares) == 2)
