"""What every state store does with counters and with expired entries."""

from __future__ import annotations

import pytest

from helpr_core.services.ports import LIMITS, SITE, Counter, StateStore
from tests.contract.places import MovableClock, Place


def test_a_counter_adds_up_within_its_window(store: StateStore, clock: MovableClock) -> None:
    end = clock.after(60)
    assert store.increment(LIMITS, "key", 1, 60) == Counter(1, end)
    clock.advance(59.9)
    assert store.increment(LIMITS, "key", 5, 60) == Counter(6, end)
    assert store.increment(LIMITS, "other", 1, 60).value == 1


def test_a_counter_restarts_after_its_window(store: StateStore, clock: MovableClock) -> None:
    store.increment(LIMITS, "key", 4, 60)
    clock.advance(60)
    assert store.increment(LIMITS, "key", 1, 30) == Counter(1, clock.after(30))


def test_adding_nothing_reads_a_counter_and_starts_no_window(
    store: StateStore, clock: MovableClock
) -> None:
    assert store.increment(LIMITS, "key", 0, 1) == Counter(0, clock.after(1))
    end = clock.after(60)
    assert store.increment(LIMITS, "key", 3, 60) == Counter(3, end)
    assert store.increment(LIMITS, "key", 0, 60) == Counter(3, end)
    clock.advance(60)
    assert store.increment(LIMITS, "key", 0, 1) == Counter(0, clock.after(1))


@pytest.mark.parametrize("back", [1, 3600, 400 * 86_400])
def test_a_clock_that_is_set_back_does_not_prolong_a_window(
    place: Place, clock: MovableClock, back: int
) -> None:
    one, other = place.open(clock), place.open(clock)
    one.increment(LIMITS, "key", 3, 60)
    clock.advance(-back)
    assert other.increment(LIMITS, "key", 0, 60) == Counter(3, clock.after(60))
    assert one.increment(LIMITS, "key", 1, 60) == Counter(4, clock.after(60))
    clock.advance(60)
    assert other.increment(LIMITS, "key", 1, 60) == Counter(1, clock.after(60))


def test_a_window_of_no_length_is_refused(store: StateStore) -> None:
    with pytest.raises(ValueError, match="window_seconds"):
        store.increment(LIMITS, "key", 1, 0)


def test_two_instances_add_to_one_counter_in_turn(place: Place, clock: MovableClock) -> None:
    one, other = place.open(clock), place.open(clock)
    values = [store.increment(LIMITS, "key", 1, 60).value for store in (one, other) * 5]
    assert values == list(range(1, 11))


def test_a_counter_that_was_purged_meanwhile_restarts(place: Place, clock: MovableClock) -> None:
    one, other = place.open(clock), place.open(clock)
    one.increment(LIMITS, "key", 3, 60)
    clock.advance(60)
    assert other.purge_expired(LIMITS) == 1
    assert one.increment(LIMITS, "key", 1, 60).value == 1


def test_purging_deletes_expired_entries_up_to_its_limit(
    store: StateStore, clock: MovableClock
) -> None:
    for number in range(4):
        store.put(LIMITS, f"past-{number}", {}, clock.after(10))
        store.increment(LIMITS, f"past-{number}", 1, 10)
    store.put(LIMITS, "for-ever", {})
    store.put(LIMITS, "later", {}, clock.after(11))
    store.increment(LIMITS, "later", 1, 11)
    store.put(SITE, "other-kind", {}, clock.after(10))
    assert store.purge_expired(LIMITS) == 0
    clock.advance(10)
    assert store.purge_expired(LIMITS, limit=5) == 5
    assert store.purge_expired(LIMITS, limit=5) == 3
    assert store.purge_expired(LIMITS) == 0
    assert [entry.key for entry in store.list(LIMITS)] == ["for-ever", "later"]
    assert store.increment(LIMITS, "later", 1, 10).value == 2
    assert store.purge_expired(SITE) == 1


def test_many_entries_are_purged_in_bulk_and_renewed_ones_stay(
    place: Place, clock: MovableClock
) -> None:
    store, other = place.open(clock), place.open(clock)
    for number in range(250):
        store.increment(LIMITS, f"past-{number:03}", 1, 10)
    for number in range(3):
        store.put(LIMITS, f"entry-{number}", {}, clock.after(10))
    clock.advance(10)
    other.increment(LIMITS, "past-100", 1, 10)
    assert store.purge_expired(LIMITS, limit=5000) == 252
    assert store.purge_expired(LIMITS, limit=5000) == 0
    assert other.increment(LIMITS, "past-100", 1, 10).value == 2
