"""The record of requests: one open row per person, even for simultaneous requests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.domain.audit import FRIEND, Actor
from helpr_core.domain.requests import NewRequest, Outcome, Source, Status
from helpr_core.domain.terms import Approval, Terms
from helpr_core.domain.transitions import (
    ACCEPTED,
    APPROVED,
    DENIED,
    INTERRUPTED,
    OUTCOMES,
    RETRIED,
    TAKEN_OVER,
    TRIED,
)
from helpr_core.services.ports import Opened
from helpr_core.services.requests.errors import OtherServerFirst
from tests.adapters.sql.builders import MOVIES, MUSIC, NOON, OWNER, outcome, request, write
from tests.adapters.sql.conftest import NewDatabase, OpenEngine

THREADS = 16


@pytest.fixture
def database(database_url: str, new_database: NewDatabase) -> Database:
    return new_database(database_url)


@pytest.fixture
def log(database: Database) -> SqlInviteLog:
    return SqlInviteLog(database)


def test_a_request_is_a_pending_row_with_all_that_is_known(log: SqlInviteLog) -> None:
    new = request()
    opened = log.open(new, FRIEND)
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
    unheard_of = replace(log.open(request(), FRIEND).row, request_id=UUID(int=0))
    assert log.get(UUID(int=0)) is None
    assert log.record(unheard_of, outcome(Status.SUCCESS), FRIEND) is None


@pytest.mark.parametrize("accepted", [False, True])
def test_a_success_is_written_in_one_statement(log: SqlInviteLog, accepted: bool) -> None:
    opened = log.open(request(), FRIEND)
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
        FRIEND,
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


def test_libraries_offered_stay_where_the_outcome_names_none(log: SqlInviteLog) -> None:
    opened = log.open(request(), FRIEND)
    again = NOON + timedelta(minutes=1)
    row = log.record(
        opened.row,
        Outcome(Status.QUEUED, NOON, 5, "plex_limited", "a sentence", next_attempt_at=again),
        FRIEND,
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


@pytest.mark.parametrize("status", list(OUTCOMES))
def test_only_a_pending_row_gets_an_outcome(log: SqlInviteLog, status: Status) -> None:
    opened = log.open(request(), FRIEND)
    written = log.record(opened.row, outcome(status), FRIEND)
    assert log.record(opened.row, outcome(Status.FAILED), FRIEND) is None
    assert log.get(opened.row.request_id) == written


@pytest.mark.parametrize("status", [Status.PENDING, Status.QUEUED, Status.AWAITING_APPROVAL])
def test_an_open_row_answers_however_old_it_is(log: SqlInviteLog, status: Status) -> None:
    first = log.open(request(), FRIEND).row
    if status is not Status.PENDING:
        log.record(first, outcome(status), FRIEND)
    again = log.open(request(at=NOON + timedelta(days=30), who="ALICE"), FRIEND)
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
    database: Database, log: SqlInviteLog, status: Status, seconds: int, created: bool
) -> None:
    first = request(status=status)
    write(database, [first])
    settled = log.get(first.request_id)
    again = log.open(request(at=NOON + timedelta(seconds=seconds)), FRIEND)
    assert again.created is created
    assert (again.row == settled) is not created


def test_the_newest_of_several_outcomes_answers(log: SqlInviteLog) -> None:
    for minutes in (0, 20, 40):
        at = NOON + timedelta(minutes=minutes)
        last = log.open(request(at=at), FRIEND).row
        log.record(last, outcome(Status.SUCCESS, at), FRIEND)
    again = log.open(request(at=NOON + timedelta(minutes=40, seconds=5)), FRIEND)
    assert (again.created, again.row.request_id) == (False, last.request_id)


def test_a_fresh_request_is_answered_only_by_an_open_row(log: SqlInviteLog) -> None:
    log.record(log.open(request(), FRIEND).row, outcome(Status.SUCCESS), FRIEND)
    opened = log.open(request(), FRIEND, afresh=True)
    assert opened.created
    assert log.open(request(), FRIEND, afresh=True) == replace(opened, created=False)


def test_a_row_that_is_claimed_with_libraries_becomes_the_owners(log: SqlInviteLog) -> None:
    row = log.open(replace(request(), status=Status.QUEUED), FRIEND).row
    terms = Terms(Approval.NO, counted=False, libraries=(MUSIC,))
    claimed = log.change(row.request_id, TAKEN_OVER, NOON, OWNER, terms)
    assert claimed is not None
    assert (claimed.status, claimed.source) == (Status.PENDING, Source.OWNER)
    assert (claimed.libraries, claimed.terms) == ((MUSIC,), terms)


def test_a_repeat_that_is_answered_leaves_no_row_behind(
    log: SqlInviteLog, database_url: str, open_engine: OpenEngine
) -> None:
    log.record(log.open(request(), FRIEND).row, outcome(Status.SUCCESS), FRIEND)
    for _ in range(3):
        log.open(request(), FRIEND)
    with open_engine(database_url) as engine, engine.connect() as connection:
        count = sa.select(sa.func.count()).select_from(invite_requests)
        assert connection.execute(count).scalar_one() == 1


def test_other_people_have_rows_of_their_own(log: SqlInviteLog) -> None:
    assert all(
        log.open(request(key), FRIEND).created for key in ("alice", "bob", "alice@example.com")
    )


def test_of_simultaneous_requests_on_several_instances_one_makes_the_row(
    database_url: str, new_database: NewDatabase
) -> None:
    logs = [SqlInviteLog(new_database(database_url)) for _ in range(4)]
    logs[0].ping()  # another test covers the creation of the schema
    together = Barrier(THREADS)

    def submit(number: int) -> Opened:
        together.wait()
        return logs[number % len(logs)].open(request(), FRIEND)

    with ThreadPoolExecutor(THREADS) as threads:
        opened = list(threads.map(submit, range(THREADS)))
    assert sum(each.created for each in opened) == 1
    assert len({each.row for each in opened}) == 1
    for log in logs:
        assert log.get(opened[0].row.request_id) == opened[0].row


def test_sql_in_text_stays_text(log: SqlInviteLog) -> None:
    text = "'; DROP TABLE invite_requests; --"
    assert log.open(request(key=text, who=text), FRIEND).row.email_or_username == text
    assert not log.open(request(key=text), FRIEND).created


def test_a_request_that_needs_approval_is_opened_so_with_its_note(log: SqlInviteLog) -> None:
    opened = log.open(
        request(status=Status.AWAITING_APPROVAL, note="It's Alice from work 😀"), FRIEND
    )
    assert opened.created
    assert (opened.row.status, opened.row.note) == (
        Status.AWAITING_APPROVAL,
        "It's Alice from work 😀",
    )
    assert (opened.row.next_attempt_at, opened.row.queued_since) == (None, None)


def test_a_request_that_is_opened_queued_is_due_at_once(log: SqlInviteLog) -> None:
    row = log.open(request(status=Status.QUEUED), FRIEND).row
    assert (row.status, row.next_attempt_at, row.queued_since) == (Status.QUEUED, NOON, NOON)


def test_a_straggler_does_not_overwrite_a_later_attempt(log: SqlInviteLog) -> None:
    first = log.open(request(), FRIEND).row
    assert log.record(first, outcome(Status.QUEUED), FRIEND)
    second = log.change(first.request_id, TRIED, NOON, FRIEND)
    assert second is not None
    assert log.record(first, outcome(Status.FAILED), FRIEND) is None
    third = log.record(second, outcome(Status.SUCCESS), FRIEND)
    assert third is not None
    assert (third.status, third.attempts) == (Status.SUCCESS, 2)


def test_the_start_of_the_attempts_is_kept_until_they_end(log: SqlInviteLog) -> None:
    row = log.open(request(), FRIEND).row
    for minutes in (0, 1, 6):
        at = NOON + timedelta(minutes=minutes)
        queued = log.record(row, outcome(Status.QUEUED, at), FRIEND)
        assert queued is not None
        assert queued.queued_since == NOON
        row = log.change(row.request_id, TRIED, at, FRIEND) or row
        assert row.queued_since == NOON
    failed = log.record(row, outcome(Status.FAILED), FRIEND)
    assert failed is not None
    assert failed.queued_since is None
    again = log.change(failed.request_id, RETRIED, NOON + timedelta(days=1), OWNER)
    assert again is not None
    assert again.queued_since is None


def test_a_claimed_row_is_pending_and_still_says_what_went_wrong(log: SqlInviteLog) -> None:
    again = NOON + timedelta(minutes=1)
    failed = log.record(
        log.open(request(), FRIEND).row,
        Outcome(Status.QUEUED, NOON, 5, "plex_limited", "a sentence", next_attempt_at=again),
        FRIEND,
    )
    assert failed is not None
    later = NOON + timedelta(seconds=30)
    row = log.change(failed.request_id, RETRIED, later, OWNER)
    assert row == replace(failed, status=Status.PENDING, next_attempt_at=None, updated_at=later)
    assert log.get(failed.request_id) == row


EVERY_TRANSITION = [*OUTCOMES.values(), TRIED, INTERRUPTED, ACCEPTED, RETRIED, APPROVED, DENIED]


@pytest.mark.parametrize("status", list(Status))
def test_a_row_changes_only_from_the_state_where_the_transition_starts(
    database: Database, log: SqlInviteLog, status: Status
) -> None:
    later = NOON + timedelta(hours=1)
    rows = [request(transition.name, status=status) for transition in EVERY_TRANSITION]
    write(database, rows)
    for transition, new in zip(EVERY_TRANSITION, rows, strict=True):
        changed = log.change(new.request_id, transition, later, OWNER)
        row = log.get(new.request_id)
        assert row is not None
        if status in transition.before:
            assert changed == row, transition.name
            assert (row.status, row.updated_at) == (transition.after, later), transition.name
        else:
            assert changed is None, transition.name
            assert (row.status, row.updated_at) == (status, NOON), transition.name


def test_an_unknown_request_is_not_changed(log: SqlInviteLog) -> None:
    assert log.change(UUID(int=0), RETRIED, NOON, OWNER) is None


def test_a_person_with_another_open_row_is_not_claimed_twice(log: SqlInviteLog) -> None:
    failed = log.open(request(), FRIEND).row
    log.record(failed, outcome(Status.FAILED), FRIEND)
    other = log.open(request(at=NOON + timedelta(hours=1)), FRIEND).row
    assert log.change(failed.request_id, RETRIED, NOON, OWNER) is None
    log.record(other, outcome(Status.FAILED), FRIEND)
    assert log.change(failed.request_id, RETRIED, NOON, OWNER) is not None


def test_of_simultaneous_claims_one_gets_the_row(
    database_url: str, new_database: NewDatabase
) -> None:
    logs = [SqlInviteLog(new_database(database_url)) for _ in range(4)]
    row = logs[0].open(request(status=Status.AWAITING_APPROVAL), FRIEND).row
    together = Barrier(THREADS)

    def claim(number: int) -> bool:
        together.wait()
        log = logs[number % len(logs)]
        return log.change(row.request_id, APPROVED, NOON, OWNER) is not None

    with ThreadPoolExecutor(THREADS) as threads:
        assert sum(threads.map(claim, range(THREADS))) == 1


def for_server(server: str, browser: str = "b" * 64, second: int = 0) -> NewRequest:
    terms = Terms(Approval.NO, server=server)
    return replace(request(at=NOON + timedelta(seconds=second), browser=browser), terms=terms)


@pytest.mark.parametrize(("first", "second"), [("", "other"), ("other", ""), ("one", "other")])
def test_another_servers_outcome_is_no_answer(log: SqlInviteLog, first: str, second: str) -> None:
    sent = log.open(for_server(first), FRIEND).row
    log.record(sent, outcome(Status.SUCCESS), FRIEND)
    opened = log.open(for_server(second, second=1), FRIEND)
    assert opened.created
    assert opened.row.terms.server == second
    log.record(opened.row, outcome(Status.SUCCESS, NOON + timedelta(seconds=1)), FRIEND)
    for server, row in ((first, sent), (second, opened.row)):
        again = log.open(for_server(server, second=2), FRIEND)
        assert (again.created, again.row.request_id) == (False, row.request_id)


def test_a_request_without_terms_was_for_the_default_server(log: SqlInviteLog) -> None:
    sent = log.open(request(), FRIEND).row
    log.record(sent, outcome(Status.SUCCESS), FRIEND)
    assert log.open(for_server("", second=1), FRIEND).row.request_id == sent.request_id
    assert log.open(for_server("other", second=1), FRIEND).created


@pytest.mark.parametrize(("by", "afresh"), [(FRIEND, False), (OWNER, True)])
def test_while_one_servers_request_is_open_another_has_to_wait(
    log: SqlInviteLog, by: Actor, afresh: bool
) -> None:
    first = log.open(for_server(""), FRIEND).row
    new = for_server("other")
    with pytest.raises(OtherServerFirst) as raised:
        log.open(new, by, afresh=afresh)
    assert raised.value.row == first
    assert log.get(new.request_id) is None
    assert log.get(first.request_id) == first
    assert log.find_answer(new, by) is None
    log.record(first, outcome(Status.FAILED), FRIEND)
    assert log.open(new, by, afresh=afresh).created


def test_asking_for_one_server_shows_a_stranger_nothing_of_another(log: SqlInviteLog) -> None:
    sent = log.open(for_server(""), FRIEND).row
    log.record(sent, outcome(Status.SUCCESS), FRIEND)
    stranger = log.open(for_server("other", browser="s" * 64), FRIEND)
    assert stranger.own
    log.record(stranger.row, outcome(Status.SUCCESS), FRIEND)
    assert not log.open(for_server("", browser="s" * 64, second=1), FRIEND).own


def test_of_simultaneous_requests_to_two_servers_one_is_opened(log: SqlInviteLog) -> None:
    together = Barrier(THREADS)

    def ask(number: int) -> Opened | OtherServerFirst:
        new = for_server("other" if number % 2 else "")
        together.wait()
        try:
            return log.open(new, FRIEND)
        except OtherServerFirst as exc:
            return exc

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(ask, range(THREADS)))
    assert {answer.row.request_id for answer in answers} == {
        one.row.request_id for one in answers if isinstance(one, Opened) and one.created
    }
    assert sum(isinstance(one, OtherServerFirst) for one in answers) == THREADS // 2
