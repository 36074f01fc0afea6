"""End what is past its end, and do what was promised at Plex."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from helpr_core.clock import Clock
from helpr_core.frozen import dataclass
from helpr_core.services.people.due import PeopleDue
from helpr_core.services.people.ports import OperationLog
from helpr_core.services.people.working import OperationsRun
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.upkeep.turn import Turn

SOON = timedelta(minutes=20)
_KEPT_DAYS = 365
"""How long finished operations are kept; the audit log is kept as long."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class LookAfterPeople:
    """Two or more calls to plex.tv for each operation. `next_due` is when something is due next."""

    due: PeopleDue
    run: OperationsRun
    next_due: Callable[[], datetime | None]
    breaker: CircuitBreaker
    clock: Clock
    operations: OperationLog

    def __call__(self, turn: Turn) -> None:
        """Order what is due, and carry it out."""
        if deleted := self.operations.delete_older(_KEPT_DAYS, _AT_ONCE):
            turn.counts["deleted_operations"] += deleted
        turn.counts.update(self.due())
        turn.counts.update(self.run(turn.has_time))
        next_at = self.next_due()
        now = self.clock()
        if next_at is not None and self.breaker.may_ask():
            # plex.tv's lists show what it accepted a few seconds later.
            turn.next_at = max(next_at, now) if next_at < now + SOON else None
