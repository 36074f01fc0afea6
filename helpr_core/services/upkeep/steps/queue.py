"""Try the requests that wait for Plex, as fast as plex.tv accepts them."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from helpr_core.clock import Clock
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.errors import SetupRequired, StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.plex.errors import PlexLimited, PlexUnauthorized
from helpr_core.services.ports import StateStore
from helpr_core.services.record_ports import InviteQueue
from helpr_core.services.requests.attempt import Attempt
from helpr_core.services.upkeep.pace import Pace
from helpr_core.services.upkeep.steps.outcomes import count
from helpr_core.services.upkeep.turn import Turn

log = logging.getLogger(__name__)

_PACE_SECONDS = 0.1
"""The shortest time from one invite to the next; see Pace."""
_AFTER_TROUBLE = timedelta(seconds=30)
_LASTING_TROUBLES = frozenset({PlexUnauthorized.code, SetupRequired.code})
"""They last until the owner does something, so no run needs to follow sooner than usual."""


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """Every row that is due, until there are no more or plex.tv is in trouble."""

    queue: InviteQueue
    attempt: Attempt
    breaker: CircuitBreaker
    state: StateStore
    clock: Clock

    def __call__(self, turn: Turn) -> None:
        """One row after the other; says when to continue if some are left."""
        if self.queue.mend_times(self.clock()):
            log.warning("the clock was set back: what it had put off is due")
        pace: Pace | None = None
        begun_at, taken = turn.seconds(), 0
        while turn.has_time() and self.breaker.may_ask():
            asked_at = turn.seconds()
            row = self.queue.claim_due(self.clock())
            if row is None:
                return
            settled = self.attempt(row)
            count(turn, settled)
            pace = pace or Pace(self.state, self.clock)
            if settled.status is Status.QUEUED:
                self._learn(settled, pace, taken, turn.seconds() - begun_at)
                if settled.error_code not in _LASTING_TROUBLES:
                    turn.next_at = self._goes_on(_AFTER_TROUBLE)
                return
            taken += 1
            turn.wait(pace.gap_seconds(_PACE_SECONDS) - (turn.seconds() - asked_at))
        turn.next_at = self._goes_on(timedelta())

    def _learn(self, row: InviteRequest, pace: Pace, taken: int, seconds: float) -> None:
        if row.error_code == PlexLimited.code:
            pause = self.breaker.read()
            patience = (pause.until - self.clock()).total_seconds() if pause else 0.0
            pace.learn(taken, seconds + max(patience, 0.0))

    def _goes_on(self, wait: timedelta) -> datetime | None:
        """When plex.tv may be called again, or after the wait; None if unknown."""
        try:
            pause = self.breaker.read()
        except StateUnavailable:
            return None
        return pause.until if pause else self.clock() + wait
