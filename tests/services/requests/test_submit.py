"""A request's outcome for each answer of plex.tv, with real stores and a demo Plex."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from demo_plex import LIBRARIES, DemoPlex
from helpr_core.domain import messages
from helpr_core.domain.advice import advise
from helpr_core.domain.messages import friend_message
from helpr_core.domain.requests import Status
from helpr_core.errors import SetupRequired
from helpr_core.texts import say
from tests.services.conftest import NewWorker
from tests.services.worker import NOON, Worker, when_asked

MOVIES, SHOWS = (library.id for library in LIBRARIES[:2])
MINUTE = timedelta(minutes=1)


def test_an_invite_on_a_warm_worker_is_one_call(worker: Worker) -> None:
    row = worker.send("alice@example.com")
    assert (row.status, row.attempts, row.error_code) == (Status.SUCCESS, 1, None)
    assert (row.sent_at, row.accepted_at, row.next_attempt_at) == (NOON, None, None)
    assert [library.id for library in row.libraries] == [MOVIES, SHOWS]
    (call,) = worker.plex.calls
    assert (call.method, call.invited) == ("POST", "alice@example.com")
    assert call.library_ids == (MOVIES, SHOWS)
    assert worker.log.get(row.request_id) == row


def test_a_cold_worker_needs_one_call_when_the_state_store_knows_the_server(
    worker: Worker, new_worker: NewWorker, database_url: str
) -> None:
    assert new_worker(database_url).send("alice").status is Status.SUCCESS
    assert [call.method for call in worker.plex.calls] == ["POST"]


def test_the_very_first_invite_asks_for_the_server_and_the_libraries(
    plex: DemoPlex, new_worker: NewWorker, database_url: str
) -> None:
    row = new_worker(database_url).send("alice")
    assert [call.method for call in plex.calls] == ["GET", "GET", "POST"]
    assert (row.server_name, [library.id for library in row.libraries]) == (
        "Demo Plex",
        [MOVIES, SHOWS],
    )


def test_a_friend_of_the_owner_has_access_at_once(worker: Worker) -> None:
    row = worker.send("friend")
    assert (row.status, row.accepted_at) == (Status.SUCCESS, NOON)


def test_the_row_is_pending_before_plex_answers(
    worker: Worker, new_worker: NewWorker, database_url: str
) -> None:
    other_instance = new_worker(database_url)
    seen: list[tuple[str, str]] = []
    worker.plex.fail("delay", method="POST", delay_seconds=0.2)
    with when_asked(worker.plex, "POST", lambda: seen.extend(other_instance.rows())):
        row = worker.send("alice")
    assert seen == [("alice", "pending")]
    assert other_instance.rows() == [("alice", "success")]
    assert row.duration_ms is not None
    assert 200 <= row.duration_ms < 5000


def test_somebody_with_a_share_gets_no_second_invite(worker: Worker) -> None:
    worker.plex.share("alice")
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.FAILED, "already_shared")
    assert say(row.error_message or "").startswith(say(advise("is_invited")))
    assert worker.plex.count("POST") == 1
    assert row.next_attempt_at is None
    worker.plex.accept("alice")
    worker.clock.forward(seconds=10)
    again = worker.send("alice")
    assert say(again.error_message or "").startswith(say(advise("has_access")))


def test_a_refusal_is_kept_with_plexs_reason_for_the_owner(worker: Worker) -> None:
    row = worker.send("nobody-knows")
    assert (row.status, row.error_code, row.sent_at) == (Status.FAILED, "plex_refused", None)
    assert row.error_message == advise(
        "plex_refused", "The username or email entered does not exist."
    )
    assert worker.plex.count("POST") == 1


def test_a_full_server_is_distinguished_from_any_other_refusal(worker: Worker) -> None:
    worker.plex.share("friend")
    worker.plex.change(people=100)
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.FAILED, "server_full")
    assert worker.plex.count("POST") == 1


@pytest.mark.parametrize(
    ("fault", "code", "wait"),
    [
        ({"kind": "invalid_token"}, "plex_unauthorized", MINUTE),
        ({"kind": "status", "status": 401}, "plex_unauthorized", MINUTE),
        ({"kind": "status", "status": 429}, "plex_limited", MINUTE),
        (
            {"kind": "status", "status": 429, "headers": {"Retry-After": "7200"}},
            "plex_limited",
            timedelta(minutes=15),
        ),
        (
            {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
            "plex_limited",
            MINUTE,
        ),
        (
            {"kind": "status", "status": 503, "headers": {"Retry-After": "300"}},
            "plex_unavailable",
            timedelta(minutes=5),
        ),
        ({"kind": "status", "status": 500}, "plex_answer_lost", MINUTE),
        ({"kind": "drop"}, "plex_answer_lost", MINUTE),
        ({"kind": "malformed"}, "plex_answer_lost", MINUTE),
    ],
)
def test_a_temporary_failure_is_kept_and_retried(
    new_worker: NewWorker, fault: dict[str, Any], code: str, wait: timedelta
) -> None:
    worker = new_worker().warm_up()
    worker.plex.fail(**fault, method="POST")
    row = worker.send("alice")
    assert (row.status, row.error_code, row.attempts) == (Status.QUEUED, code, 1)
    assert row.next_attempt_at == NOON + wait
    assert (row.sent_at, worker.plex.count("POST")) == (None, 1)
    assert worker.log.get(row.request_id) == row


def test_an_unreachable_plex_is_retried(worker: Worker) -> None:
    worker.plex.stop()
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, "plex_unavailable")


def test_a_cold_worker_without_plex_keeps_the_request_too(
    plex: DemoPlex, new_worker: NewWorker, database_url: str
) -> None:
    plex.fail("status", status=503, times=0)
    worker = new_worker(database_url)
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, "plex_unavailable")
    assert (row.server_name, row.libraries) == ("Demo Plex", ())


def test_a_server_that_the_account_does_not_own_keeps_the_request(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker = new_worker()
    plex.stage.plex.world.server_name = "Renamed"
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, "plex_server_unknown")


def test_without_a_library_to_share_nothing_is_recorded_or_sent(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker = new_worker(libraries=[])
    with pytest.raises(SetupRequired):
        worker.send("alice")
    assert (worker.rows(), plex.calls) == ([], [])


def test_an_unknown_library_name_keeps_the_request_for_the_owner_to_fix(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    new_worker().warm_up()
    plex.fail("status", status=503, times=0)
    worker = new_worker(libraries=["Filme"])
    row = worker.send("alice")
    assert (row.status, row.error_code, row.libraries) == (Status.QUEUED, "setup_required", ())
    assert plex.count("POST") == 0
    assert friend_message(row) == messages.OWNER_FIRST


def test_vanished_libraries_are_discovered_and_the_rest_is_sent(worker: Worker) -> None:
    worker.plex.change(libraries=[{"id": SHOWS, "key": 2, "type": "show", "title": "TV Shows"}])
    row = worker.send("alice")
    assert row.status is Status.SUCCESS
    assert [library.id for library in row.libraries] == [SHOWS]
    posts = [call.library_ids for call in worker.plex.calls if call.method == "POST"]
    assert posts == [(MOVIES, SHOWS), (SHOWS,)]


def test_if_every_library_vanished_the_request_waits_for_the_owner(worker: Worker) -> None:
    worker.plex.change(libraries=[{"id": 5, "key": 2, "type": "show", "title": "New"}])
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, "setup_required")
    assert worker.plex.count("POST") == 1
    assert worker.plex.shares == []


def test_a_reinstalled_server_is_found_and_the_invite_sent_there(worker: Worker) -> None:
    worker.plex.change(machine_identifier="ab" * 20)
    assert worker.send("alice").status is Status.SUCCESS
    posts = [call.path for call in worker.plex.calls if call.method == "POST"]
    assert [f"{'ab' * 20}" in path for path in posts] == [False, True]
    worker.plex.clear_calls()
    assert worker.send("bob").status is Status.SUCCESS
    assert len(worker.plex.calls) == 1


NOT_NOW = [
    ({"kind": "status", "status": 503}, "plex_unavailable"),
    ({"kind": "status", "status": 500}, "plex_unavailable"),
    ({"kind": "status", "status": 403}, "plex_unexpected"),
    ({"kind": "drop"}, "plex_unavailable"),
    ({"kind": "malformed"}, "plex_unavailable"),
]


@pytest.mark.parametrize(("fault", "code"), NOT_NOW)
def test_a_refusal_is_not_blamed_on_the_name_while_ids_cannot_be_compared(
    new_worker: NewWorker, fault: dict[str, Any], code: str
) -> None:
    worker = new_worker().warm_up()
    worker.plex.fail(**fault, method="GET", path_prefix="/api/servers", times=0)
    row = worker.send("nobody-knows")
    assert (row.status, row.error_code) == (Status.QUEUED, code)
    worker.plex.clear_faults()
    worker.clock.forward(minutes=1)
    worker.housekeeping()
    assert worker.rows() == [("nobody-knows", "failed")]  # it was the name


@pytest.mark.parametrize(("fault", "code"), NOT_NOW)
def test_changed_ids_are_discovered_later_while_libraries_cannot_be_read(
    new_worker: NewWorker, fault: dict[str, Any], code: str
) -> None:
    worker = new_worker().warm_up()
    worker.plex.change(libraries=[{"id": SHOWS, "key": 2, "type": "show", "title": "TV Shows"}])
    worker.plex.fail(**fault, method="GET", times=0)
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, code)
    worker.plex.clear_faults()
    worker.clock.forward(minutes=1)
    worker.housekeeping()
    assert worker.rows() == [("alice", "success")]


def test_a_refusal_is_not_blamed_on_the_name_while_seats_cannot_be_counted(
    worker: Worker,
) -> None:
    worker.plex.fail("status", status=500, path_prefix="/api/v2/shared_servers", times=0)
    assert worker.send("nobody-knows").status is Status.QUEUED


@pytest.mark.parametrize("status", [402, 403, 405, 408, 410, 425, 451, 499])
def test_what_says_nothing_about_the_friend_is_kept_and_reported_to_the_owner(
    new_worker: NewWorker, status: int
) -> None:
    worker = new_worker().warm_up()
    page = b"<html><title>Blocked here</title></html>"
    worker.plex.fail("status", status=status, method="POST", body=page)
    row = worker.send("alice")
    assert row.status is Status.QUEUED
    assert f"status {status}: Blocked here" in say(row.error_message or "")
    worker.clock.forward(minutes=1)
    assert worker.housekeeping()[0] == {"sent": 1}


@pytest.mark.parametrize("full", [{"elsewhere": 100}, {"elsewhere": 90, "home": 10}])
def test_seats_taken_on_other_servers_are_counted_too(
    new_worker: NewWorker, full: dict[str, int]
) -> None:
    worker = new_worker().warm_up()
    worker.plex.change(**full)
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.FAILED, "server_full")
    count = worker.parts.plex.seats().known()
    assert count is not None
    assert (count.used, count.left) == (100, 0)
