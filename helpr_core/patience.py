"""How long somebody waits for an answer: a limit that goes along with the work done for them.

Whoever serves a person says it once (`with within(seconds)`), and whatever has to wait
underneath asks `seconds_left`. Limits may stand within one another; the nearest end counts.
Work that nobody waits for has only the limit of each call. Another thread knows of none.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends_at: ContextVar[float] = ContextVar("ends_at", default=math.inf)
_began_at: ContextVar[float] = ContextVar("began_at", default=math.inf)
"""Both of time.monotonic."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is begun in here waits that long at most, all its waits together."""
    now = time.monotonic()
    end = _ends_at.set(min(_ends_at.get(), now + seconds))
    beginning = _began_at.set(min(_began_at.get(), now))
    try:
        yield
    finally:
        _began_at.reset(beginning)
        _ends_at.reset(end)


def seconds_left(most: float) -> float:
    """How long may be waited from now on: `most`, or less; 0 when the time is over."""
    return max(0.0, min(most, _ends_at.get() - time.monotonic()))


def seconds_waited() -> float:
    """How long the person who is served has waited so far; 0 where nobody waits."""
    return max(0.0, time.monotonic() - _began_at.get())
