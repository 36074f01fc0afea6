"""After an answer, notices are sent soon, without anyone waiting for them."""

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
"""Whoever opens the dashboard may be the first to see that something is wrong."""


class _Telling:
    """Off until a server that serves turns it on: a test that asks once wants no threads."""

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
    """An answer was made. Costs a lock: everything else is done by a thread of its own."""
    if _telling.is_worth_it(endpoint, method):
        _soon.get().poke()


def _build() -> Soon:
    # All of it is looked up at each turn: a container may have taken another's place.
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
