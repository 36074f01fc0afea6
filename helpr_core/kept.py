"""A value from a slow place: kept for a while, and for longer while that place fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class Kept(Generic[T]):
    """Holds what `read` returns for a `period`; if the clock is set back, it is read again.

    One thread reads at a time. Meanwhile the others use the last value; if there is none, they wait
    and share the result of that read. When `read` raises one of `failures`, the last value stays
    for another period; if there is none, every waiting thread gets the error.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[], T],
        period: timedelta,
        clock: Callable[[], datetime],
        failures: tuple[type[Exception], ...] = (),
    ) -> None:
        self._name = name
        self._read = read
        self._period = period
        self._clock = clock
        self._failures = failures
        self._turn = Lock()
        self._lock = Lock()
        self._held: tuple[T, datetime | None] | None = None
        self._failed = 0
        self._failure: Exception | None = None

    @property
    def last(self) -> T | None:
        """The last value, however old; None if nothing has been read yet."""
        held = self._held
        return held[0] if held else None

    def get(self) -> T:
        """The value, read now if it is too old."""
        held, failed = self._held, self._failed
        if held is not None and self._is_new(held[1]):
            return held[0]
        if held is None:
            self._turn.acquire()
        elif not self._turn.acquire(blocking=False):
            return held[0]
        try:
            if self._held is not held and self._held is not None:
                return self._held[0]
            if self._failure is not None and self._failed > failed:
                raise self._failure
            return self.renew()
        finally:
            self._turn.release()

    def renew(self) -> T:
        """The value, read now whatever its age."""
        before = self._held
        try:
            value = self._read()
        except self._failures as exc:
            if before is None:
                self._failed, self._failure = self._failed + 1, exc
                raise
            log.warning("%s not read, the last known goes on reason=%s", self._name, exc)
            value = before[0]
        with self._lock:
            if self._held is before:  # otherwise somebody wrote while we were reading
                self._held = (value, self._clock())
            return self._held[0] if self._held else value

    def put(self, value: T) -> T:
        """Store a value that this worker knows without reading it."""
        with self._lock:
            self._held = (value, self._clock())
        return value

    def expire(self) -> None:
        """Make the next `get` read; the current value stays in case that fails."""
        with self._lock:
            if self._held is not None:
                self._held = (self._held[0], None)

    def _is_new(self, read_at: datetime | None) -> bool:
        return read_at is not None and timedelta() <= self._clock() - read_at < self._period
