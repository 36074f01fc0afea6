"""Work that may hang forever, done in a thread that can be abandoned."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Apart(Generic[T]):
    """Starts at once, in its own thread. Nothing has to wait for it to end, not even the process,
    which would wait for a pool's threads."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._result: Future[T] = Future()
        Thread(target=copy_context().run, args=(self._do, work), daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether it has ended, successfully or not."""
        return self._result.done()

    def result(self, seconds: float) -> T:
        """What it returned or raised; TimeoutError if it takes longer than that."""
        return self._result.result(seconds)

    def _do(self, work: Callable[[], T]) -> None:
        try:
            self._result.set_result(work())
        except Exception as exc:  # noqa: BLE001 - raised again by `result`
            self._result.set_exception(exc)
