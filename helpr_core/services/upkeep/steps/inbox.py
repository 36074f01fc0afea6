"""Hand over to the database what came while it was down."""

from __future__ import annotations

from helpr_core.frozen import dataclass
from helpr_core.services.requests.inbox import Inbox
from helpr_core.services.upkeep.turn import Turn

DRAINED = "drained"


@dataclass(frozen=True, slots=True)
class DrainInbox:
    """Requests wait in the inbox, in the state store; the database is opened only for them."""

    inbox: Inbox

    def __call__(self, turn: Turn) -> None:
        """As many as there is time for, in order of arrival."""
        turn.counts[DRAINED] += self.inbox.drain(turn.until)
