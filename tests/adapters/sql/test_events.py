"""Each change of a request's state leaves one event, in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.audit_log import SqlAuditLog
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.invite_queue import SqlInviteQueue
from helpr_core.adapters.sql.models import events
from helpr_core.domain.audit import FRIEND, HOUSEKEEPING, Actor, AuditEvent, Door
from helpr_core.domain.history import Total
from helpr_core.domain.requests import Outcome, Status
from helpr_core.domain.transitions import ANSWERED_YES, APPROVED, DENIED, RETRIED
from tests.adapters.sql.builders import NOON, OWNER, outcome, request
from tests.adapters.sql.conftest import NewDatabase

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
THREADS = 12


@pytest.fixture
def database(database_url: str, new_database: NewDatabase) -> Database:
    return new_database(database_url)


@pytest.fixture
def log(database: Database) -> SqlInviteLog:
    return SqlInviteLog(database)


@pytest.fixture
def queue(database: Database) -> SqlInviteQueue:
    return SqlInviteQueue(database, lambda: NOON)


def outbox(database: Database) -> Sequence[sa.Row[Any]]:
    with database.single() as connection:
        return connection.execute(sa.select(events).order_by(events.c.id)).all()


def story(database: Database, request_id: UUID) -> list[tuple[Any, ...]]:
    """Each event's name, actor, old and new values, and reason."""
    return [
        (row.kind, row.door, row.from_status, row.to_status, row.code)
        for row in outbox(database)
        if row.request_id == request_id
    ]


def test_a_request_records_its_whole_story(
    database: Database, log: SqlInviteLog, queue: SqlInviteQueue
) -> None:
    row = log.open(request(status=Status.AWAITING_APPROVAL), FRIEND).row
    wanted = row.request_id
    yes = log.change(wanted, APPROVED, NOON + SECOND, OWNER)
    assert yes is not None
    due = NOON + MINUTE
    trouble = Outcome(
        Status.QUEUED, NOON + 2 * SECOND, 5, "plex_unavailable", "…", next_attempt_at=due
    )
    log.record(yes, trouble, OWNER)
    assert queue.claim_due(due) is not None
    again = queue.claim_stale(due + MINUTE, due + 3 * MINUTE)
    assert again is not None
    log.record(again, outcome(Status.SUCCESS, due + 4 * MINUTE), HOUSEKEEPING)
    queue.mark_accepted([wanted], due + 5 * MINUTE)
    assert story(database, wanted) == [
        ("opened", "friend", None, "awaiting_approval", None),
        ("approved", "session", "awaiting_approval", "pending", None),
        ("queued", "session", "pending", "queued", "plex_unavailable"),
        ("tried", "system", "queued", "pending", None),
        ("interrupted", "system", "pending", "pending", None),
        ("sent", "system", "pending", "success", None),
        ("accepted", "system", "success", "success", None),
    ]
    times = [event.at for event in outbox(database)]
    assert times == [
        *(NOON, NOON + SECOND, NOON + 2 * SECOND),
        *(due, due + 3 * MINUTE, due + 4 * MINUTE, due + 5 * MINUTE),
    ]


def test_an_event_says_who_acted_and_in_which_call(database: Database, log: SqlInviteLog) -> None:
    by = Actor(Door.KEY, "function key", "0b0b-ref")
    log.open(request(), by)
    (event,) = outbox(database)
    assert (event.door, event.actor, event.reference) == ("key", "function key", "0b0b-ref")
    assert (event.data, event.consumed_at) == ({"source": "form"}, None)


def test_an_invite_that_was_accepted_at_once_says_so(database: Database, log: SqlInviteLog) -> None:
    row = log.open(request(), FRIEND).row
    log.record(row, Outcome(Status.SUCCESS, NOON, 5, accepted=True), FRIEND)
    assert outbox(database)[-1].data == {"accepted": True}


def test_a_refusal_leaves_one_event_and_only_the_owner_can_override_it(
    database: Database, log: SqlInviteLog
) -> None:
    row = log.open(request(status=Status.AWAITING_APPROVAL), FRIEND).row
    for _ in range(3):
        log.change(row.request_id, DENIED, NOON, OWNER)
    log.change(row.request_id, ANSWERED_YES, NOON, OWNER)
    assert [event.kind for event in outbox(database)] == ["opened", "denied"]
    log.change(row.request_id, APPROVED, NOON, OWNER)
    assert [event.kind for event in outbox(database)] == ["opened", "denied", "approved"]


def test_a_repeat_that_is_answered_leaves_no_event(database: Database, log: SqlInviteLog) -> None:
    log.record(log.open(request(), FRIEND).row, outcome(Status.SUCCESS), FRIEND)
    log.open(request(), FRIEND)
    assert [event.kind for event in outbox(database)] == ["opened", "sent"]


def test_a_request_that_is_hidden_from_its_browser_is_opened_under_its_own_id(
    database: Database, log: SqlInviteLog
) -> None:
    log.record(log.open(request(), FRIEND).row, outcome(Status.SUCCESS), FRIEND)
    new = request(at=NOON + timedelta(days=1), browser="s" * 64)
    hidden = log.open(new, FRIEND)
    assert not hidden.own
    assert story(database, new.request_id) == []
    assert log.get(new.request_id) is None
    assert story(database, hidden.row.request_id) == [("opened", "friend", None, "queued", None)]


