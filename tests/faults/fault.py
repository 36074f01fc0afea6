"""Something that can be broken, and what is promised while it is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.faults.promises import Promises
from tests.faults.scene import Scene
from tests.faults.stores import AZURE, SQLITE


@dataclass(frozen=True)
class Fault:
    """`broken` breaks it and mends it; `prepare` comes before the scene has a worker.

    `end` is what becomes of a request that was kept.
    """

    name: str
    promised: Promises
    broken: Callable[[Scene], AbstractContextManager[None]]
    prepare: Callable[[Scene], None] = lambda _scene: None
    end: str = "success"
    stores: Collection[str] = (SQLITE, AZURE)
