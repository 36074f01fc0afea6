"""A store that hangs makes one wait, and not everybody after that one."""

from __future__ import annotations

import time

SECONDS = 5.0
"""Who comes so shortly after somebody has waited in vain does not wait."""


class Silence:
    """Of one store, as this worker knows it."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        """Whether somebody has just waited in vain."""
        return time.monotonic() < self._until

    def begin(self) -> None:
        """Somebody has."""
        self._until = time.monotonic() + SECONDS

    def end(self) -> None:
        """Ask again."""
        self._until = 0.0
