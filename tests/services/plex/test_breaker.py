"""An outage of plex.tv delays a few friends, not everybody."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from demo_plex import DemoPlex
from helpr_core.domain.audit import HOUSEKEEPING
from helpr_core.domain.requests import Status
from helpr_core.domain.transitions import TRIED
from helpr_core.services.plex.breaker import KEY, CircuitBreaker
from helpr_core.services.plex.errors import (
    PlexAnswerLost,
    PlexLimited,
    PlexPaused,
    PlexRefused,
    PlexUnauthorized,
    PlexUnavailable,
    PlexUnexpected,
)
from helpr_core.services.ports import PLEX
from tests.services.conftest import NewWorker
from tests.services.worker import NOON, Worker


def breaker(worker: Worker) -> CircuitBreaker:
    """The breaker of another worker, on this worker's store."""
    return CircuitBreaker(worker.state, worker.clock)


def fail(circuit: CircuitBreaker, times: int = 1, error: Exception | None = None) -> None:
    for _ in range(times):
        with pytest.raises(type(error or PlexUnavailable())), circuit.guard():
            raise error or PlexUnavailable()


def is_open(circuit: CircuitBreaker) -> bool:
    try:
        with circuit.guard():
            return False
    except PlexPaused:
        return True


def opened(worker: Worker) -> CircuitBreaker:
    circuit = breaker(worker)
    fail(circuit, 3)
    return circuit


def test_after_three_failures_requests_are_queued_at_once(worker: Worker) -> None:
    worker.plex.fail("status", status=503, times=0)
    rows = [worker.send(f"friend{number}") for number in range(5)]
    assert {row.status for row in rows} == {Status.QUEUED}
    assert {row.error_code for row in rows} == {"plex_unavailable"}
    assert worker.plex.count("POST") == 3
    assert rows[4].next_attempt_at == NOON + timedelta(seconds=30)


def test_an_answer_in_between_restarts_the_count(new_worker: NewWorker) -> None:
    worker = new_worker()
    circuit = breaker(worker)
    for _ in range(3):
        fail(circuit, 2)
        assert not is_open(circuit)


def test_what_one_worker_found_out_applies_to_all(new_worker: NewWorker) -> None:
    worker = new_worker()
    others = [breaker(worker) for _ in range(9)]
    for other in others:
        fail(other, 2)
        assert not is_open(other)
    opened(worker)
    worker.clock.forward(seconds=15)
    assert all(is_open(other) for other in others)


def test_a_refusal_counts_as_an_answer(worker: Worker) -> None:
    for number in range(5):
        assert worker.send(f"nobody{number}").error_code == "plex_refused"


def test_a_refused_token_is_a_quick_answer_and_pauses_nothing(worker: Worker) -> None:
    circuit = breaker(worker)
    fail(circuit, 9, PlexUnauthorized())
    assert not is_open(circuit)


@pytest.mark.parametrize(("header", "seconds"), [({}, 30), ({"Retry-After": "900"}, 900)])
def test_a_429_is_respected_at_once_by_all_workers(
    worker: Worker, new_worker: NewWorker, database_url: str, header: dict[str, str], seconds: int
) -> None:
    worker.plex.fail("status", status=429, headers=header, method="POST")
    assert worker.send("alice").status is Status.QUEUED
    row = new_worker(database_url, clock=worker.clock).send("bob")
    assert (row.status, row.error_code) == (Status.QUEUED, "plex_limited")
    assert row.next_attempt_at == NOON + timedelta(seconds=seconds)
    assert worker.plex.count("POST") == 1


def test_one_timeout_is_enough(new_worker: NewWorker) -> None:
    worker = new_worker()
    fail(breaker(worker), error=PlexAnswerLost("", timed_out=True))
    with pytest.raises(PlexPaused) as paused, breaker(worker).guard():
        pass
    assert paused.value.code == "plex_unavailable"  # nothing was sent that could be lost


def test_a_pause_names_its_reason(new_worker: NewWorker) -> None:
    worker = new_worker()
    fail(breaker(worker), 3, PlexUnexpected("status 403"))
    with pytest.raises(PlexPaused) as paused, breaker(worker).guard():
        pass
    assert paused.value.code == "plex_unexpected"


