"""The record of requests: one open row per person, whoever asks at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.domain.requests import Outcome, Source, Status
from helpr_core.services.ports import Opened
from tests.adapters.sql.builders import MOVIES, MUSIC, NOON, outcome, request
from tests.adapters.sql.conftest import NewDatabase, OpenEngine

THREADS = 16


@pytest.fixture
def log(database_url: str, new_database: NewDatabase) -> SqlInviteLog:
    return SqlInviteLog(new_database(database_url))


def test_a_request_is_a_pending_row_with_all_that_is_known(log: SqlInviteLog) -> None:
    new = request()
    opened = log.open(new)
    assert opened.created
    row = opened.row
    assert (row.status, row.attempts, row.updated_at) == (Status.PENDING, 0, NOON)
    assert (row.request_id, row.identity_key, row.email_or_username) == (
        new.request_id,
        "alice",
        "Alice",
    )
    assert (row.timestamp, row.source, row.libraries) == (NOON, Source.FORM, (MOVIES, MUSIC))
    nothing = (row.error_code, row.error_message, row.next_attempt_at, row.sent_at)
    assert (*nothing, row.accepted_at, row.duration_ms) == (None,) * 6
    assert log.get(new.request_id) == row


def test_an_unknown_request_is_none(log: SqlInviteLog) -> None:
    unheard_of = replace(log.open(request()).row, request_id=UUID(int=0))
    assert log.get(UUID(int=0)) is None
    assert log.record(unheard_of, outcome(Status.SUCCESS)) is None


@pytest.mark.parametrize("accepted", [False, True])
def test_a_success_is_written_in_one_piece(log: SqlInviteLog, accepted: bool) -> None:
    opened = log.open(request())
    later = NOON + timedelta(seconds=1)
    row = log.record(
        opened.row,
        Outcome(
            Status.SUCCESS,
            later,
            duration_ms=160,
            accepted=accepted,
            server_name="Renamed",
            libraries=(MUSIC,),
        ),
    )
    assert row == replace(
        opened.row,
        status=Status.SUCCESS,
        attempts=1,
        sent_at=later,
        accepted_at=later if accepted else None,
        updated_at=later,
        duration_ms=160,
        server_name="Renamed",
        libraries=(MUSIC,),
    )
    assert log.get(opened.row.request_id) == row


def test_what_was_offered_stays_where_the_outcome_does_not_say(log: SqlInviteLog) -> None:
    opened = log.open(request())
    again = NOON + timedelta(minutes=1)
    row = log.record(
        opened.row,
        Outcome(Status.QUEUED, NOON, 5, "plex_limited", "a sentence", next_attempt_at=again),
    )
    assert row == replace(
        opened.row,
        status=Status.QUEUED,
        attempts=1,
        error_code="plex_limited",
        error_message="a sentence",
        next_attempt_at=again,
        duration_ms=5,
        queued_since=NOON,
    )


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PENDING])
def test_only_a_pending_row_gets_an_outcome(log: SqlInviteLog, status: Status) -> None:
    opened = log.open(request())
    written = log.record(opened.row, outcome(status))
    assert log.record(opened.row, outcome(Status.FAILED)) is None
    assert log.get(opened.row.request_id) == written


@pytest.mark.parametrize("status", [Status.PENDING, Status.QUEUED, Status.AWAITING_APPROVAL])
def test_an_open_row_answers_however_old_it_is(log: SqlInviteLog, status: Status) -> None:
    first = log.open(request()).row
    if status is not Status.PENDING:
        log.record(first, outcome(status))
    again = log.open(request(at=NOON + timedelta(days=30), who="ALICE"))
    assert (again.created, again.row.request_id) == (False, first.request_id)


@pytest.mark.parametrize(
    ("status", "seconds", "created"),
    [
        (Status.SUCCESS, 9, False),
        (Status.SUCCESS, 10, True),
        (Status.FAILED, 9, False),
        (Status.FAILED, 10, True),
        (Status.DENIED, 599, False),
        (Status.DENIED, 600, True),
    ],
)
def test_a_settled_row_answers_for_a_while(
    log: SqlInviteLog, status: Status, seconds: int, created: bool
) -> None:
    first = log.open(request()).row
    settled = log.record(first, outcome(status))
    again = log.open(request(at=NOON + timedelta(seconds=seconds)))
    assert again.created is created
    assert (again.row == settled) is not created


def test_the_newest_of_several_outcomes_answers(log: SqlInviteLog) -> None:
    for minutes in (0, 20, 40):
        at = NOON + timedelta(minutes=minutes)
        last = log.open(request(at=at)).row
        log.record(last, outcome(Status.SUCCESS, at))
    again = log.open(request(at=NOON + timedelta(minutes=40, seconds=5)))
    assert (again.created, again.row.request_id) == (False, last.request_id)


def test_whoever_asks_afresh_is_answered_by_an_open_row_alone(log: SqlInviteLog) -> None:
    log.record(log.open(request()).row, outcome(Status.SUCCESS))
    opened = log.open(request(), afresh=True)
    assert opened.created
    assert log.open(request(), afresh=True) == replace(opened, created=False)


def test_a_row_that_is_claimed_with_libraries_becomes_the_owners(log: SqlInviteLog) -> None:
    row = log.open(replace(request(), status=Status.QUEUED)).row
    claimed = log.claim(row.request_id, (Status.QUEUED,), NOON, (MUSIC,))
    assert claimed is not None
    assert (claimed.status, claimed.source) == (Status.PENDING, Source.OWNER)
    assert claimed.libraries == (MUSIC,)


def test_a_repeat_that_is_answered_leaves_no_row_behind(
    log: SqlInviteLog, database_url: str, open_engine: OpenEngine
) -> None:
    log.record(log.open(request()).row, outcome(Status.SUCCESS))
    for _ in range(3):
        log.open(request())
    with open_engine(database_url) as engine, engine.connect() as connection:
        count = sa.select(sa.func.count()).select_from(invite_requests)
        assert connection.execute(count).scalar_one() == 1


def test_other_people_have_rows_of_their_own(log: SqlInviteLog) -> None:
    assert all(log.open(request(key)).created for key in ("alice", "bob", "alice@example.com"))


def test_of_simultaneous_requests_on_several_instances_one_makes_the_row(
    database_url: str, new_database: NewDatabase
) -> None:
    logs = [SqlInviteLog(new_database(database_url)) for _ in range(4)]
    logs[0].ping()  # the schema is another test's
    together = Barrier(THREADS)

    def submit(number: int) -> Opened:
        together.wait()
        return logs[number % len(logs)].open(request())

    with ThreadPoolExecutor(THREADS) as threads:
        opened = list(threads.map(submit, range(THREADS)))
    assert sum(each.created for each in opened) == 1
    assert len({each.row for each in opened}) == 1
    for log in logs:
        assert log.get(opened[0].row.request_id) == opened[0].row


def test_text_that_would_be_sql_is_only_text(log: SqlInviteLog) -> None:
    text = "'; DROP TABLE invite_requests; --"
    assert log.open(request(key=text, who=text)).row.email_or_username == text
    assert not log.open(request(key=text)).created


def test_a_request_that_waits_for_the_owner_is_opened_so_with_its_note(log: SqlInviteLog) -> None:
    opened = log.open(request(status=Status.AWAITING_APPROVAL, note="It's Alice from work 😀"))
    assert opened.created
    assert (opened.row.status, opened.row.note) == (
        Status.AWAITING_APPROVAL,
        "It's Alice from work 😀",
    )
    assert (opened.row.next_attempt_at, opened.row.queued_since) == (None, None)


def test_a_request_that_is_opened_queued_is_due_at_once(log: SqlInviteLog) -> None:
    row = log.open(request(status=Status.QUEUED)).row
    assert (row.status, row.next_attempt_at, row.queued_since) == (Status.QUEUED, NOON, NOON)


def test_a_straggler_does_not_overwrite_a_later_attempt(log: SqlInviteLog) -> None:
    first = log.open(request()).row
    assert log.record(first, outcome(Status.QUEUED))
    second = log.claim(first.request_id, [Status.QUEUED], NOON)
    assert second is not None
    assert log.record(first, outcome(Status.FAILED)) is None
    third = log.record(second, outcome(Status.SUCCESS))
    assert third is not None
    assert (third.status, third.attempts) == (Status.SUCCESS, 2)


def test_the_start_of_the_tries_is_kept_until_they_end(log: SqlInviteLog) -> None:
    row = log.open(request()).row
    for minutes in (0, 1, 6):
        at = NOON + timedelta(minutes=minutes)
        queued = log.record(row, outcome(Status.QUEUED, at))
        assert queued is not None
        assert queued.queued_since == NOON
        row = log.claim(row.request_id, [Status.QUEUED], at) or row
        assert row.queued_since == NOON
    failed = log.record(row, outcome(Status.FAILED))
    assert failed is not None
    assert failed.queued_since is None
    again = log.claim(failed.request_id, [Status.FAILED], NOON + timedelta(days=1))
    assert again is not None
    assert again.queued_since is None


def test_a_claimed_row_is_pending_and_still_tells_what_went_wrong(log: SqlInviteLog) -> None:
    again = NOON + timedelta(minutes=1)
    failed = log.record(
        log.open(request()).row,
        Outcome(Status.QUEUED, NOON, 5, "plex_limited", "a sentence", next_attempt_at=again),
    )
    assert failed is not None
    later = NOON + timedelta(seconds=30)
    row = log.claim(failed.request_id, (Status.FAILED, Status.QUEUED), later)
    assert row == replace(failed, status=Status.PENDING, next_attempt_at=None, updated_at=later)
    assert log.get(failed.request_id) == row


@pytest.mark.parametrize("status", list(Status))
def test_only_a_row_in_an_allowed_state_is_claimed(log: SqlInviteLog, status: Status) -> None:
    row = log.open(request()).row
    if status is not Status.PENDING:
        row = log.record(row, outcome(status)) or row
    assert log.claim(row.request_id, set(Status) - {status}, NOON) is None
    assert log.claim(row.request_id, (), NOON) is None
    assert log.claim(UUID(int=0), list(Status), NOON) is None
    assert log.get(row.request_id) == row
    claimed = log.claim(row.request_id, {status}, NOON)
    assert claimed is not None
    assert claimed.status is Status.PENDING


def test_a_person_with_another_open_row_is_not_claimed_twice(log: SqlInviteLog) -> None:
    failed = log.open(request()).row
    log.record(failed, outcome(Status.FAILED))
    other = log.open(request(at=NOON + timedelta(hours=1))).row
    assert log.claim(failed.request_id, [Status.FAILED], NOON) is None
    log.record(other, outcome(Status.FAILED))
    assert log.claim(failed.request_id, [Status.FAILED], NOON) is not None


def test_of_simultaneous_claims_one_gets_the_row(
    database_url: str, new_database: NewDatabase
) -> None:
    logs = [SqlInviteLog(new_database(database_url)) for _ in range(4)]
    row = logs[0].open(request(status=Status.AWAITING_APPROVAL)).row
    together = Barrier(THREADS)

    def claim(number: int) -> bool:
        together.wait()
        allowed = [Status.AWAITING_APPROVAL]
        return logs[number % len(logs)].claim(row.request_id, allowed, NOON) is not None

    with ThreadPoolExecutor(THREADS) as threads:
        assert sum(threads.map(claim, range(THREADS))) == 1


@pytest.mark.parametrize("status", list(Status))
def test_only_who_waits_for_the_owner_is_denied(log: SqlInviteLog, status: Status) -> None:
    row = log.open(request()).row
    if status is not Status.PENDING:
        row = log.record(row, outcome(status)) or row
    later = NOON + timedelta(hours=1)
    denied = log.deny(row.request_id, later)
    if status is Status.AWAITING_APPROVAL:
        assert denied == replace(row, status=Status.DENIED, updated_at=later)
        assert log.deny(row.request_id, later) is None
    else:
        assert denied is None
        assert log.get(row.request_id) == row
