"""Threads that add to one counter at the same time share one write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from typing import NamedTuple

from helpr_core.errors import StateUnavailable
from helpr_core.services.ports import Counter
from helpr_core.texts import Message, Words

_TURN_SECONDS = 3.5
"""Longer than one call to a store that hangs (connect.py): its failure is then also that of those
who wait, and nobody is held for much over 5 s."""
_JOINED_SECONDS = 10.0
"""The leader always finishes sooner; a thread that is never woken must not wait forever."""
_TOO_BUSY = Message("state.counter_contended")


class Key(NamedTuple):
    """Which counter, and how long a window that begins now should last."""

    kind: str
    key: str
    window_seconds: int


@dataclass(slots=True)
class _Addition:
    """What several threads add; `counter` is the new value, None if it failed.

    `before` is the same counter's addition that is still being written.
    """

    before: _Addition | None
    total: int = 0
    counter: Counter | None = None
    failure: Words = _TOO_BUSY
    ended: Event = field(default_factory=Event)


class SharedAdditions:
    """The first thread for a counter waits for its turn and writes; those that come meanwhile join
    it. Each gets the value that it would have got in sequence.

    Without this, a burst of hundreds on one counter would be hundreds of consecutive writes.
    """

    def __init__(self, write: Callable[[Key, int], Counter]) -> None:
        self._write = write
        self._lock = Lock()
        self._newest: dict[Key, _Addition] = {}
        self._joinable: set[Key] = set()

    def add(self, key: Key, amount: int) -> Counter:
        """The counter with this amount in it. Raises StateUnavailable."""
        with self._lock:
            leads = key not in self._joinable
            if leads:
                self._newest[key] = _Addition(self._newest.get(key))
                self._joinable.add(key)
            addition = self._newest[key]
            addition.total += amount
            with_mine = addition.total
        if leads:
            self._lead(key, addition)
        else:
            addition.ended.wait(_JOINED_SECONDS)
        counter = addition.counter
        if counter is None:
            raise StateUnavailable(addition.failure)
        return replace(counter, value=counter.value - addition.total + with_mine)

    def _lead(self, key: Key, addition: _Addition) -> None:
        goes_on = self._wait_for_turn(addition)
        with self._lock:
            self._joinable.remove(key)  # nobody joins from here on
        try:
            if goes_on:
                addition.counter = self._write(key, addition.total)
        except StateUnavailable as exc:
            addition.failure = exc.words
        finally:
            addition.ended.set()
            with self._lock:
                if self._newest.get(key) is addition:
                    del self._newest[key]

    @staticmethod
    def _wait_for_turn(addition: _Addition) -> bool:
        """False if the previous addition failed, or has not ended in time."""
        before, addition.before = addition.before, None
        if before is None:
            return True
        if before.ended.wait(_TURN_SECONDS):
            addition.failure = before.failure
            return before.counter is not None
        return False