def test_no_wait_is_longer_than_fifteen_minutes(new_worker: NewWorker) -> None:
    worker = new_worker()
    circuit = breaker(worker)
    fail(circuit, error=PlexLimited("", 86_400))
    worker.clock.forward(minutes=14, seconds=59)
    assert is_open(circuit)
    worker.clock.forward(seconds=1)
    with circuit.guard():
        assert is_open(breaker(worker))  # one caller asks again


def test_the_owner_may_ask_at_any_time_without_prolonging_the_wait(
    new_worker: NewWorker,
) -> None:
    worker = new_worker()
    circuit = opened(worker)
    for _ in range(3):
        with pytest.raises(PlexUnavailable), circuit.guard(for_owner=True):
            raise PlexUnavailable
    assert is_open(circuit)
    worker.clock.forward(seconds=30)
    assert not is_open(breaker(worker))


@pytest.mark.parametrize("answer", [None, PlexRefused("No such name.")])
def test_an_answer_to_the_owner_ends_it_for_all(
    new_worker: NewWorker, answer: PlexRefused | None
) -> None:
    worker = new_worker()
    circuit = opened(worker)
    with suppress(PlexRefused), circuit.guard(for_owner=True):
        if answer:
            raise answer
    assert not is_open(circuit)
    assert not is_open(breaker(worker))


@pytest.mark.parametrize("warm", [False, True])
def test_a_clock_that_is_set_back_does_not_prolong_it(new_worker: NewWorker, warm: bool) -> None:
    worker = new_worker()
    circuit = opened(worker)
    worker.clock.now -= timedelta(hours=1)
    assert not is_open(circuit if warm else breaker(worker))


def test_a_clock_that_is_slightly_behind_respects_it(new_worker: NewWorker) -> None:
    worker = new_worker()
    opened(worker)
    worker.clock.now -= timedelta(seconds=20)
    assert is_open(breaker(worker))


def test_what_an_earlier_version_stored_can_be_read(new_worker: NewWorker) -> None:
    worker = new_worker()
    opened(worker)
    entry = worker.state.get(PLEX, KEY)
    assert entry is not None
    old = {name: one for name, one in entry.value.items() if name != "noted_at"}
    worker.state.put(PLEX, KEY, old | {"span_seconds": 30})
    assert is_open(breaker(worker))
    worker.clock.forward(seconds=30)
    assert not is_open(breaker(worker))


def test_a_straggler_does_not_shorten_what_plex_asked_for(new_worker: NewWorker) -> None:
    worker = new_worker()
    late, limited = breaker(worker), breaker(worker)
    fail(late, 2)
    with ExitStack() as begun:
        begun.enter_context(pytest.raises(PlexUnavailable))
        begun.enter_context(late.guard())
        fail(limited, error=PlexUnavailable("", 900))
        raise PlexUnavailable  # asked before, answered after: the third in a row
    pause = late.read()
    assert pause is not None
    assert pause.until == NOON + timedelta(seconds=900)


def test_nor_does_a_late_answer_end_it(new_worker: NewWorker) -> None:
    worker = new_worker()
    late, limited = breaker(worker), breaker(worker)
    with late.guard():
        fail(limited, error=PlexUnavailable("", 900))
    assert is_open(limited)
    assert is_open(breaker(worker))


def test_after_the_wait_one_caller_asks_and_the_others_wait(
    new_worker: NewWorker,
) -> None:
    worker = new_worker()
    opened(worker)
    others = [breaker(worker) for _ in range(9)]
    assert all(is_open(other) for other in others)
    worker.clock.forward(seconds=30)
    with others[0].guard():
        assert all(is_open(other) for other in others)


def test_simultaneous_callers_are_at_most_one_per_worker(
    new_worker: NewWorker, database_url: str
) -> None:
    worker = new_worker(database_url)
    opened(worker)
    worker.clock.forward(seconds=30)
    others = [new_worker(database_url, clock=worker.clock) for _ in range(3)]
    circuits = [breaker(each) for each in (worker, *others)]
    together, decided = Barrier(8), Barrier(8)

    def ask(number: int) -> bool:
        together.wait()
        try:
            with circuits[number % 4].guard():
                decided.wait()  # plex.tv answers once all have asked
                return True
        except PlexPaused:
            decided.wait()
            return False

    with ThreadPoolExecutor(8) as threads:
        let_in = list(threads.map(ask, range(8)))
    assert any(let_in)
    assert all(let_in[one] + let_in[one + 4] <= 1 for one in range(4))


