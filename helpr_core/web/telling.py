"""Sends notices soon after an answer, without anyone waiting for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from helpr_core import container, first_use
from helpr_core.once import Once
from helpr_core.web.endpoint import Endpoint, Purpose

if TYPE_CHECKING:
    from helpr_core.services.notices.soon import Soon

_LOOKS_EVERY_SECONDS = 60.0
"""Opening the dashboard may be what first reveals that something is wrong."""


class _Telling:
    """Off until a running server turns it on: a test with a single request needs no threads."""

    def __init__(self) -> None:
        self.is_on = False
        self.looked_at = -_LOOKS_EVERY_SECONDS

    def is_worth_it(self, endpoint: Endpoint, method: str) -> bool:
        """Whether something may have happened."""
        if not self.is_on or endpoint.purpose is Purpose.LOOK:
            return False
        now = time.monotonic()
        if method in ("GET", "HEAD") and now - self.looked_at < _LOOKS_EVERY_SECONDS:
            return False
        self.looked_at = now
        return True


_telling = _Telling()


def turn_on() -> None:
    """From now on."""
    _telling.is_on = True


def after(endpoint: Endpoint, method: str) -> None:
    """Call it after an answer. It only costs a lock: a separate thread does the rest."""
    if _telling.is_worth_it(endpoint, method):
        _soon.get().poke()


def expect_channel() -> None:
    """Call it when a channel was added or switched on: what happens next is to reach it."""
    if _telling.is_on:
        _soon.get().expect_somebody()


def _build() -> Soon:
    # Looked up at each turn, because the container may have been replaced.
    made: Soon = first_use.module("helpr_core.services.notices.soon").Soon(
        _anybody, _tell, _next_due, _now
    )
    return made


_soon: Once[Soon] = Once(_build)


def _anybody() -> bool:
    return container.current().notices().anybody()


def _tell(has_time: Callable[[], bool], *, from_housekeeping: bool) -> dict[str, int]:
    return container.current().notices().tell(has_time, from_housekeeping=from_housekeeping)


def _next_due() -> datetime | None:
    return container.current().notices().outbox().next_due()


def _now() -> datetime:
    return container.current().installation.utc_now()
