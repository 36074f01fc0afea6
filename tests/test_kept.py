"""A value from a slow source is kept for its time, and for longer while the source fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Lock, Thread

import pytest

from helpr_core.kept import Kept

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
PERIOD = timedelta(seconds=30)


class Place:
    """A slow source: its value, how often it was asked, and the time there."""

    def __init__(self) -> None:
        self.now = NOON
        self.says: object = 1
        self.asked = 0
        self.kept: Kept[object] = Kept("it", self.read, PERIOD, lambda: self.now, (OSError,))

    def read(self) -> object:
        self.asked += 1
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture
def place() -> Place:
    return Place()


def test_within_its_time_a_value_is_not_read_again(place: Place) -> None:
    assert place.kept.last is None
    assert [place.kept.get() for _ in range(3)] == [1, 1, 1]
    place.says = 2
    place.now += PERIOD - timedelta(seconds=1)
    assert (place.kept.get(), place.asked) == (1, 1)
    place.now += timedelta(seconds=1)
    assert (place.kept.get(), place.asked) == (2, 2)


def test_none_is_a_value_like_any_other(place: Place) -> None:
    place.says = None
    assert [place.kept.get(), place.kept.get()] == [None, None]
    assert place.asked == 1


def test_after_the_clock_was_set_back_it_is_read_again(place: Place) -> None:
    place.kept.get()
    place.now -= timedelta(hours=1)
    place.kept.get()
    assert place.asked == 2


def test_while_the_source_fails_the_last_value_is_kept_for_another_period(place: Place) -> None:
    place.kept.get()
    place.says = OSError("down")
    place.now += PERIOD
    assert [place.kept.get(), place.kept.get()] == [1, 1]
    assert place.asked == 2
    place.says = 3
    place.now += PERIOD
    assert place.kept.get() == 3


def test_without_a_last_value_the_failure_is_raised_and_the_next_call_tries_again(
    place: Place,
) -> None:
    place.says = OSError("down")
    for _ in range(2):
        with pytest.raises(OSError, match="down"):
            place.kept.get()
    place.says = 1
    assert (place.kept.get(), place.asked) == (1, 3)


def test_an_error_other_than_the_sources_failure_is_never_hidden(place: Place) -> None:
    place.kept.get()
    place.says = KeyError("a mistake")
    place.now += PERIOD
    with pytest.raises(KeyError):
        place.kept.get()


def test_a_value_that_was_put_counts_and_an_expired_one_is_read(place: Place) -> None:
    assert place.kept.put(7) == 7
    assert (place.kept.get(), place.asked) == (7, 0)
    place.kept.expire()
    assert place.kept.last == 7
    assert (place.kept.get(), place.asked) == (1, 1)


class Turn:
    """The lock of one that is kept; `all_there` once that many threads want it or have it."""

    def __init__(self, number: int) -> None:
        self.all_there = Event()
        self._lock, self._counting, self._left = Lock(), Lock(), number

    def acquire(self, blocking: bool = True) -> bool:
        with self._counting:
            self._left -= 1
            if self._left == 0:
                self.all_there.set()
        return self._lock.acquire(blocking)

    def release(self) -> None:
        self._lock.release()


def all_at_once(kept: Kept[object], number: int = 8) -> list[object]:
    """The results of that many threads calling at the same moment."""
    together, told = Barrier(number), list[object]()

    def ask() -> None:
        together.wait(timeout=120)
        try:
            told.append(kept.get())
        except OSError as exc:
            told.append(str(exc))

    threads = [Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return told


@pytest.mark.parametrize("says", [1, OSError("down")])
def test_threads_that_wait_for_the_first_value_share_one_read(says: object) -> None:
    asked, turn = 0, Turn(8)

    def read() -> object:
        nonlocal asked
        asked += 1
        assert turn.all_there.wait(timeout=120)
        if isinstance(says, Exception):
            raise says
        return says

    kept = Kept("it", read, PERIOD, lambda: NOON, (OSError,))
    kept._turn = turn  # type: ignore[assignment]
    told = all_at_once(kept)
    assert asked == 1
    assert told == ["down" if isinstance(says, Exception) else 1] * 8


def test_while_one_thread_reads_the_others_use_the_last_value(place: Place) -> None:
    place.kept.get()
    place.now += PERIOD
    reads, goes_on = Event(), Event()

    def slow() -> object:
        reads.set()
        goes_on.wait(timeout=120)
        return 2

    place.kept._read = slow
    reader = Thread(target=place.kept.get)
    reader.start()
    assert reads.wait(timeout=120)
    assert all_at_once(place.kept) == [1] * 8
    goes_on.set()
    reader.join(timeout=120)
    assert place.kept.get() == 2


def test_a_value_put_during_a_read_is_not_overwritten_by_it(place: Place) -> None:
    def read_while_another_saves() -> object:
        place.kept.put("saved")
        return "read before that"

    place.kept._read = read_while_another_saves
    assert [place.kept.get(), place.kept.get()] == ["saved", "saved"]
