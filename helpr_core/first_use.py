"""Imports at first use: one thread at a time, and each package as a whole.

Python locks each module separately. Two threads that import related modules from different ends
would deadlock, so Python lets one of them continue with a module that is only half initialised.
This can happen with the first requests of a cold worker. With one lock around every such import, no
thread sees a module before it is complete.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import RLock, get_ident
from types import ModuleType


class _Importing:
    """A lock that pauses garbage collection while it is held.

    Objects made by an import stay. Scanning them again and again would take a tenth of a cold
    start, so whatever is there after an import is left out of later collections, too.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._depth = 0
        self._holder: int | None = None
        self._was_collecting = True
        self._modules = 0

    def is_mine(self) -> bool:
        """Whether the current thread holds the lock."""
        return self._holder == get_ident()

    def __enter__(self) -> None:
        self._lock.acquire()
        if self._depth == 0:
            self._was_collecting = gc.isenabled()
            gc.disable()
            self._modules = len(sys.modules)
        self._depth += 1
        self._holder = get_ident()

    def __exit__(self, *_error: object) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._holder = None
            if len(sys.modules) > self._modules:
                gc.freeze()
            if self._was_collecting:
                gc.enable()
        self._lock.release()


importing = _Importing()
"""Held around every import that is not at the top of its file, and around nothing else: its holder
never waits for another lock."""


@contextmanager
def as_if_not_installed(*packages: str) -> Iterator[None]:
    """Let an import find none of these packages, except those that are there already.

    For a library that imports an optional package wherever it is installed.
    """
    with importing:
        hidden = [name for name in packages if name not in sys.modules]
        for name in hidden:
            sys.modules[name] = None  # type: ignore[assignment]
        try:
            yield
        finally:
            for name in hidden:
                del sys.modules[name]


# At the end everything is collected after all: that is how a database's connections are closed.
atexit.register(gc.unfreeze)


def module(name: str) -> ModuleType:
    """The complete module; imported now if it is not loaded yet."""
    with importing:
        return import_module(name)


def complete(*names: str) -> None:
    """Import what a library would otherwise import during a call, without the lock.

    For the top of the file that uses the library. tests/cold_start finds what is missing.
    """
    for name in names:
        module(name)
