"""How many requests are sent without approval, for all friends and instances together."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from helpr_core.clock import Clock
from helpr_core.domain.rates import Window
from helpr_core.errors import CeilingReached, DailyCapReached, HelprError, StateUnavailable
from helpr_core.services.ports import LIMITS, StateStore
from helpr_core.services.upkeep.sightings import Sighting, Sightings

log = logging.getLogger(__name__)

RULE = "all_invites"
MOST_WAITING = 100
"""How many requests above the allowance may wait for approval, per day or ceiling window: more
would be a way to fill the record."""

_DAY_SECONDS = 86_400


class Allowance:
    """The owner's daily cap, by UTC day, and a ceiling, by default hourly, whatever the cap.

    Counted in the state store. Requests above either wait for approval; requests far above are
    refused. A failed request is taken back.
    """

    def __init__(
        self, state: StateStore, ceiling: Window, sightings: Sightings, clock: Clock
    ) -> None:
        self._state = state
        self._ceiling = ceiling
        self._sightings = sightings
        self._clock = clock

    @contextmanager
    def counted(self, cap: int) -> Iterator[Count]:
        """Count one request for the time of the block. A cap of 0 means no cap.

        Raises DailyCapReached and CeilingReached if there is not even room to wait. While the state
        store is down nothing is counted: the rate limits, stricter then, are the only bound.
        """
        count = Count(self._state)
        try:
            self._take(count, cap)
            if count.is_over:
                self._sightings.note(Sighting.MANY_INVITES)
            yield count
        except HelprError:
            count.take_back()
            raise

    def _take(self, count: Count, cap: int) -> None:
        try:
            if cap:
                now = self._clock().astimezone(UTC)
                if count.take(f"daily:{now:%Y-%m-%d}", Window(cap, _DAY_SECONDS)):
                    raise DailyCapReached(_seconds_to_midnight(now))
            if not self._is_within(cap) and count.take(RULE, self._ceiling):
                raise CeilingReached(RULE, self._ceiling.seconds)
        except StateUnavailable as exc:
            log.warning("allowance not counted reason=%s", exc)

    def _is_within(self, cap: int) -> bool:
        """Whether the cap alone stays below the ceiling, across midnight too."""
        return 0 < 2 * cap <= self._ceiling.amount and self._ceiling.seconds <= _DAY_SECONDS


@dataclass(slots=True)
class Count:
    """One request's place in the count; `is_over`: it must wait for approval."""

    state: StateStore
    is_over: bool = False
    _taken: list[tuple[str, int]] = field(default_factory=list)

    def take(self, key: str, window: Window) -> bool:
        """Add this request; returns whether there is not even room to wait."""
        value = self.state.increment(LIMITS, key, 1, window.seconds).value
        self._taken.append((key, window.seconds))
        self.is_over |= value > window.amount
        return value > window.amount + MOST_WAITING

    def take_back(self) -> None:
        """Give the place back: it was a repeat, or nothing was recorded."""
        taken, self._taken = self._taken, []
        try:
            for key, seconds in taken:
                self.state.increment(LIMITS, key, -1, seconds)
        except StateUnavailable as exc:
            log.warning("allowance counts one too many reason=%s", exc)


def _seconds_to_midnight(now: datetime) -> int:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return int((midnight - now).total_seconds()) + 1
