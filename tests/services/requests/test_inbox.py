"""While the database is down, requests are kept in the state store, and none is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from helpr_core.domain.audit import FRIEND
from helpr_core.domain.identity import parse_identity
from helpr_core.domain.messages import IN_LINE, friend_message
from helpr_core.domain.requests import InviteRequest, Source, Status
from helpr_core.errors import LogUnavailable, Unavailable
from helpr_core.services.ports import INBOX, LIMITS
from helpr_core.services.requests import inbox
from tests.contract.places import TablesPlace
from tests.services.conftest import NewWorker
from tests.services.upkeep.test_housekeeping import posts, row_of, save
from tests.services.worker import NOON, Worker

Start = Callable[[], Worker]


@pytest.fixture(
    params=[
        "sqlite_path-sqlite",
        pytest.param("postgres_url-tables", marks=pytest.mark.thorough),
        pytest.param("sqlite_path-tables", marks=pytest.mark.thorough),
        pytest.param("postgres_url-sqlite", marks=pytest.mark.thorough),
    ]
)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Where the record and the separate state store are, as options of a Worker."""
    record, state = request.param.split("-")
    url = str(request.getfixturevalue(record))
    url = url if record == "postgres_url" else f"sqlite:///{url}"
    if state == "sqlite":
        yield url, {"state_url": f"sqlite:///{tmp_path}/state.db"}
        return
    place = TablesPlace(request.getfixturevalue("azurite_tables"))
    yield url, {"tables": place.target}
    place.clear()


@pytest.fixture
def start(new_worker: NewWorker, stores: tuple[str, dict[str, str]]) -> Start:
    """Starts a worker on these stores."""
    url, state = stores
    return lambda: new_worker(url, **state)


@pytest.fixture
def worker(start: Start) -> Worker:
    """A warm worker whose record has just become unavailable."""
    made = start().warm_up()
    made.log.ping()
    made.hide_tables()
    return made


def lookup(worker: Worker, request_id: UUID) -> InviteRequest:
    found = worker.parts.requests.lookup()(request_id)
    assert found is not None
    return found


def kept(worker: Worker) -> int:
    return worker.parts.requests.inbox().state().waiting


def test_a_request_is_kept_and_its_page_says_so(worker: Worker) -> None:
    row = worker.send("alice@example.com")
    assert (row.status, row.email_or_username) == (Status.QUEUED, "alice@example.com")
    found = lookup(worker, row.request_id)
    assert (found, friend_message(found)) == (row, IN_LINE)
    assert worker.plex.calls == []


def test_it_is_sent_once_when_the_database_is_back(worker: Worker) -> None:
    asked = worker.send("alice")
    worker.restore_tables()
    worker.clock.forward(minutes=5)
    assert worker.housekeeping() == ({"drained": 1, "sent": 1}, {})
    row = row_of(worker, asked)
    assert (row.status, row.timestamp, row.source) == (Status.SUCCESS, NOON, Source.FORM)
    assert len(row.libraries) == 2
    assert lookup(worker, asked.request_id) == row
    assert worker.housekeeping() == ({}, {})
    assert (posts(worker), worker.state.list(INBOX)) == (["alice"], [])


def test_everything_the_friend_entered_survives(worker: Worker) -> None:
    send = worker.parts.requests.submit()
    asked = send(
        parse_identity(" Älice@example.com".replace("Ä", "A")), Source.LINK, "k", "Grüße 😀"
    )
    assert asked
    worker.restore_tables()
    worker.housekeeping()
    row = row_of(worker, asked)
    assert (row.email_or_username, row.identity_key) == ("Alice@example.com", "alice@example.com")
    assert (row.note, row.client_key, row.source) == ("Grüße 😀", "k", Source.LINK)


def test_they_are_sent_in_the_order_in_which_they_arrived(worker: Worker) -> None:
    names = ["delta", "alpha", "charlie", "bravo"]
    for name in names:
        worker.send(name)
        worker.clock.forward(seconds=1)
    worker.restore_tables()
    worker.housekeeping()
    assert [name for name, _ in worker.rows()] == names
    assert posts(worker) == names


def test_one_person_has_one_request_whichever_worker_takes_it(worker: Worker, start: Start) -> None:
    others = [start().warm_up() for _ in range(3)]
    together = threading.Barrier(8)

    def submit(number: int) -> InviteRequest:
        together.wait()
        return (worker, *others)[number % 4].send("alice" if number % 2 else " ALICE")

    with ThreadPoolExecutor(8) as threads:
        rows = list(threads.map(submit, range(8)))
    assert len({row.request_id for row in rows}) == 1
    assert kept(worker) == 1


def test_a_repeat_after_the_outage_is_answered_from_the_row(worker: Worker) -> None:
    asked = worker.send("alice")
    worker.restore_tables()
    worker.housekeeping()
    assert worker.send("alice").request_id == asked.request_id


def test_a_person_with_a_request_in_the_record_is_led_to_it(start: Start) -> None:
    worker = start().warm_up()
    first = worker.send("alice")
    worker.hide_tables()
    again = worker.send("alice")
    assert again.request_id != first.request_id
    worker.restore_tables()
    assert worker.housekeeping() == ({"drained": 1}, {})
    assert lookup(worker, again.request_id) == first
    assert (posts(worker), worker.rows()) == (["alice"], [("alice", "success")])
    worker.hide_tables()
    with pytest.raises(LogUnavailable):  # its state is not known at this moment
        worker.parts.requests.lookup()(again.request_id)


