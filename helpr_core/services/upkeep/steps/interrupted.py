"""Find out at plex.tv what happened to requests whose worker died."""

from __future__ import annotations

import logging

from helpr_core.clock import Clock
from helpr_core.domain.requests import STALE_AFTER
from helpr_core.frozen import dataclass
from helpr_core.services.record_ports import InviteQueue
from helpr_core.services.requests.attempt import Attempt
from helpr_core.services.upkeep.steps.outcomes import count
from helpr_core.services.upkeep.turn import Turn

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SettleInterrupted:
    """Only requests that plex.tv knows nothing about are sent again."""

    queue: InviteQueue
    attempt: Attempt
    clock: Clock

    def __call__(self, turn: Turn) -> None:
        """One row after the other."""
        while turn.has_time():
            now = self.clock()
            row = self.queue.claim_stale(now - STALE_AFTER, now)
            if row is None:
                return
            log.warning("found interrupted request_id=%s", row.request_id)
            count(turn, self.attempt.of_stale_claim(row))
