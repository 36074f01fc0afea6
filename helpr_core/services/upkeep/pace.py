"""How quickly the queue is worked through: as fast as plex.tv allows, with room to spare.

plex.tv's limits are not documented. So the queue goes fast until plex.tv asks for patience; what it
accepted until then, divided by the time until it accepts more, is its limit. The queue then keeps
to three quarters of that for an hour, which leaves the rest for friends who come meanwhile.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from helpr_core.clock import Clock, is_recent
from helpr_core.errors import StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.documents import Document
from helpr_core.services.ports import PLEX, StateStore

log = logging.getLogger(__name__)

KEY = "queue-pace"
LEARNED_FOR = timedelta(hours=1)
LONGEST_GAP_SECONDS = 30.0
_SHARE = 0.75
_SLOWER = 1.5
"""The slowdown if plex.tv asks for patience although we kept to the measured limit."""
_FEW = 5
_SLOW_SECONDS = 1.0
"""So few invites say nothing about a limit: others may have used it up."""


@dataclass(frozen=True, slots=True)
class Learned:
    """How far apart plex.tv accepts invites, and when that was measured."""

    gap_seconds: float
    learned_at: datetime


_DOCUMENT = Document(PLEX, KEY, Learned)


class Pace:
    """One run's pace; what it learns is kept in the state store for the runs that follow."""

    def __init__(self, state: StateStore, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._learned = 0.0
        try:
            found = _DOCUMENT.find(state).value
        except StateUnavailable as exc:
            log.warning("pace not known reason=%s", exc)
            return
        if found is not None and is_recent(found.learned_at, LEARNED_FOR, clock()):
            self._learned = found.gap_seconds

    def gap_seconds(self, quickest: float) -> float:
        """The time between two invites, from the start of one to that of the next."""
        return max(quickest, self._learned)

    def learn(self, taken: int, seconds: float) -> None:
        """plex.tv accepted so many in that time, including the patience that it asks for now."""
        measured = seconds / taken / _SHARE if taken >= _FEW else _SLOW_SECONDS
        gap = min(max(measured, self._learned * _SLOWER), LONGEST_GAP_SECONDS)
        log.warning("queue slows down gap_seconds=%.1f", gap)
        self._learned = gap
        now = self._clock()
        try:
            _DOCUMENT.put(self._state, Learned(gap, now), now + LEARNED_FOR)
        except StateUnavailable as exc:
            log.warning("pace not kept reason=%s", exc)