def test_an_answer_does_not_end_a_pause_that_was_requested_meanwhile(new_worker: NewWorker) -> None:
    worker = new_worker()
    late, first = breaker(worker), opened(worker)
    with ExitStack() as begun:
        begun.enter_context(late.guard(for_owner=True))
        worker.clock.forward(seconds=30)
        begun.enter_context(pytest.raises(PlexLimited))
        begun.enter_context(first.guard())
        raise PlexLimited("", 60)
    assert is_open(breaker(worker))


def test_an_answer_ends_it_for_all(new_worker: NewWorker, sqlite_path: Path) -> None:
    worker = new_worker()
    first, second = opened(worker), breaker(worker)
    assert is_open(second)
    worker.clock.forward(seconds=30)
    with first.guard():
        pass
    assert not is_open(first)
    worker.clock.forward(seconds=15)
    assert not is_open(second)
    assert worker.state.get(PLEX, KEY) is None


def test_a_worker_that_learns_of_the_end_restarts_the_count(new_worker: NewWorker) -> None:
    worker = new_worker()
    first, second = opened(worker), breaker(worker)
    worker.clock.forward(seconds=30)
    with second.guard():
        pass
    worker.clock.forward(minutes=2)
    fail(first)
    assert not is_open(first)


def test_each_failure_of_a_probe_doubles_the_wait_up_to_five_minutes(
    new_worker: NewWorker,
) -> None:
    worker = new_worker()
    circuit = opened(worker)
    waits = []
    for _ in range(6):
        pause = circuit.read()
        assert pause is not None
        waits.append((pause.until - worker.clock()).total_seconds())
        assert pause.since == NOON
        worker.clock.now = pause.until
        fail(circuit)
    assert waits == [30, 60, 120, 240, 300, 300]


def test_a_probe_that_dies_is_followed_by_another(new_worker: NewWorker) -> None:
    worker = new_worker()
    opened(worker)
    worker.clock.forward(seconds=30)
    dead = breaker(worker).guard()
    dead.__enter__()  # and never reports back
    assert is_open(breaker(worker))
    worker.clock.forward(minutes=2)
    assert not is_open(breaker(worker))


def test_while_all_is_well_the_store_is_read_once_in_fifteen_seconds(worker: Worker) -> None:
    circuit = breaker(worker)
    assert not is_open(circuit)
    worker.hide_tables(["state_entries"])
    began = time.thread_time()
    for _ in range(1000):
        assert not is_open(circuit)
    assert time.thread_time() - began < 0.2  # 0.2 ms each at the very most


def test_without_the_state_store_a_worker_counts_its_own_failures(new_worker: NewWorker) -> None:
    worker = new_worker("sqlite:////no/such/folder/helpr.db")
    circuit = opened(worker)
    assert is_open(circuit)
    assert not is_open(breaker(worker))
    worker.clock.forward(seconds=30)
    with circuit.guard():
        assert is_open(circuit)  # one asks, the others wait
    assert not is_open(circuit)


def test_a_pause_does_not_hide_that_an_answer_was_lost(plex: DemoPlex, worker: Worker) -> None:
    plex.fail("drop_after", method="POST")
    plex.fail("status", status=500, method="GET")
    row = worker.send("alice")
    assert row.error_code == "plex_answer_lost"
    fail(worker.parts.plex.breaker(), error=PlexUnavailable("", 900))
    worker.clock.forward(minutes=1)
    claimed = worker.log.change(row.request_id, TRIED, worker.clock(), HOUSEKEEPING)
    assert claimed is not None
    again = worker.parts.requests.attempt()(claimed)
    assert (again.status, again.error_code) == (Status.QUEUED, "plex_answer_lost")
    worker.clock.forward(minutes=15)
    assert worker.housekeeping()[0]["sent"] == 1
    assert (plex.count("POST"), len(plex.shares)) == (1, 1)
