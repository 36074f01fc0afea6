"""Waiting rows are claimed once, even at the same moment; settled rows may be deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.invite_queue import SqlInviteQueue
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.history import QueueState
from helpr_core.domain.requests import OPEN, SETTLED, STALE_AFTER, InviteRequest, Outcome, Status
from tests.adapters.sql.builders import NOON, outcome, request, row_of, write
from tests.adapters.sql.conftest import NewDatabase

INSTANCES = 4
WORKERS = 12
DUE = 60
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(database_url: str, new_database: NewDatabase) -> Database:
    return new_database(database_url)


@pytest.fixture
def log(database: Database) -> SqlInviteLog:
    return SqlInviteLog(database)


@pytest.fixture
def queue(database: Database) -> SqlInviteQueue:
    return SqlInviteQueue(database, lambda: NOON)


def queued(log: SqlInviteLog, key: str, due: datetime, at: datetime = NOON) -> InviteRequest:
    row = log.open(request(key, at), FRIEND).row
    recorded = log.record(row, Outcome(Status.QUEUED, at, 5, next_attempt_at=due), FRIEND)
    assert recorded is not None
    return recorded


def sent(log: SqlInviteLog, key: str, at: datetime) -> InviteRequest:
    recorded = log.record(
        log.open(request(key, at), FRIEND).row, outcome(Status.SUCCESS, at), FRIEND
    )
    assert recorded is not None
    return recorded


def test_the_row_that_has_been_due_the_longest_comes_first(
    log: SqlInviteLog, queue: SqlInviteQueue
) -> None:
    later = queued(log, "later", NOON + 2 * MINUTE)
    sooner = queued(log, "sooner", NOON + MINUTE)
    now = NOON + 2 * MINUTE
    for wanted in (sooner, later):
        claimed = queue.claim_due(now)
        assert claimed == replace(
            wanted, status=Status.PENDING, next_attempt_at=None, updated_at=now
        )
        assert claimed.queued_since == NOON
    assert queue.claim_due(now) is None


def test_a_row_is_due_at_its_moment_and_not_before(
    log: SqlInviteLog, queue: SqlInviteQueue
) -> None:
    queued(log, "alice", NOON + MINUTE)
    assert queue.claim_due(NOON + MINUTE - timedelta(microseconds=1)) is None
    assert queue.claim_due(NOON + MINUTE) is not None


def test_only_queued_rows_are_due(database: Database, queue: SqlInviteQueue) -> None:
    write(database, [row_of(status.value, status=status) for status in Status])
    claimed = queue.claim_due(NOON)
    assert claimed is not None
    assert claimed.identity_key == "queued"
    assert queue.claim_due(NOON) is None


def test_an_abandoned_pending_row_is_claimed_by_one_worker_at_a_time(
    log: SqlInviteLog, queue: SqlInviteQueue
) -> None:
    younger = log.open(request("younger", NOON + MINUTE), FRIEND).row
    older = log.open(request("older", NOON), FRIEND).row
    now = NOON + 5 * MINUTE
    before = now - 2 * MINUTE
    assert queue.claim_stale(NOON, now) is None
    assert queue.claim_stale(before, now) == replace(older, updated_at=now)
    assert queue.claim_stale(before, now) == replace(younger, updated_at=now)
    assert queue.claim_stale(before, now) is None
    assert queue.claim_stale(now + MINUTE, now + 2 * MINUTE) is not None


def test_only_pending_rows_are_stale(database: Database, queue: SqlInviteQueue) -> None:
    write(database, [row_of(s.value, status=s) for s in Status if s is not Status.PENDING])
    assert queue.claim_stale(NOON + timedelta(days=1), NOON) is None


Claim = Callable[[SqlInviteQueue], InviteRequest | None]


@pytest.mark.parametrize(
    ("status", "claim"),
    [
        (Status.QUEUED, lambda queue: queue.claim_due(NOON)),
        (Status.PENDING, lambda queue: queue.claim_stale(NOON + MINUTE, NOON + MINUTE)),
    ],
    ids=["due", "stale"],
)
def test_many_workers_claim_each_row_once(
    database_url: str, new_database: NewDatabase, status: Status, claim: Claim
) -> None:
    instances = [new_database(database_url) for _ in range(INSTANCES)]
    queues = [SqlInviteQueue(instance) for instance in instances]
    write(instances[0], [row_of(f"friend{n}", status=status) for n in range(DUE)])
    together = Barrier(WORKERS)

    def work(number: int) -> list[UUID]:
        claimed = []
        together.wait()
        while row := claim(queues[number % INSTANCES]):
            claimed.append(row.request_id)
        return claimed

    with ThreadPoolExecutor(WORKERS) as threads:
        taken = Counter(one for each in threads.map(work, range(WORKERS)) for one in each)
    assert len(taken) == DUE
    assert set(taken.values()) == {1}


def test_a_row_that_another_worker_is_writing_is_skipped(
    migrated_postgres_database: Callable[[], str], new_database: NewDatabase
) -> None:
    database = new_database(migrated_postgres_database())
    write(database, [row_of(name, status=Status.QUEUED) for name in ("first", "second")])
    queue = SqlInviteQueue(database)
    with database.begin() as connection:
        connection.exec_driver_sql(
            "SELECT id FROM invite_requests WHERE identity_key = 'first' FOR UPDATE"
        )
        claimed = queue.claim_due(NOON)
        assert claimed is not None
        assert claimed.identity_key == "second"
        assert queue.claim_due(NOON) is None


def test_invites_sent_but_not_accepted_are_listed_newest_first(
    log: SqlInviteLog, queue: SqlInviteQueue
) -> None:
    old, middle, new = (sent(log, f"friend{day}", NOON + timedelta(days=day)) for day in range(3))
    accepted = log.open(request("accepted"), FRIEND).row
    log.record(
        accepted, Outcome(Status.SUCCESS, NOON + timedelta(days=2), 5, accepted=True), FRIEND
    )
    queued(log, "queued", NOON)
    assert queue.unaccepted(NOON, 10) == [new, middle, old]
    assert queue.unaccepted(NOON, 2) == [new, middle]
    assert queue.unaccepted(NOON + timedelta(days=1), 10) == [new, middle]


def test_an_acceptance_is_written_once(log: SqlInviteLog, queue: SqlInviteQueue) -> None:
    rows = [sent(log, f"friend{number}", NOON) for number in range(3)]
    ids = [row.request_id for row in rows[:2]]
    accepted = queue.mark_accepted([*ids, uuid4()], NOON + MINUTE)
    assert {row.request_id for row in accepted} == set(ids)
    assert list(queue.mark_accepted(ids, NOON + 2 * MINUTE)) == []
    assert log.get(ids[0]) == replace(rows[0], accepted_at=NOON + MINUTE)
    assert queue.unaccepted(NOON, 10) == [rows[2]]
    assert list(queue.mark_accepted([], NOON)) == []


def test_old_settled_rows_are_deleted_and_open_ones_stay(
    database: Database, log: SqlInviteLog, queue: SqlInviteQueue
) -> None:
    old = [row_of(f"old-{status.value}", status=status) for status in Status]
    new = [row_of(f"new-{status.value}", NOON + MINUTE, status) for status in Status]
    write(database, [*old, *new])
    gone = [queue.delete_older(NOON + MINUTE, 2) for _ in range(3)]
    assert [len(batch) for batch in gone] == [2, 1, 0]
    settled = {row.request_id for row in old if row.status in SETTLED}
    assert {request_id for batch in gone for request_id in batch} == settled
    left = [row for row in [*old, *new] if log.get(row.request_id)]
    assert left == [row for row in old if row.status not in SETTLED] + new


def test_the_queue_says_how_many_wait_and_since_when(
    database: Database, queue: SqlInviteQueue
) -> None:
    assert queue.state() == QueueState(0, None, 0)
    hour = timedelta(hours=1)
    rows = [row_of(f"queued{n}", NOON - n * hour, Status.QUEUED) for n in range(3)]
    rows += [row_of(f"pending{n}", NOON - n * MINUTE, Status.PENDING) for n in range(5)]
    rows += [row_of(s.value, NOON - 9 * hour, s) for s in set(Status) - set(OPEN)]
    write(database, [*rows, row_of("waits", NOON - 9 * hour, Status.AWAITING_APPROVAL)])
    assert queue.state() == QueueState(queued=3, oldest=NOON - 2 * hour, stale=2)


def test_the_queue_says_when_the_first_row_is_due_or_stale(
    database: Database, log: SqlInviteLog, queue: SqlInviteQueue
) -> None:
    assert queue.next_due() is None
    write(
        database, [row_of(s.value, NOON - timedelta(hours=9), s) for s in set(Status) - set(OPEN)]
    )
    assert queue.next_due() is None
    write(database, [row_of("pending", NOON, Status.PENDING)])
    assert queue.next_due() == NOON + STALE_AFTER
    queued(log, "queued", NOON + MINUTE)
    assert queue.next_due() == NOON + MINUTE
    assert queue.claim_due(NOON + MINUTE) is not None
