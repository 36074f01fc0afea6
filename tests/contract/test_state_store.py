"""What every state store does: the StateStore port, on Azurite, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from helpr_core.errors import EntryChanged, EntryExists
from helpr_core.services.ports import KINDS, LIMITS, PLEX, SITE, Counter, StateStore
from tests.contract.places import MovableClock, Place, all_at_once


def test_a_key_that_was_never_written_is_absent(store: StateStore) -> None:
    assert store.get(SITE, "settings") is None


def test_an_entry_is_read_back_as_it_was_written(store: StateStore) -> None:
    value = {"title": "Zoë’s 🎬 فيلم", "n": 1, "f": 1.5, "none": None, "nested": [{"a": True}]}
    written = store.put(SITE, "settings", value)
    found = store.get(SITE, "settings")
    assert found == written
    assert found is not None
    assert found.value == value
    assert found.expires_at is None


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_do_not_share_keys(store: StateStore, kind: str) -> None:
    store.put(kind, "key", {"kind": kind})
    assert [k for k in KINDS if store.get(k, "key")] == [kind]


def test_an_entry_and_a_counter_under_one_key_are_separate(
    store: StateStore, clock: MovableClock
) -> None:
    store.put(LIMITS, "key", {"is": "an entry"})
    assert store.increment(LIMITS, "key", 2, 60) == Counter(2, clock.after(60))
    found = store.get(LIMITS, "key")
    assert found is not None
    assert found.value == {"is": "an entry"}
    assert store.delete(LIMITS, "key")
    assert store.increment(LIMITS, "key", 1, 60).value == 3


def test_a_key_may_have_every_allowed_character_and_is_case_sensitive(store: StateStore) -> None:
    keys = ["a.b:c_d-E9" + "x" * 190, "A", "a", "-", "..", ":"]
    for number, key in enumerate(keys):
        store.put(SITE, key, {"n": number})
    values = [entry.value["n"] for key in keys if (entry := store.get(SITE, key))]
    assert values == list(range(len(keys)))


@pytest.mark.parametrize(
    "key", ["", "x" * 201, "a/b", "a b", "a'b", "é", "a\n", "a#", "a?", "a\\b", "a%2Fb"]
)
def test_a_key_outside_the_alphabet_is_refused(store: StateStore, key: str) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: store.get(SITE, key),
        lambda: store.put(SITE, key, {}),
        lambda: store.insert(SITE, key, {}),
        lambda: store.replace(SITE, key, {}, "1"),
        lambda: store.delete(SITE, key),
        lambda: store.increment(SITE, key, 1, 60),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="a key is"):
            call()


def test_an_unknown_kind_is_refused(store: StateStore) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: store.get("guests", "key"),
        lambda: store.list("guests"),
        lambda: store.increment("guests", "key", 1, 60),
        lambda: store.purge_expired("guests"),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="kind must be one of"):
            call()


@pytest.mark.parametrize("character", ["x", "é", "🎬"])
def test_a_value_of_60000_bytes_is_stored(store: StateStore, character: str) -> None:
    room = 60_000 - len('{"text":""}')
    value: dict[str, Any] = {"text": character * (room // len(character.encode()))}
    store.put(SITE, "large", value)
    found = store.get(SITE, "large")
    assert found is not None
    assert found.value == value
    store.put(SITE, "large", {"small": 1})
    shrunk = store.get(SITE, "large")
    assert shrunk is not None
    assert shrunk.value == {"small": 1}


@pytest.mark.parametrize(
    "value",
    [
        {"text": "x" * 59_990},
        {"text": "é" * 29_995},
        {"number": float("nan")},
        {"half a pair": "\ud83c"},
        {"object": object()},
        ["a list"],
        "text",
    ],
    ids=["60001 bytes", "60001 bytes of é", "NaN", "half a surrogate pair", "no JSON", "list", "s"],
)
def test_a_value_that_is_too_large_or_not_a_json_object_is_refused(
    store: StateStore, value: Any
) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: store.put(SITE, "key", value),
        lambda: store.insert(SITE, "key", value),
        lambda: store.replace(SITE, "key", value, "1"),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="a value must"):
            call()
    assert store.get(SITE, "key") is None


def test_changing_a_returned_value_changes_nothing_stored(store: StateStore) -> None:
    given: dict[str, Any] = {"libraries": [1]}
    written = store.put(SITE, "key", given)
    given["libraries"].append(2)
    found = store.get(SITE, "key")
    assert found is not None
    assert written.value == found.value == {"libraries": [1]}


def test_each_write_gives_another_etag_even_after_a_deletion(store: StateStore) -> None:
    etags = []
    for _ in range(3):
        etags.append(store.insert(SITE, "key", {}).etag)
        etags.append(store.put(SITE, "key", {}).etag)
        etags.append(store.replace(SITE, "key", {}, etags[-1]).etag)
        store.delete(SITE, "key")
    assert len(set(etags)) == len(etags)


def test_an_insert_over_an_entry_is_refused_and_changes_nothing(store: StateStore) -> None:
    first = store.insert(SITE, "key", {"by": "the first"})
    with pytest.raises(EntryExists):
        store.insert(SITE, "key", {"by": "the second"})
    assert store.get(SITE, "key") == first


def test_replace_overwrites_the_version_that_was_read(store: StateStore) -> None:
    first = store.put(SITE, "key", {"n": 1})
    second = store.replace(SITE, "key", {"n": 2}, first.etag)
    assert store.get(SITE, "key") == second
    assert second.value == {"n": 2}


def test_replace_is_refused_after_a_concurrent_write(store: StateStore) -> None:
    first = store.put(SITE, "key", {"n": 1})
    second = store.put(SITE, "key", {"n": 2})
    with pytest.raises(EntryChanged):
        store.replace(SITE, "key", {"n": 3}, first.etag)
    assert store.get(SITE, "key") == second


def test_replace_and_delete_with_an_etag_are_refused_when_the_entry_is_gone(
    store: StateStore,
) -> None:
    etag = store.put(SITE, "key", {"n": 1}).etag
    assert store.delete(SITE, "key")
    with pytest.raises(EntryChanged):
        store.replace(SITE, "key", {"n": 2}, etag)
    with pytest.raises(EntryChanged):
        store.delete(SITE, "key", etag)
    assert store.get(SITE, "key") is None


@pytest.mark.parametrize(
    "etag",
    ["*", "", "0", "-1", "x", '"x"', 'W/"*"', 'W/"x"', "9" * 19, "9" * 400, "²", "a\r\nb: c", "é"],
)
def test_an_etag_that_the_store_never_issued_matches_nothing(store: StateStore, etag: str) -> None:
    first = store.put(SITE, "key", {"n": 1})
    with pytest.raises(EntryChanged):
        store.replace(SITE, "key", {"n": 2}, etag)
    with pytest.raises(EntryChanged):
        store.delete(SITE, "key", etag)
    assert store.get(SITE, "key") == first


def test_delete_says_whether_there_was_an_entry(store: StateStore) -> None:
    store.put(SITE, "key", {})
    assert store.delete(SITE, "key") is True
    assert store.delete(SITE, "key") is False


def test_delete_with_an_etag_removes_only_that_version(store: StateStore) -> None:
    first = store.put(SITE, "key", {"n": 1})
    second = store.put(SITE, "key", {"n": 2})
    with pytest.raises(EntryChanged):
        store.delete(SITE, "key", first.etag)
    assert store.delete(SITE, "key", second.etag) is True
    assert store.get(SITE, "key") is None


def test_list_gives_the_entries_of_a_prefix_ordered_by_key(
    store: StateStore, clock: MovableClock
) -> None:
    for key in ("in:b", "in:B", "in:a", "in_a", "in.a", "IN:a", "in", "io", "in:", "in:a-1"):
        store.put(SITE, key, {"key": key})
    store.put(SITE, "in:gone", {}, clock.after(-1))
    store.put(PLEX, "in:other", {})
    store.increment(SITE, "in:counter", 1, 60)
    entries = store.list(SITE, "in:")
    assert [entry.key for entry in entries] == ["in:", "in:B", "in:a", "in:a-1", "in:b"]
    assert entries[1] == store.get(SITE, "in:B")
    assert [e.key for e in store.list(SITE, "in_")] == ["in_a"]
    assert len(store.list(SITE)) == 10
    assert store.list(LIMITS) == []


def test_an_impossible_prefix_is_refused(store: StateStore) -> None:
    with pytest.raises(ValueError, match="a prefix is"):
        store.list(SITE, "x' or 'x")


@pytest.mark.thorough
def test_list_returns_more_entries_than_one_page_of_the_service(place: Place) -> None:
    count = 1100  # Azure Tables returns at most 1000 rows at once
    stores = [place.open() for _ in range(4)]

    def fill(store: StateStore, first: int) -> None:
        for number in range(first, count, len(stores)):
            store.put(SITE, f"in:{number:05}", {"n": number})

    all_at_once([partial(fill, store, number) for number, store in enumerate(stores)])
    entries = stores[0].list(SITE, "in:")
    assert [entry.value["n"] for entry in entries] == list(range(count))


def test_an_entry_lives_until_its_expiry_and_no_longer(
    store: StateStore, clock: MovableClock
) -> None:
    written = store.put(SITE, "key", {"n": 1}, clock.after(60))
    assert written.expires_at == clock.after(60)
    clock.advance(59.999_999)
    assert store.get(SITE, "key") == written
    assert store.list(SITE) == [written]
    clock.advance(0.000_001)
    assert store.get(SITE, "key") is None
    assert store.list(SITE) == []


def test_an_expired_entry_is_gone_for_every_method(store: StateStore, clock: MovableClock) -> None:
    etag = store.put(SITE, "key", {"n": 1}, clock.after(60)).etag
    clock.advance(60)
    with pytest.raises(EntryChanged):
        store.replace(SITE, "key", {"n": 2}, etag)
    with pytest.raises(EntryChanged):
        store.delete(SITE, "key", etag)
    assert store.delete(SITE, "key") is False
    new = store.insert(SITE, "key", {"n": 3})
    assert new.expires_at is None
    assert store.get(SITE, "key") == new


def test_a_write_without_an_expiry_removes_the_old_one(
    store: StateStore, clock: MovableClock
) -> None:
    first = store.put(SITE, "key", {}, clock.after(60))
    store.replace(SITE, "key", {}, first.etag)
    clock.advance(61)
    assert store.get(SITE, "key") is not None


def test_a_naive_time_is_refused(store: StateStore, clock: MovableClock) -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        store.put(SITE, "key", {}, clock.now.replace(tzinfo=None))


def test_a_reachable_store_answers_a_ping(store: StateStore) -> None:
    store.ping()
    store.put(SITE, "key", {})
    store.ping()
