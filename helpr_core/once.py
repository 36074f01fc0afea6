"""Build a thing at its first use, once per warm worker, and keep it."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 2.0
"""A thread that has waited this long for builds that failed does not wait for another."""


class Once(Generic[T]):
    """Holds what `build` returns from the first `get` on.

    Threads that ask at the same time get the same object. A build that raises is not
    kept: the next `get` tries again, and so does each thread that was waiting, so that one failure
    at the worker's first request does not spread. Only threads that have waited for
    PATIENCE_SECONDS share the last failure: trying one after the other, they would wait minutes for
    something that is down.
    """

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._lock = Lock()
        self._kept: tuple[T, ...] = ()
        self._failures = 0
        self._last_failure: Exception | None = None

    def get(self) -> T:
        """The object; built now if there is none."""
        kept = self._kept
        if kept:  # tuples are replaced whole, so that the common path needs no lock
            return kept[0]
        asked_at, failures_before = time.monotonic(), self._failures
        with self._lock:
            if self._kept:
                return self._kept[0]
            has_failed_since = self._failures > failures_before
            is_patient = time.monotonic() - asked_at < PATIENCE_SECONDS
            if self._last_failure is not None and has_failed_since and not is_patient:
                raise self._last_failure
            try:
                built = self._build()
            except Exception as exc:
                self._failures += 1
                self._last_failure = exc
                raise
            self._last_failure = None
            self._kept = (built,)
            return built

    def peek(self) -> T | None:
        """The kept object, or None: never builds."""
        kept = self._kept
        return kept[0] if kept else None

    def drop(self) -> None:
        """Drop the object; the next `get` builds a new one."""
        with self._lock:
            self._kept = ()


class Keeper(Protocol):
    """What `kept` needs: a dictionary of the object's own."""

    parts: dict[str, Once[Any]]


K = TypeVar("K", bound=Keeper)


def kept(build: Callable[[K], T]) -> Callable[[K], T]:
    """A method whose first result lives as long as its object; see Once."""

    @functools.wraps(build)
    def part(self: K) -> T:
        once = self.parts.get(build.__name__)
        if once is None:
            # setdefault is atomic: simultaneous threads get the same holder.
            once = self.parts.setdefault(build.__name__, Once(functools.partial(build, self)))
        built: T = once.get()
        return built

    return part
