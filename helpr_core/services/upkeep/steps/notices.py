"""Send what is due through the channels, and delete what was sent long ago."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from helpr_core.clock import Clock
from helpr_core.frozen import dataclass
from helpr_core.services.notices.ports import Outbox
from helpr_core.services.upkeep.turn import Turn

SOON = timedelta(minutes=2)
_AGAIN = timedelta(seconds=20)
_KEPT = timedelta(days=30)
_BATCH = 500


class Tell(Protocol):
    """Check the conditions and send what is due."""

    def __call__(self, has_time: Callable[[], bool], *, from_housekeeping: bool) -> dict[str, int]:
        """Counts of what was done."""


@dataclass(frozen=True, slots=True)
class TellNotices:
    """The safety net below sending at once: anything unsent is found here."""

    tell: Tell
    outbox: Outbox
    clock: Clock

    def __call__(self, turn: Turn) -> None:
        """Send; a failing channel is tried again by a later run."""
        turn.counts.update(self.tell(turn.has_time, from_housekeeping=True))
        now = self.clock()
        turn.in_batches(
            lambda most: self.outbox.delete_older(now - _KEPT, most), "deleted_notices", _BATCH
        )
        next_due = self.outbox.next_due()
        if next_due is not None and next_due < now + SOON:
            turn.next_at = max(next_due, now + _AGAIN)
