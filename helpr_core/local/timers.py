"""The timer where no Functions host runs one: a thread in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread

from helpr_core.web.endpoints import HOUSEKEEPING_MINUTES

EVERY_SECONDS = HOUSEKEEPING_MINUTES * 60
_SHORT_WAIT_SECONDS = 30.0

Work = Callable[[], float | None]
"""The work to do. If there is more to do than should wait for the next time, it returns the seconds
until its next turn; this does not exist on Azure."""


def start(work: Work, stop: Event) -> Thread:
    """Call it whenever it is due, until `stop` is set; the thread is a daemon.

    Work that overruns has its next turn at the next time still to come.
    """
    thread = Thread(target=_keep, args=(work, stop), name="timer", daemon=True)
    thread.start()
    return thread


def _keep(work: Work, stop: Event) -> None:
    sooner: float | None = None
    while not stop.is_set() and _wait_for_next(sooner, stop):
        sooner = work()


def next_after(moment: float) -> float:
    """The first scheduled time after that moment; both are POSIX times."""
    return (moment // EVERY_SECONDS + 1) * EVERY_SECONDS


def _wait_for_next(sooner: float | None, stop: Event) -> bool:
    """Wait for the next time, or for the given seconds; False if stopped meanwhile.

    It waits in short steps: otherwise a computer that slept, or whose clock was set forward, would
    be late. The next time is calculated in each step, because a clock that was set back may make it
    earlier.
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
