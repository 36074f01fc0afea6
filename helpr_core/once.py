"""Build a thing at its first use, once per warm worker, and keep it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Holds what `build` returns, from the first `get` on.

    Threads that ask at the same moment get the same object. A build that raises is not
    kept: the next `get` tries again, so that a failure at the worker's first request is
    not the worker's fate.
    """

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._lock = Lock()
        self._kept: tuple[T, ...] = ()

    def get(self) -> T:
        """The kept object; built now when there is none."""
        kept = self._kept
        if kept:  # tuples are replaced whole, so that the common path needs no lock
            return kept[0]
        with self._lock:
            if not self._kept:
                self._kept = (self._build(),)
            return self._kept[0]

    def peek(self) -> T | None:
        """The kept object, or None: never builds."""
        return self._kept[0] if self._kept else None

    def drop(self) -> None:
        """Forget the kept object; the next `get` builds anew."""
        with self._lock:
            self._kept = ()
