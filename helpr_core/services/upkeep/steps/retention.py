"""Delete what is older than the owner wants it kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from helpr_core.clock import Clock
from helpr_core.domain.audit import HOUSEKEEPING, REFUSED, AuditEvent
from helpr_core.frozen import dataclass
from helpr_core.services.people.ports import Erasing
from helpr_core.services.record_ports import AuditLog, BatchLog, InviteQueue
from helpr_core.services.site.settings import StoredSettings
from helpr_core.services.upkeep.turn import Turn

_BATCH = 500
_ACTIONS_KEPT = timedelta(days=365)
"""The minimum for the owner's actions: abuse is traced through them."""
_REFUSALS_KEPT = timedelta(days=90)
"""Strangers' attempts at the owner's door, in any case."""


@dataclass(frozen=True, slots=True)
class DeleteOld:
    """Settled requests, people without access, batches, the owner's actions, refused sign-ins."""

    queue: InviteQueue
    erasing: Erasing
    batches: BatchLog
    audit: AuditLog
    settings: StoredSettings
    clock: Clock

    def __call__(self, turn: Turn) -> None:
        """One batch after the other."""
        now, audit = self.clock(), self.audit
        refused = partial(audit.delete_older, now - _REFUSALS_KEPT, action=REFUSED)
        turn.in_batches(refused, "deleted_actions", _BATCH)
        days = self.settings.current().retention_days
        kept = timedelta(days=days)
        gone = partial(self.erasing.delete_gone, now - kept if days else None)
        turn.in_batches(gone, "deleted_people", _BATCH)
        if not days:
            return
        turn.in_batches(lambda most: self._delete(now - kept, most), "deleted", _BATCH)
        batches = partial(self.batches.delete_older, now - kept)
        turn.in_batches(batches, "deleted_batches", _BATCH)
        if turn.counts["deleted"]:
            told = {"deleted": turn.counts["deleted"]}
            audit.append(AuditEvent(now, HOUSEKEEPING, "requests_deleted", "requests", after=told))
        actions = partial(audit.delete_older, now - max(kept, _ACTIONS_KEPT))
        turn.in_batches(actions, "deleted_actions", _BATCH)

    def _delete(self, before: datetime, most: int) -> int:
        return len(self.queue.delete_older(before, most))
