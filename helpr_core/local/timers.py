"""The timer where no Functions host keeps it: a thread in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread

from helpr_core.web.endpoints import HOUSEKEEPING_MINUTES

EVERY_SECONDS = HOUSEKEEPING_MINUTES * 60
_SHORT_WAIT_SECONDS = 30.0

Work = Callable[[], float | None]
"""What is to be done. It returns in how many seconds it wants its next turn, where it has more to
do than waits well; on Azure there is no such thing."""


def start(work: Work, stop: Event) -> Thread:
    """Call it when its time comes, until `stop` is set; the thread is a daemon.

    Work that takes longer than that has its next turn at the next time that is left.
    """
    thread = Thread(target=_keep, args=(work, stop), name="timer", daemon=True)
    thread.start()
    return thread


def _keep(work: Work, stop: Event) -> None:
    sooner: float | None = None
    while not stop.is_set() and _wait_for_next(sooner, stop):
        sooner = work()


def next_after(moment: float) -> float:
    """The first time after that moment; both are POSIX times."""
    return (moment // EVERY_SECONDS + 1) * EVERY_SECONDS


def _wait_for_next(sooner: float | None, stop: Event) -> bool:
    """Wait for the next time, or for so many seconds; False when stopped meanwhile.

    In short waits: a computer that slept, or whose clock was set on, is late otherwise. The
    next time is asked for in each of them: by a clock that was set back it may be earlier.
    """
    begun = time.monotonic()
    due = next_after(time.time())
    while True:
        now = time.time()
        due = min(due, next_after(now))
        left = due - now
        if sooner is not None:
            left = min(left, begun + sooner - time.monotonic())
        if left <= 0:
            return True
        if stop.wait(min(left, _SHORT_WAIT_SECONDS)):
            return False
