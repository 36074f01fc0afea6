"""How quickly the queue is worked off: as quickly as plex.tv takes it, and with room to spare.

plex.tv's limits are written nowhere. So the queue goes quickly until plex.tv asks for patience;
what it took until then, over the time until it takes more, is its limit. From then on the queue
keeps to three quarters of that for an hour, which leaves the rest to friends who come meanwhile.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpr_core.clock import Clock, is_recent
from helpr_core.errors import StateUnavailable
from helpr_core.services.documents import Document
from helpr_core.services.ports import PLEX, StateStore

log = logging.getLogger(__name__)

KEY = "queue-pace"
LEARNED_FOR = timedelta(hours=1)
LONGEST_GAP_SECONDS = 30.0
_SHARE = 0.75
_SLOWER = 1.5
"""Where plex.tv asks for patience although we kept to what it took before."""
_FEW = 5
_SLOW_SECONDS = 1.0
"""So few say nothing about a limit: others may have used it up."""


@dataclass(frozen=True, slots=True)
class Learned:
    """How far apart plex.tv takes invites, and when that was measured."""

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
        """How far two invites are apart, from the begin of one to that of the next."""
        return max(quickest, self._learned)

    def learn(self, taken: int, seconds: float) -> None:
        """plex.tv took so many in that time, the patience that it asks for now included."""
        measured = seconds / taken / _SHARE if taken >= _FEW else _SLOW_SECONDS
        gap = min(max(measured, self._learned * _SLOWER), LONGEST_GAP_SECONDS)
        log.warning("queue slows down gap_seconds=%.1f", gap)
        self._learned = gap
        now = self._clock()
        try:
            _DOCUMENT.put(self._state, Learned(gap, now), now + LEARNED_FOR)
        except StateUnavailable as exc:
            log.warning("pace not kept reason=%s", exc)
