"""The only place that asks what time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

CLOCKS_DIFFER = timedelta(minutes=1)
"""The largest difference between two workers' clocks."""


def utc_now() -> datetime:
    """The present moment as aware UTC."""
    return datetime.now(UTC)


def is_recent(then: datetime, span: timedelta, now: datetime) -> bool:
    """Whether less than `span` has passed since then.

    False for a moment in the future: it comes from a clock that has been set back since, so how
    long ago it was cannot be known.
    """
    return not is_ahead(then, now) and now - then < span


def is_ahead(noted: datetime, now: datetime) -> bool:
    """Whether a clock that was ahead of ours noted this moment as its present."""
    return noted > now + CLOCKS_DIFFER
