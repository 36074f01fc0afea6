"""Four processes that do the same housekeeping at the same moment."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from demo_plex import DemoPlex
from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.clock import utc_now
from helpr_core.domain.requests import STALE_AFTER, Status
from tests.adapters.sql.builders import row_of, write
from tests.races.conftest import Race, RunRace, Stores
from tests.races.workers import Children, children

WORKER = "tests.races.housekeeping_worker"
PROCESSES = 4
DUE, STALE = 12, 4


def _fill(stores: Stores, due: int, stale: int) -> list[str]:
    """Leave only due rows and rows of dead workers in the record, and return the names."""
    names = {
        Status.QUEUED: [f"due-{number}" for number in range(due)],
        Status.PENDING: [f"stale-{number}" for number in range(stale)],
    }
    now = utc_now()
    changes: dict[Status, dict[str, Any]] = {
        Status.QUEUED: {"next_attempt_at": now, "queued_since": now},
        Status.PENDING: {"updated_at": now - 2 * STALE_AFTER},
    }
    database = connect(stores.database_url)
    with database.begin() as connection:
        connection.execute(sa.delete(invite_requests))
    for status, values in changes.items():
        write(database, [row_of(name, now, status) for name in names[status]])
        with database.begin() as connection:
            chosen = sa.update(invite_requests).where(invite_requests.c.status == status)
            connection.execute(chosen.values(**values))
    database.dispose()
    return names[Status.QUEUED] + names[Status.PENDING]


@pytest.fixture(scope="module")
def keepers(stores: Stores, settings: dict[str, str]) -> Iterator[Children]:
    """Four warm processes."""
    with children(WORKER, [], PROCESSES, settings) as started:
        yield started


def _run(one: Race, keepers: Children, how: str) -> list[dict[str, Any] | None]:
    """The four reports; None for those that left it to another."""
    with one.timed():
        keepers.do(how)
        return [json.loads(line) for line in keepers.lines()]


def test_with_the_lease_one_of_four_works(
    race: RunRace, stores: Stores, keepers: Children, plex: DemoPlex
) -> None:
    names = _fill(stores, due=2, stale=1)
    with race(f"housekeeping, {PROCESSES} at once as the timer does", "one works") as one:
        reports = _run(one, keepers, "leased")
        worked = [report for report in reports if report is not None]
        one.tell(f"{len(worked)} worked", kept=len(worked) == 1)
        posts = plex.count("POST", "shared_servers")
        one.tell(f"{posts} POSTs", kept=posts == len(names))


def test_each_row_is_taken_by_one_of_four(
    race: RunRace, stores: Stores, keepers: Children, plex: DemoPlex
) -> None:
    names = _fill(stores, DUE, STALE)
    promised = f"{len(names)} POSTs, each name once"
    with race(f"housekeeping, {PROCESSES} at once without a lease", promised) as one:
        reports = [report or {} for report in _run(one, keepers, "unleased")]
        invited = Counter(call.invited for call in plex.calls if call.method == "POST")
        one.tell(f"{invited.total()} POSTs", kept=invited == Counter(names))
        sent = stores.rows("status = 'success'")
        one.tell(f"{sent} sent", kept=sent == len(names))
        shares = sorted(report.get("sent", 0) for report in reports)
        one.tell(f"shared as {shares}", kept=sum(shares) == len(names))
        failures = sum(bool(report["failures"]) for report in reports)
        one.tell(f"{failures} failed", kept=not failures)
