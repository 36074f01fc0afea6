"""Sends notices shortly after an event, in the worker where it happened.

Nobody waits for it: it runs on its own thread, after the answer. If the worker is stopped
meanwhile, nothing is lost, because housekeeping finds unsent notices.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Protocol

from helpr_core.clock import Clock
from helpr_core.errors import HelprError

log = logging.getLogger(__name__)

_ANSWER_FIRST_SECONDS = 0.1
_TURN_SECONDS = 60.0
_WORTH_WAITING = timedelta(seconds=90)
"""Notices due within this time are waited for, so that grouped ones go out soon. A poke ends the
wait: what has happened meanwhile may be due at once."""
_AT_LEAST_SECONDS = 5.0
_NOBODY_FOR_SECONDS = 60.0
"""How long a worker that found no channel does not look again: another may have got one."""


class Tell(Protocol):
    """Check the conditions and send what is due."""

    def __call__(self, has_time: Callable[[], bool], *, from_housekeeping: bool) -> dict[str, int]:
        """What was done, counted."""


class Soon:
    """`poke` it after an answer. `anybody` says whether there is a channel."""

    def __init__(
        self,
        anybody: Callable[[], bool],
        tell: Tell,
        next_due: Callable[[], datetime | None],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._anybody = anybody
        self._tell = tell
        self._next_due = next_due
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._thread: Thread | None = None
        self._poked = Event()
        self._nobody_until = 0.0

    def poke(self) -> None:
        """Signal that something may have happened; costs the caller only a lock."""
        with self._lock:
            self._poked.set()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="notices", daemon=True)
                self._thread.start()

    def expect_somebody(self) -> None:
        """There may be a channel now: look at the next poke, even if there was none just now."""
        self._nobody_until = 0.0

    def wait(self, seconds: float) -> None:
        """Wait until nothing is going on: for tests, and before a process ends."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _run(self) -> None:
        while True:
            self._sleep(_ANSWER_FIRST_SECONDS)
            self._poked.clear()
            wait = self._turn()
            if wait is not None:
                self._poked.wait(wait)
                continue
            with self._lock:
                if not self._poked.is_set():
                    self._thread = None
                    return

    def _turn(self) -> float | None:
        """Send; returns in how many seconds something is due that is worth waiting for."""
        left = self._nobody_until - time.monotonic()
        if left > 0:
            return left
        try:
            if not self._anybody():
                self._nobody_until = time.monotonic() + _NOBODY_FOR_SECONDS
                return None
            until = time.monotonic() + _TURN_SECONDS
            self._tell(lambda: time.monotonic() < until, from_housekeeping=False)
            due = self._next_due()
        except HelprError as exc:
            log.warning("notices left to housekeeping reason=%s", exc.code)
            return None
        except Exception:
            log.exception("notices left to housekeeping")
            return None
        now = self._clock()
        if due is None or due - now > _WORTH_WAITING:
            return None
        return max(_AT_LEAST_SECONDS, (due - now).total_seconds())
