"""Measures how long something waits, so that a busy machine cannot distort it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_TICK_SECONDS = 0.02


class Watch:
    """Counts the seconds in which this process was scheduled.

    A thread sleeps tick after tick. A machine too busy for the tests is too busy for the
    ticks too, so that only real waiting counts: for a timeout, a lock, an answer.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._count, daemon=True)

    def start(self) -> None:
        """Start counting."""
        self._thread.start()

    def stop(self) -> None:
        """Stop counting."""
        self._over.set()
        self._thread.join()

    def _count(self) -> None:
        while not self._over.wait(_TICK_SECONDS):
            self.seconds += _TICK_SECONDS


@contextmanager
def watched() -> Iterator[Watch]:
    """A watch that runs while the block does."""
    watch = Watch()
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


@contextmanager
def soon(seconds: float) -> Iterator[None]:
    """Fails if the block waits longer than that."""
    with watched() as watch:
        yield
    assert watch.seconds < seconds, f"waited {watch.seconds:.1f} s"


@contextmanager
def never_too_early(seconds: float) -> Iterator[None]:
    """Fails if the block ends before that."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began >= seconds
