"""A batch is opened once, whole or not at all, and each person in it has one open request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.batch_models import batch_lines
from helpr_core.adapters.sql.batches import SqlBatches
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.invite_queue import SqlInviteQueue
from helpr_core.adapters.sql.models import events, invite_requests
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.batches import Line, Verdict
from helpr_core.domain.identity import Identity
from helpr_core.domain.policies import terms_for
from helpr_core.domain.requests import NewRequest, Source, Status
from helpr_core.domain.transitions import CANCELLED_CODE
from helpr_core.errors import LogUnavailable
from helpr_core.texts import Message
from tests.adapters.sql.builders import MOVIES, NOON, OWNER, outcome, request
from tests.adapters.sql.conftest import NewDatabase

MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(database_url: str, new_database: NewDatabase) -> Database:
    return new_database(database_url)


@pytest.fixture
def batches(database: Database) -> SqlBatches:
    return SqlBatches(database)


def invited(key: str, number: int = 1) -> tuple[Line, NewRequest]:
    new = request(key, status=Status.QUEUED, browser="")
    terms = terms_for(Source.BATCH, approval_required=False, libraries=(MOVIES,))
    new = replace(new, source=Source.BATCH, terms=replace(terms, access_days=30))
    line = Line(number, key, Verdict.INVITE, Identity(key, key), (MOVIES,), 30, "a note")
    return line, new


def opened(batches: SqlBatches, count: int = 3) -> UUID:
    batch_id = uuid4()
    lines = [invited(f"friend-{number}", number) for number in range(count)]
    assert batches.open(batch_id, lines, NOON, OWNER)
    return batch_id


def count(database: Database, table: sa.Table) -> int:
    with database.single() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_each_line_has_its_request_and_event_and_the_others_their_verdict(
    database: Database, batches: SqlBatches
) -> None:
    batch_id = uuid4()
    message = Message("batch.duplicate", line="1")
    lines = [invited("ann"), (Line(2, "ann", Verdict.DUPLICATE, message=message), None)]

    assert batches.open(batch_id, lines, NOON, OWNER)

    first, second = batches.lines(batch_id)
    assert first.request is not None
    assert first.request.source is Source.BATCH
    assert (first.outcome, first.line.libraries, first.line.days) == ("queued", (MOVIES,), 30)
    assert (second.outcome, second.line.message, second.request) == ("duplicate", message, None)
    assert count(database, events) == 1
    batch = batches.get(batch_id)
    assert batch is not None
    assert dict(batch.counts) == {"queued": 1, "duplicate": 1}
    assert (batch.lines, batch.to_send, batch.is_over) == (2, 1, False)


def test_sending_a_batch_twice_opens_nothing(database: Database, batches: SqlBatches) -> None:
    batch_id = opened(batches)

    again = [invited(f"friend-{number}") for number in range(5)]

    assert not batches.open(batch_id, again, NOON, OWNER)
    assert count(database, invite_requests) == 3


def test_of_many_simultaneous_sends_one_opens_the_batch(
    database: Database, database_url: str, new_database: NewDatabase
) -> None:
    batch_id, at_once = uuid4(), Barrier(8)
    workers = [SqlBatches(new_database(database_url)) for _ in range(4)]
    SqlBatches(database).page(1)  # creates the schema

    def send(number: int) -> bool:
        lines = [invited(f"friend-{one}", one) for one in range(50)]
        at_once.wait()
        return workers[number % 4].open(batch_id, lines, NOON, OWNER)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(send, range(8)))

    assert results.count(True) == 1
    assert count(database, invite_requests) == 50
    assert count(database, events) == 50


def test_a_person_who_asked_meanwhile_gets_no_second_request(
    database: Database, batches: SqlBatches
) -> None:
    SqlInviteLog(database).open(request("ann"), FRIEND)
    batch_id = uuid4()

    batches.open(batch_id, [invited("ann"), invited("bob", 2)], NOON, OWNER)

    assert [one.outcome for one in batches.lines(batch_id)] == ["open", "queued"]
    assert count(database, invite_requests) == 2
    assert batches.open_keys(["ann", "bob", "carol"]) == {"ann", "bob"}


def test_a_batch_that_cannot_be_written_leaves_nothing_behind(
    database: Database, batches: SqlBatches
) -> None:
    line, new = invited("ann")
    broken = (replace(line, note=object()), new)  # type: ignore[arg-type]

    with pytest.raises(LogUnavailable):
        batches.open(uuid4(), [broken], NOON, OWNER)

    assert count(database, invite_requests) == count(database, events) == 0
    assert batches.page(10).rows == []


def test_friends_who_ask_themselves_come_first(database: Database, batches: SqlBatches) -> None:
    queue, log = SqlInviteQueue(database), SqlInviteLog(database)
    opened(batches, 2)
    late = replace(request("late", NOON + MINUTE, status=Status.QUEUED), source=Source.FORM)
    log.open(late, FRIEND)

    claimed = [queue.claim_due(NOON + 2 * MINUTE) for _ in range(4)]

    assert [row.identity_key if row else None for row in claimed] == [
        "late", "friend-0", "friend-1", None,
    ]  # fmt: skip


def test_only_lines_that_have_not_begun_are_cancelled(
    database: Database, batches: SqlBatches
) -> None:
    queue, log = SqlInviteQueue(database), SqlInviteLog(database)
    batch_id, other = opened(batches, 4), uuid4()
    batches.open(other, [invited("else")], NOON, OWNER)
    sent, tried = queue.claim_due(NOON), queue.claim_due(NOON)
    assert sent is not None
    assert tried is not None
    log.record(sent, outcome(Status.SUCCESS), OWNER)
    log.record(tried, replace(outcome(Status.QUEUED), next_attempt_at=NOON + MINUTE), OWNER)

    assert batches.cancel(batch_id, NOON + MINUTE, OWNER) == 2
    assert batches.cancel(batch_id, NOON + MINUTE, OWNER) == 0

    assert sorted(one.outcome for one in batches.lines(batch_id)) == [
        "denied", "denied", "queued", "success",
    ]  # fmt: skip
    codes = [one.request.error_code for one in batches.lines(batch_id) if one.request]
    assert codes.count(CANCELLED_CODE) == 2
    assert [one.outcome for one in batches.lines(other)] == ["queued"]


def test_a_friends_own_request_is_not_cancelled_with_the_rest(
    database: Database, batches: SqlBatches
) -> None:
    queue, log = SqlInviteQueue(database), SqlInviteLog(database)
    batch_id = opened(batches, 4)
    asked = log.open(request("friend-2", NOON + MINUTE), FRIEND)
    assert log.find_answer(request("friend-3", NOON + MINUTE), FRIEND) is not None
    log.open(request("friend-1", NOON + MINUTE), OWNER)  # the list's is the owner's

    assert (asked.created, asked.own, asked.row.status) == (False, False, Status.QUEUED)
    assert batches.cancel(batch_id, NOON + MINUTE, OWNER) == 2

    assert [one.outcome for one in batches.lines(batch_id)] == [
        "denied", "denied", "queued", "queued",
    ]  # fmt: skip
    claimed = queue.claim_due(NOON + MINUTE)
    assert claimed is not None
    assert (claimed.request_id, claimed.terms) == (asked.row.request_id, asked.row.terms)


def test_a_friend_who_asks_comes_before_the_rest_of_the_list(
    database: Database, batches: SqlBatches
) -> None:
    opened(batches, 3)
    SqlInviteLog(database).open(request("friend-2"), FRIEND)

    claimed = SqlInviteQueue(database).claim_due(NOON)

    assert claimed is not None
    assert claimed.identity_key == "friend-2"


def test_a_cancelled_person_may_ask_at_once(database: Database, batches: SqlBatches) -> None:
    batch_id = opened(batches, 1)
    batches.cancel(batch_id, NOON, OWNER)

    asked = SqlInviteLog(database).open(request("friend-0", NOON), FRIEND)

    assert (asked.created, asked.own, asked.row.status) == (True, True, Status.PENDING)


def test_a_friend_who_asks_during_a_cancellation_keeps_the_request(
    database: Database, database_url: str, new_database: NewDatabase
) -> None:
    batch_id, at_once = opened(SqlBatches(database), 40), Barrier(2)
    log, other = SqlInviteLog(database), SqlBatches(new_database(database_url))
    other.page(1)

    def ask() -> None:
        at_once.wait()
        for number in range(40):
            log.open(request(f"friend-{number}", NOON), FRIEND)

    def cancel() -> int:
        at_once.wait()
        return other.cancel(batch_id, NOON, OWNER)

    with ThreadPoolExecutor(2) as pool:
        asking, calling = pool.submit(ask), pool.submit(cancel)
        asking.result()
        cancelled = calling.result()

    # Either the line has become the friend's, or it was cancelled and the friend has a new one.
    with database.single() as connection:
        wanted = sa.select(invite_requests.c.identity_key).where(
            invite_requests.c.status.in_((Status.QUEUED, Status.PENDING))
        )
        kept = connection.execute(wanted).scalars().all()
    assert sorted(kept) == sorted(f"friend-{number}" for number in range(40))
    assert count(database, invite_requests) == 40 + cancelled


def test_pages_are_newest_first_and_old_batches_are_deleted_with_their_lines(
    batches: SqlBatches,
) -> None:
    ids = [uuid4() for _ in range(3)]
    for number, batch_id in enumerate(ids):
        batches.open(batch_id, [invited(f"f{number}")], NOON + number * MINUTE, OWNER)

    first = batches.page(2)
    rest = batches.page(2, first.next_cursor)

    assert [one.batch_id for one in (*first.rows, *rest.rows)] == ids[::-1]
    assert not rest.next_cursor
    assert batches.count() == 3
    assert batches.delete_older(NOON + 2 * MINUTE, 10) == 2
    assert [one.batch_id for one in batches.page(10).rows] == [ids[2]]
    assert batches.lines(ids[0]) == []


def test_a_line_outlives_its_request(database: Database, batches: SqlBatches) -> None:
    batch_id = opened(batches, 1)
    with database.single() as connection:
        connection.execute(sa.delete(invite_requests))

    (line,) = batches.lines(batch_id)

    assert line.outcome == "deleted"
    batch = batches.get(batch_id)
    assert batch is not None
    assert (dict(batch.counts), batch.to_send, batch.is_over) == ({"deleted": 1}, 1, True)


def test_an_erased_line_is_deleted_too(database: Database, batches: SqlBatches) -> None:
    batch_id = opened(batches, 1)
    with database.single() as connection:
        connection.execute(sa.delete(invite_requests))
        connection.execute(sa.update(batch_lines).values(who="", request_id=None))

    assert [one.outcome for one in batches.lines(batch_id)] == ["deleted"]
    batch = batches.get(batch_id)
    assert batch is not None
    assert (dict(batch.counts), batch.to_send) == ({"deleted": 1}, 1)


def test_five_hundred_lines_take_a_handful_of_statements(
    database: Database, batches: SqlBatches
) -> None:
    batches.page(1)
    statements: list[str] = []
    sa.event.listen(
        database._engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: statements.append(statement),
    )

    batches.open(
        uuid4(), [invited(f"friend-{number}", number) for number in range(500)], NOON, OWNER
    )

    writes = [one for one in statements if one.lstrip().upper().startswith("INSERT")]
    assert len(writes) <= 8
    assert count(database, invite_requests) == 500