def test_a_change_that_another_open_request_prevents_leaves_no_event(
    database: Database, log: SqlInviteLog
) -> None:
    failed = log.open(request(), FRIEND).row
    log.record(failed, outcome(Status.FAILED), FRIEND)
    log.open(request(at=NOON + timedelta(hours=1)), FRIEND)
    assert log.change(failed.request_id, RETRIED, NOON, OWNER) is None
    assert [event.kind for event in outbox(database)] == ["opened", "failed", "opened"]


def test_events_are_deleted_with_their_request(
    database: Database, log: SqlInviteLog, queue: SqlInviteQueue
) -> None:
    log.record(log.open(request(), FRIEND).row, outcome(Status.SUCCESS), FRIEND)
    stays = log.open(request("bob"), FRIEND).row
    queue.delete_older(NOON + MINUTE, 10)
    assert [event.request_id for event in outbox(database)] == [stays.request_id]


@pytest.mark.parametrize(
    ("status", "act"),
    [
        (Status.QUEUED, lambda log, queue, _: queue.claim_due(NOON)),
        (Status.PENDING, lambda log, queue, _: queue.claim_stale(NOON + MINUTE, NOON + MINUTE)),
        (Status.AWAITING_APPROVAL, lambda log, _, row: log.change(row, APPROVED, NOON, OWNER)),
        (Status.AWAITING_APPROVAL, lambda log, _, row: log.change(row, DENIED, NOON, OWNER)),
    ],
    ids=["due", "stale", "approved", "denied"],
)
def test_of_simultaneous_changes_one_is_made_and_one_is_recorded(
    database_url: str,
    new_database: NewDatabase,
    status: Status,
    act: Callable[[SqlInviteLog, SqlInviteQueue, UUID], object],
) -> None:
    instances = [new_database(database_url) for _ in range(3)]
    row = SqlInviteLog(instances[0]).open(request(status=status), FRIEND).row
    together = Barrier(THREADS)

    def work(number: int) -> bool:
        database = instances[number % len(instances)]
        together.wait()
        return act(SqlInviteLog(database), SqlInviteQueue(database), row.request_id) is not None

    with ThreadPoolExecutor(THREADS) as threads:
        assert sum(threads.map(work, range(THREADS))) == 1
    assert len(outbox(instances[0])) == 2


def test_events_cost_an_invite_no_extra_round_trips(
    migrated_postgres_database: Callable[[], str], new_database: NewDatabase
) -> None:
    database = new_database(migrated_postgres_database())
    log = SqlInviteLog(database)
    log.ping()
    sent: list[str] = []
    sa.event.listen(database._engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    row = log.open(request(), FRIEND).row
    assert len(sent) == 2  # the row, and a lookup of an earlier outcome
    log.record(row, outcome(Status.SUCCESS), FRIEND)
    assert len(sent) == 3
    assert len(outbox(database)) == 2


def test_the_audit_log_has_the_owners_actions_and_the_outcomes_of_the_queue(
    database: Database, log: SqlInviteLog, queue: SqlInviteQueue
) -> None:
    row = log.open(request(status=Status.QUEUED), FRIEND).row
    for minutes, status in ((1, Status.QUEUED), (2, Status.FAILED)):
        at = NOON + minutes * MINUTE
        claimed = queue.claim_due(at)
        assert claimed is not None
        log.record(
            claimed, Outcome(status, at, 5, "plex_limited", next_attempt_at=at), HOUSEKEEPING
        )
    log.change(row.request_id, RETRIED, NOON + 3 * MINUTE, OWNER)
    audit = SqlAuditLog(database)
    found = [(one.action, one.actor.door, one.before, one.after) for one in audit.page(10).rows]
    assert found == [
        ("invite_retried", "session", {"status": "failed"}, {"status": "pending"}),
        (
            "invite_failed",
            "system",
            {"status": "pending"},
            {"status": "failed", "error_code": "plex_limited"},
        ),
    ]
    whole = audit.page(10, target=str(row.request_id)).rows
    assert [one.action.removeprefix("invite_") for one in reversed(whole)] == [
        *("opened", "tried", "queued", "tried", "failed", "retried")
    ]


def test_pages_of_actions_and_changes_are_in_one_order(
    database: Database, log: SqlInviteLog
) -> None:
    audit = SqlAuditLog(database)
    wanted = []
    for number in range(4):
        at = NOON + (number // 2) * MINUTE  # two of each at the same moment
        row = log.open(request(f"friend{number}", at), OWNER).row
        wanted.append(str(row.request_id))
        audit.append(AuditEvent(at, OWNER, "changed", f"setting{number}"))
        wanted.append(f"setting{number}")
    for size in (1, 2, 3, 5, 8):
        seen: list[str] = []
        cursor = ""
        while True:
            assert audit.count(cursor) == Total(rows=8, before=len(seen))
            page = audit.page(size, cursor)
            seen += [one.target for one in page.rows]
            cursor = page.next_cursor
            if not cursor:
                break
        assert sorted(seen) == sorted(wanted), size
