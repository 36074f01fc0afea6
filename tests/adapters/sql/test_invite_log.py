"""The record of requests: one open row per person, whoever asks at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.domain.invite import NewRequest, Outcome, Source, Status
from helpr_core.domain.plex import Library
from helpr_core.services.ports import Opened
from tests.adapters.sql.conftest import NewDatabase, OpenEngine

NOON = datetime(2026, 1, 2, 12, 0, 0, 123_456, tzinfo=UTC)
MOVIES = Library(118181361, "Movies", "movie")
MUSIC = Library(118181363, "Músic 😀", "artist")
THREADS = 16


@pytest.fixture
def log(database_url: str, new_database: NewDatabase) -> SqlInviteLog:
    return SqlInviteLog(new_database(database_url))


def request(key: str = "alice", at: datetime = NOON, who: str = "Alice") -> NewRequest:
    return NewRequest(
        request_id=uuid4(),
        email_or_username=who,
        identity_key=key,
        timestamp=at,
        source=Source.FORM,
        server_name="Demo Plex",
        libraries=(MOVIES, MUSIC),
        client_key="c" * 64,
    )


def outcome(status: Status, at: datetime = NOON) -> Outcome:
    return Outcome(status, at, duration_ms=12)


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
    assert log.get(UUID(int=0)) is None
    assert log.record(UUID(int=0), outcome(Status.SUCCESS)) is None


@pytest.mark.parametrize("accepted", [False, True])
def test_a_success_is_written_in_one_piece(log: SqlInviteLog, accepted: bool) -> None:
    opened = log.open(request())
    later = NOON + timedelta(seconds=1)
    row = log.record(
        opened.row.request_id,
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
        opened.row.request_id,
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
    )


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PENDING])
def test_only_a_pending_row_gets_an_outcome(log: SqlInviteLog, status: Status) -> None:
    opened = log.open(request())
    written = log.record(opened.row.request_id, outcome(status))
    assert log.record(opened.row.request_id, outcome(Status.FAILED)) is None
    assert log.get(opened.row.request_id) == written


@pytest.mark.parametrize("status", [Status.PENDING, Status.QUEUED, Status.AWAITING_APPROVAL])
def test_an_open_row_answers_however_old_it_is(log: SqlInviteLog, status: Status) -> None:
    first = log.open(request()).row
    if status is not Status.PENDING:
        log.record(first.request_id, outcome(status))
    again = log.open(request(at=NOON + timedelta(days=30), who="ALICE"))
    assert (again.created, again.row.request_id) == (False, first.request_id)


@pytest.mark.parametrize(
    ("status", "seconds", "created"),
    [
        (Status.SUCCESS, 599, False),
        (Status.SUCCESS, 600, True),
        (Status.FAILED, 9, False),
        (Status.FAILED, 10, True),
        (Status.DENIED, 0, True),
    ],
)
def test_a_settled_row_answers_for_a_while(
    log: SqlInviteLog, status: Status, seconds: int, created: bool
) -> None:
    first = log.open(request()).row
    settled = log.record(first.request_id, outcome(status))
    again = log.open(request(at=NOON + timedelta(seconds=seconds)))
    assert again.created is created
    assert (again.row == settled) is not created


def test_the_newest_of_several_outcomes_answers(log: SqlInviteLog) -> None:
    for minutes in (0, 20, 40):
        at = NOON + timedelta(minutes=minutes)
        last = log.open(request(at=at)).row
        log.record(last.request_id, outcome(Status.SUCCESS, at))
    again = log.open(request(at=NOON + timedelta(minutes=41)))
    assert (again.created, again.row.request_id) == (False, last.request_id)


def test_a_repeat_that_is_answered_leaves_no_row_behind(
    log: SqlInviteLog, database_url: str, open_engine: OpenEngine
) -> None:
    log.record(log.open(request()).row.request_id, outcome(Status.SUCCESS))
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
