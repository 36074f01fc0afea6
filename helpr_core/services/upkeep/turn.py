"""A step of housekeeping, and its turn in a run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import field
from datetime import datetime

from helpr_core.frozen import dataclass


@dataclass(slots=True)
class Turn:
    """How long a step may take, and what it reports.

    After `until` (of `seconds`, a monotonic clock) it starts nothing new. `counts` is what was
    done, by name. `next_at`: when the next run should follow, if something is left to do.
    """

    until: float
    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    counts: Counter[str] = field(default_factory=Counter)
    next_at: datetime | None = None

    def has_time(self) -> bool:
        """Whether something new may be started."""
        return self.seconds() < self.until

    def wait(self, seconds: float) -> None:
        """Do nothing for that long, but not beyond the end of the turn."""
        left = min(seconds, self.until - self.seconds())
        if left > 0:
            self.sleep(left)

    def in_batches(self, delete: Callable[[int], int], count_as: str, batch: int) -> None:
        """Delete batch by batch until one is not full: no statement locks the table for long."""
        while self.has_time():
            deleted = delete(batch)
            self.counts[count_as] += deleted
            if deleted < batch:
                return


Work = Callable[[Turn], None]


@dataclass(frozen=True, slots=True)
class Step:
    """`build` makes the worker object at the step's first turn, which may fail, too.

    `seconds` is the step's own time. Without `opens_database` it also runs when the database is
    left asleep.
    """

    name: str
    seconds: float
    build: Callable[[], Work]
    opens_database: bool = True
