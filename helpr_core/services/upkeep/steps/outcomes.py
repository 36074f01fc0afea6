"""How the requests that a run tried are counted in its report."""

from __future__ import annotations

from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.services.upkeep.turn import Turn

_COUNTED_AS = {
    Status.SUCCESS: "sent",
    Status.FAILED: "failed",
    Status.QUEUED: "queued_again",
    Status.AWAITING_APPROVAL: "awaiting_approval",
}


def count(turn: Turn, row: InviteRequest) -> None:
    """Count the request by the state that its try left it in."""
    turn.counts[_COUNTED_AS.get(row.status, row.status.value)] += 1
