"""A step of housekeeping, and its turn in a run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Turn:
    """How long a step may go on, and what it reports.

    `until` (of `seconds`, a monotonic clock) is when it begins nothing new. `counts` is what was
    done, by name. `next_at`: when the next run is to follow, where something is left to do.
    """

    until: float
    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    counts: Counter[str] = field(default_factory=Counter)
    next_at: datetime | None = None

    def has_time(self) -> bool:
        """Whether something new may be begun."""
        return self.seconds() < self.until

    def wait(self, seconds: float) -> None:
        """Do nothing for that long, but not beyond the end of the turn."""
        left = min(seconds, self.until - self.seconds())
        if left > 0:
            self.sleep(left)

    def in_batches(self, delete: Callable[[int], int], count_as: str, batch: int) -> None:
        """Delete until a batch is not full: no statement holds the table for long."""
        while self.has_time():
            deleted = delete(batch)
            self.counts[count_as] += deleted
            if deleted < batch:
                return


Work = Callable[[Turn], None]


@dataclass(frozen=True, slots=True)
class Step:
    """`build` makes what does the work, at the step's first turn: it may fail, too.

    `seconds` is the step's own time. Without `opens_database` it also takes its turn in a run
    that leaves the database asleep.
    """

    name: str
    seconds: float
    build: Callable[[], Work]
    opens_database: bool = True
