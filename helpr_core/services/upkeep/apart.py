"""Work that may hang forever, done where it can be left behind."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Apart(Generic[T]):
    """Begins at once, in a thread of its own. Nobody has to wait for its end: not even the
    process, as it would for a pool's threads."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._result: Future[T] = Future()
        Thread(target=copy_context().run, args=(self._do, work), daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._result.done()

    def result(self, seconds: float) -> T:
        """What it returned or raised; TimeoutError when it takes longer than that."""
        return self._result.result(seconds)

    def _do(self, work: Callable[[], T]) -> None:
        try:
            self._result.set_result(work())
        except Exception as exc:  # noqa: BLE001 - raised again by `result`
            self._result.set_exception(exc)
