"""The `limits` library over each state store."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

import limits
import pytest
from limits.strategies import FixedWindowRateLimiter

from helpr_core.adapters.state.limits_storage import StateStoreStorage
from helpr_core.errors import StateUnavailable
from helpr_core.services.ports import StateStore
from tests.contract import limit_worker
from tests.contract.places import MovableClock, Place, TablesPlace, all_at_once
from tests.servers.azurite import connection_string
from tests.servers.server_process import free_port

RATE = limits.parse("5/minute")
CLIENT = ("invites", "2001:db8::/64 and/any text é")


@pytest.fixture
def storage(store: StateStore, clock: MovableClock) -> StateStoreStorage:
    return StateStoreStorage(store, clock)


@pytest.fixture
def limiter(storage: StateStoreStorage) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(storage)


def test_five_a_minute_lets_five_through_and_starts_again(
    limiter: FixedWindowRateLimiter, clock: MovableClock
) -> None:
    assert [limiter.hit(RATE, *CLIENT) for _ in range(7)] == [True] * 5 + [False] * 2
    clock.advance(59)
    assert not limiter.hit(RATE, *CLIENT)
    clock.advance(1)
    assert limiter.hit(RATE, *CLIENT)


def test_clients_and_rates_are_counted_apart(limiter: FixedWindowRateLimiter) -> None:
    once = limits.parse("1/minute")
    assert limiter.hit(once, "invites", "one")
    assert limiter.hit(once, "invites", "two")
    assert limiter.hit(once, "codes", "one")
    assert limiter.hit(RATE, "invites", "one")
    assert not limiter.hit(once, "invites", "one")


def test_looking_does_not_count_and_starts_no_window(
    limiter: FixedWindowRateLimiter, clock: MovableClock
) -> None:
    assert limiter.test(RATE, *CLIENT)
    assert limiter.get_window_stats(RATE, *CLIENT) == (clock.now.timestamp(), 5)
    limiter.hit(RATE, *CLIENT, cost=5)
    assert not limiter.test(RATE, *CLIENT)
    assert limiter.get_window_stats(RATE, *CLIENT) == (clock.after(60).timestamp(), 0)
    clock.advance(60)
    assert limiter.test(RATE, *CLIENT)


def test_another_instance_sees_when_the_window_ends(place: Place, clock: MovableClock) -> None:
    one, other = (StateStoreStorage(place.open(clock), clock) for _ in range(2))
    end = clock.after(60).timestamp()
    FixedWindowRateLimiter(one).hit(RATE, *CLIENT)
    clock.advance(10)
    assert other.get(RATE.key_for(*CLIENT)) == 1
    assert other.get_expiry(RATE.key_for(*CLIENT)) == end


def test_a_cleared_limit_lets_through_again(limiter: FixedWindowRateLimiter) -> None:
    limiter.hit(RATE, *CLIENT, cost=6)
    limiter.clear(RATE, *CLIENT)
    assert [limiter.hit(RATE, *CLIENT) for _ in range(6)] == [True] * 5 + [False]


def test_sixteen_threads_share_one_limit(limiter: FixedWindowRateLimiter) -> None:
    passed = all_at_once([partial(limiter.hit, RATE, *CLIENT)] * 16)
    assert sorted(passed, key=bool) == [False] * 11 + [True] * 5


def test_a_store_that_answers_checks_out(storage: StateStoreStorage) -> None:
    assert storage.check()


def test_two_worker_processes_share_one_limit(place: Place) -> None:
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", limit_worker.__name__],
            env={**os.environ, "STATE_STORE_TARGET": place.target},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        assert [worker.stdout.readline() for worker in workers if worker.stdout] == ["ready\n"] * 2
        for worker in workers:
            assert worker.stdin
            worker.stdin.write("go\n")
            worker.stdin.flush()
        passed = [int(worker.communicate(timeout=30)[0]) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
    assert sum(passed) == 5


def test_a_store_that_is_down_is_no_verdict() -> None:
    storage = StateStoreStorage(TablesPlace(connection_string(free_port())).open())
    with pytest.raises(StateUnavailable):
        FixedWindowRateLimiter(storage).hit(RATE, *CLIENT)
    assert not storage.check()
