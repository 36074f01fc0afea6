"""What is kept for the worker's life is built once, and a failure is not kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Lock, Semaphore

import pytest

from helpr_core import once as once_module
from helpr_core.once import Once

THREADS = 32


class Door:
    """A lock that counts how many threads have reached it, admitted or not."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._came = Semaphore(0)

    def __enter__(self) -> None:
        self._came.release()
        self._lock.acquire()

    def __exit__(self, *exc: object) -> None:
        self._lock.release()

    def wait_for_all(self) -> None:
        """The thread inside waits until all threads have reached the lock."""
        assert all(self._came.acquire(timeout=120) for _ in range(THREADS))


def test_simultaneous_threads_get_one_and_the_same_object() -> None:
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


def test_nothing_is_built_before_it_is_requested() -> None:
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


def test_after_a_drop_it_is_built_again() -> None:
    numbers = count(1)
    once = Once(lambda: next(numbers))
    assert once.get() == 1
    once.drop()
    assert once.peek() is None
    assert [once.get(), once.get()] == [2, 2]


def _asked_together(once: Once[str], door: Door) -> list[str]:
    """What each thread got that asked while the first was building, or its error."""
    together = Barrier(THREADS)
    once._lock = door  # type: ignore[assignment]

    def ask(_: int) -> str:
        together.wait()
        try:
            return once.get()
        except OSError as exc:
            return str(exc)

    with ThreadPoolExecutor(THREADS) as threads:
        return sorted(threads.map(ask, range(THREADS)))


def test_a_failed_build_is_not_shared_with_waiting_threads() -> None:
    tries, door = count(1), Door()

    def build() -> str:
        number = next(tries)
        if number == 1:
            door.wait_for_all()
            raise OSError("not yet")
        return "there"

    assert _asked_together(Once(build), door) == ["not yet"] + ["there"] * (THREADS - 1)
    assert next(tries) == 3


def test_each_waiting_thread_tries_again_if_the_build_fails_quickly() -> None:
    tries, door = count(1), Door()

    def build() -> str:
        number = next(tries)
        if number == 1:
            door.wait_for_all()
        raise OSError(f"try {number:02}")

    wanted = [f"try {number:02}" for number in range(1, THREADS + 1)]
    assert _asked_together(Once(build), door) == wanted


def test_threads_that_waited_long_share_the_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(once_module, "PATIENCE_SECONDS", 0.0)
    tries, door = count(1), Door()

    def build() -> str:
        number = next(tries)
        if number == 1:
            door.wait_for_all()
        raise OSError(f"try {number}")

    once = Once(build)
    assert set(_asked_together(once, door)) == {"try 1"}
    with pytest.raises(OSError, match="try 2"):
        once.get()  # a later thread has not waited yet, and tries
