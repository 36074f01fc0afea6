"""What is kept for the worker's life is built once, and a failure is not kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Lock, Semaphore

import pytest

from helpr_core.once import Once

THREADS = 32


class Door:
    """A lock that tells how many have come to it, let in or not."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._came = Semaphore(0)

    def __enter__(self) -> None:
        self._came.release()
        self._lock.acquire()

    def __exit__(self, *exc: object) -> None:
        self._lock.release()

    def wait_for_all(self) -> None:
        """Whoever is inside waits until all threads stand at the door."""
        assert all(self._came.acquire(timeout=30) for _ in range(THREADS))


def test_threads_that_ask_at_once_get_one_and_the_same_object() -> None:
    built = count()
    together, door = Barrier(THREADS), Door()

    def build() -> object:
        next(built)
        door.wait_for_all()
        return object()

    once = Once(build)
    once._lock = door  # type: ignore[assignment]

    def ask(_: int) -> object:
        together.wait()
        return once.get()

    with ThreadPoolExecutor(THREADS) as threads:
        got = set(threads.map(ask, range(THREADS)))
    assert len(got) == 1
    assert next(built) == 1


def test_nothing_is_built_before_somebody_asks() -> None:
    built: list[int] = []
    once = Once(lambda: built.append(1))
    assert once.peek() is None
    assert built == []


def test_none_is_kept_like_any_other_object() -> None:
    built: list[int] = []
    once = Once(lambda: built.append(1))
    assert [once.get(), once.get()] == [None, None]
    assert built == [1]


def test_a_failure_is_not_kept() -> None:
    tries = count(1)

    def build() -> str:
        if next(tries) < 3:
            raise OSError("not yet")
        return "there"

    once = Once(build)
    for _ in range(2):
        with pytest.raises(OSError, match="not yet"):
            once.get()
        assert once.peek() is None
    assert [once.get(), once.get(), once.peek()] == ["there"] * 3


def test_after_a_drop_it_is_built_anew() -> None:
    numbers = count(1)
    once = Once(lambda: next(numbers))
    assert once.get() == 1
    once.drop()
    assert once.peek() is None
    assert [once.get(), once.get()] == [2, 2]


def test_only_those_who_waited_for_a_build_share_its_failure() -> None:
    tries = count(1)
    together, door = Barrier(THREADS), Door()

    def build() -> str:
        number = next(tries)
        if number == 1:
            door.wait_for_all()
        raise OSError(f"try {number}")

    once = Once(build)
    once._lock = door  # type: ignore[assignment]

    def ask(_: int) -> str:
        together.wait()
        try:
            return once.get()
        except OSError as exc:
            return str(exc)

    with ThreadPoolExecutor(THREADS) as threads:
        assert set(threads.map(ask, range(THREADS))) == {"try 1"}
    with pytest.raises(OSError, match="try 2"):
        once.get()
