"""A store that hangs keeps one caller waiting, not everybody after that one."""

from __future__ import annotations

import time

SECONDS = 5.0
"""A caller who comes this soon after somebody got no answer does not wait."""


class Silence:
    """One store's silence, as seen by this worker."""

    def __init__(self) -> None:
        self._heard_at = 0.0
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        """Whether somebody has just got no answer."""
        return time.monotonic() < self._until

    def heard(self) -> None:
        """The store has answered somebody."""
        self._heard_at = time.monotonic()
        self._until = 0.0

    def note_no_answer(self, since: float) -> None:
        """Somebody asked at `since` (monotonic seconds) and got no answer.

        A store that answered others meanwhile is busy, not silent: it is called as usual.
        """
        if self._heard_at < since:
            self._until = time.monotonic() + SECONDS
