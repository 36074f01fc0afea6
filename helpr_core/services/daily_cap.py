"""At most so many new requests a day, of all friends and instances together."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from helpr_core.clock import Clock
from helpr_core.errors import DailyCapReached, HelprError, StateUnavailable
from helpr_core.services.ports import LIMITS, StateStore

log = logging.getLogger(__name__)

_DAY_SECONDS = 86_400


class DailyCap:
    """Counts in the state store, by UTC day; a request that came to nothing is taken back."""

    def __init__(self, state: StateStore, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    @contextmanager
    def counted(self, cap: int) -> Iterator[Count]:
        """Count one request for the time of the block; DailyCapReached when it is one too many.

        A cap of 0 is none. While the state store is down nothing is counted: the rate
        limits, stricter then, are what holds.
        """
        count = Count(self._state, f"daily:{self._clock().astimezone(UTC):%Y-%m-%d}")
        if cap:
            self._take(count, cap)
        try:
            yield count
        except HelprError:
            count.take_back()
            raise

    def _take(self, count: Count, cap: int) -> None:
        try:
            taken = count.take()
        except StateUnavailable as exc:
            log.warning("daily cap not counted reason=%s", exc)
            return
        if taken > cap:
            count.take_back()
            raise DailyCapReached(_seconds_to_midnight(self._clock()))


class Count:
    """One request's place in the day's count."""

    def __init__(self, state: StateStore, key: str) -> None:
        self._state = state
        self._key = key
        self._is_taken = False

    def take(self) -> int:
        """Add this request; what the day came to with it."""
        value = self._state.increment(LIMITS, self._key, 1, _DAY_SECONDS).value
        self._is_taken = True
        return value

    def take_back(self) -> None:
        """It was none after all: a repeat, or nothing was recorded."""
        if not self._is_taken:
            return
        self._is_taken = False
        try:
            self._state.increment(LIMITS, self._key, -1, _DAY_SECONDS)
        except StateUnavailable as exc:
            log.warning("daily cap counts one too many reason=%s", exc)


def _seconds_to_midnight(now: datetime) -> int:
    now = now.astimezone(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return int((midnight - now).total_seconds()) + 1
