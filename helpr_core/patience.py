"""How long a person waits for an answer: a limit that travels with the work done for them.

Code that serves a person sets it once (`with within(seconds)`), and anything below that has to wait
asks `seconds_left`. Limits may be nested; the earliest end counts. Work that nobody waits for is
limited only call by call. A limit does not carry over to other threads.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends_at: ContextVar[float] = ContextVar("ends_at", default=math.inf)
_began_at: ContextVar[float] = ContextVar("began_at", default=math.inf)
"""Both in time.monotonic() seconds."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Limit all waits of the code in the block to this many seconds in total."""
    now = time.monotonic()
    end = _ends_at.set(min(_ends_at.get(), now + seconds))
    beginning = _began_at.set(min(_began_at.get(), now))
    try:
        yield
    finally:
        _began_at.reset(beginning)
        _ends_at.reset(end)


def seconds_left(most: float) -> float:
    """The time that may still be spent waiting: `most` at most, and 0 when it is used up."""
    return max(0.0, min(most, _ends_at.get() - time.monotonic()))


def seconds_waited() -> float:
    """How long the person being served has waited so far; 0 if nobody is waiting."""
    return max(0.0, time.monotonic() - _began_at.get())
