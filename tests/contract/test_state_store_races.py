"""When many write at once, the store decides, and no write is lost."""

from __future__ import annotations

from functools import partial

import pytest

from helpr_core.errors import EntryChanged, EntryExists
from helpr_core.services.ports import LIMITS, SITE, Entry, StateStore
from tests.contract.places import MovableClock, Place, all_at_once

THREADS = 16


def test_sixteen_threads_adding_to_one_counter_lose_no_count(store: StateStore) -> None:
    each = 10

    def add() -> list[int]:
        return [store.increment(LIMITS, "key", 1, 3600).value for _ in range(each)]

    results = all_at_once([add] * THREADS)
    values = [value for result in results if isinstance(result, list) for value in result]
    assert sorted(values) == list(range(1, THREADS * each + 1))


def test_eight_instances_adding_to_one_counter_lose_no_count(place: Place) -> None:
    instances, each = 8, 5

    def add(store: StateStore) -> list[int]:
        return [store.increment(LIMITS, "key", 1, 3600).value for _ in range(each)]

    stores = [place.open() for _ in range(instances)]
    results = all_at_once([partial(add, store) for store in stores])
    values = [value for result in results if isinstance(result, list) for value in result]
    assert sorted(values) == list(range(1, instances * each + 1))


@pytest.mark.parametrize("before", ["nothing", "an entry whose time has passed"])
def test_of_sixteen_threads_inserting_one_key_one_succeeds(
    store: StateStore, clock: MovableClock, before: str
) -> None:
    if before != "nothing":
        store.put(SITE, "key", {}, clock.after(-1))

    results = all_at_once(
        [partial(store.insert, SITE, "key", {"by": number}) for number in range(THREADS)]
    )
    winners = [result for result in results if isinstance(result, Entry)]
    assert [type(r) for r in results].count(EntryExists) == THREADS - 1
    assert [store.get(SITE, "key")] == winners


def test_of_sixteen_threads_replacing_one_version_one_succeeds(store: StateStore) -> None:
    etag = store.put(SITE, "key", {}).etag
    results = all_at_once(
        [partial(store.replace, SITE, "key", {"by": number}, etag) for number in range(THREADS)]
    )
    winners = [result for result in results if isinstance(result, Entry)]
    assert [type(r) for r in results].count(EntryChanged) == THREADS - 1
    assert [store.get(SITE, "key")] == winners


def test_of_sixteen_threads_deleting_one_entry_one_removed_it(store: StateStore) -> None:
    store.put(SITE, "key", {})
    results = all_at_once([lambda: store.delete(SITE, "key")] * THREADS)
    assert sorted(results, key=bool) == [False] * (THREADS - 1) + [True]
