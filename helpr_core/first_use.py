"""Imports that wait for their first use: one thread at a time, and each package as a whole.

Python locks each module by itself. Two threads that enter a family of modules from two sides
would wait for each other forever, so Python lets one of them go on with a module that is only
half there. The first requests of a cold worker are such threads. With one lock around every
such import nobody sees a module before all of it is there.
"""

from __future__ import annotations

import gc
from importlib import import_module
from threading import RLock, get_ident
from types import ModuleType


class _Importing:
    """A lock, and no garbage collection while it is held: what an import makes stays, and going
    through all of it again and again is a tenth of a cold start."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._depth = 0
        self._holder: int | None = None
        self._was_collecting = True

    def is_mine(self) -> bool:
        """Whether this thread holds it."""
        return self._holder == get_ident()

    def __enter__(self) -> None:
        self._lock.acquire()
        if self._depth == 0:
            self._was_collecting = gc.isenabled()
            gc.disable()
        self._depth += 1
        self._holder = get_ident()

    def __exit__(self, *_error: object) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._holder = None
            if self._was_collecting:
                gc.enable()
        self._lock.release()


importing = _Importing()
"""Held around every import that is not at the top of its file, and around nothing else: whoever
holds it waits for nobody."""


def module(name: str) -> ModuleType:
    """The module of that name, all of it; imported now when it is not there yet."""
    with importing:
        return import_module(name)


def complete(*names: str) -> None:
    """Import what a library otherwise imports in the middle of a call, without the lock.

    For the top of the file that uses the library. tests/cold_start finds what is missing.
    """
    for name in names:
        module(name)