def test_four_simultaneous_drains_make_one_row_per_request(worker: Worker, start: Start) -> None:
    names = {f"friend{number}" for number in range(10)}
    for name in names:
        worker.send(name)
    worker.restore_tables()
    workers = [worker, *(start() for _ in range(3))]
    together = threading.Barrier(4)

    def drain(one: Worker) -> int:
        together.wait()
        return one.parts.requests.inbox().drain(time.monotonic() + 30)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(drain, workers))
    assert sorted(worker.rows()) == sorted((name, "queued") for name in names)
    assert worker.state.list(INBOX) == []


def test_an_entry_recreated_meanwhile_is_not_taken_for_the_old_one(worker: Worker) -> None:
    worker.send("alice")
    old = worker.parts.requests.inbox()._waiting()[0]
    worker.restore_tables()
    worker.housekeeping()
    worker.clock.forward(hours=1)
    worker.plex.reset()
    worker.hide_tables()
    new = worker.send("alice")
    worker.restore_tables()
    worker.parts.requests.inbox()._hand_over(*old)  # a drain that was in progress all the time
    assert kept(worker) == 1
    worker.housekeeping()
    assert row_of(worker, new).status is Status.SUCCESS


def test_a_request_that_needs_approval_waits_for_it_afterwards(start: Start) -> None:
    worker = start().warm_up()
    save(worker, approval_required=True)
    worker.log.ping()
    worker.hide_tables()
    row = worker.send("alice")
    assert row.status is Status.QUEUED  # the owner cannot have been asked yet
    worker.restore_tables()
    worker.housekeeping()
    assert worker.rows() == [("alice", "awaiting_approval")]
    assert posts(worker) == []


def test_plex_being_down_too_changes_nothing(worker: Worker) -> None:
    worker.send("alice")
    worker.plex.fail("status", status=503, times=2)
    worker.restore_tables()
    assert worker.housekeeping()[0] == {"drained": 1, "queued_again": 1}
    worker.clock.forward(minutes=1)
    assert worker.housekeeping()[0] == {"queued_again": 1}
    worker.clock.forward(minutes=5)
    assert worker.housekeeping()[0] == {"sent": 1}


def test_the_page_submits_kept_requests_as_soon_as_the_database_answers(worker: Worker) -> None:
    asked = worker.send("alice")
    worker.clock.forward(seconds=1)
    worker.send("bob")
    worker.restore_tables()
    assert lookup(worker, asked.request_id) == row_of(worker, asked)
    assert worker.rows() == [("alice", "queued"), ("bob", "queued")]


def test_a_request_that_housekeeping_missed_is_tried_when_its_page_is_opened(
    worker: Worker,
) -> None:
    asked = worker.send("alice")
    worker.restore_tables()
    worker.clock.forward(minutes=15)
    assert lookup(worker, asked.request_id).status is Status.QUEUED
    worker.clock.forward(seconds=1)
    assert lookup(worker, asked.request_id).status is Status.SUCCESS


def test_an_id_that_was_never_issued_is_unknown(worker: Worker) -> None:
    with pytest.raises(LogUnavailable):
        worker.parts.requests.lookup()(uuid4())
    worker.restore_tables()
    assert worker.parts.requests.lookup()(uuid4()) is None


def test_a_full_inbox_says_so_and_still_knows_who_is_in_it(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "CAPACITY", 2)
    first = worker.send("alice")
    worker.send("bob")
    with pytest.raises(Unavailable) as full:
        worker.send("carol")
    assert full.value.retry_after_seconds >= 60
    assert worker.send("alice") == first
    assert (kept(worker), worker.plex.calls) == (2, [])


def test_a_commit_whose_answer_was_lost_is_one_request(worker: Worker) -> None:
    asked = worker.send("alice")
    _, waiting = worker.parts.requests.inbox()._waiting()[0]
    new = waiting.request
    worker.restore_tables()
    worker.log.open(new, FRIEND)  # as the database in fact did
    worker.housekeeping()
    assert (worker.rows(), posts(worker)) == ([("alice", "success")], ["alice"])
    assert row_of(worker, asked).status is Status.SUCCESS


def test_the_daily_cap_counts_kept_requests_but_no_repeats(start: Start) -> None:
    worker = start().warm_up()
    save(worker, daily_cap=2)
    worker.log.ping()
    worker.hide_tables()
    for who in ("alice", "alice", "alice", "bob", "carol"):
        worker.send(who)
    day = f"daily:{NOON:%Y-%m-%d}"
    assert worker.state.increment(LIMITS, day, 0, 86_400).value == 3
    worker.restore_tables()
    worker.housekeeping()
    assert sorted(worker.rows()) == [
        ("alice", "success"),
        ("bob", "success"),
        ("carol", "awaiting_approval"),
    ]


def test_without_either_store_nothing_is_kept_or_sent(new_worker: NewWorker) -> None:
    worker = new_worker().warm_up()
    worker.hide_tables(["invite_requests", "state_entries"])
    with pytest.raises(Unavailable) as neither:
        worker.send("alice")
    assert neither.value.retry_after_seconds >= 1
    worker.restore_tables(["invite_requests", "state_entries"])
    assert (worker.rows(), worker.plex.calls) == ([], [])


def test_the_status_says_how_many_wait_and_since_when(worker: Worker) -> None:
    assert worker.parts.requests.inbox().state() == inbox.InboxState(0, None)
    worker.send("alice")
    worker.clock.forward(minutes=1)
    worker.send("bob")
    assert worker.parts.requests.inbox().state() == inbox.InboxState(2, NOON)
