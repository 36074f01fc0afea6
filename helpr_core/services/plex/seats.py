"""How many of the account's 100 seats are taken, read from plex.tv at most every ten minutes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from helpr_core.clock import Clock, is_recent
from helpr_core.domain.plex import SEAT_LIMIT
from helpr_core.errors import StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.kept import Kept
from helpr_core.services.documents import Document
from helpr_core.services.plex.errors import PlexError
from helpr_core.services.ports import PLEX, StateStore

log = logging.getLogger(__name__)

_FRESH = timedelta(minutes=10)
_LOOK_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SeatCount:
    """People with access and people invited, as plex.tv listed them at `read_at` (aware UTC).

    `refused_at`: when plex.tv has since refused an invitation because no seat was left.
    """

    used: int
    pending: int
    read_at: datetime
    limit: int = SEAT_LIMIT
    refused_at: datetime | None = None

    @property
    def left(self) -> int:
        """How many more can be invited."""
        return max(0, self.limit - self.used - self.pending)


class Seats:
    """Shared by all workers through the state store; `key` names the server there.

    `count` asks plex.tv; `last` returns what it last listed, None if unknown.
    """

    def __init__(
        self,
        count: Callable[[], SeatCount],
        last: Callable[[], SeatCount | None],
        state: StateStore,
        key: str,
        clock: Clock,
    ) -> None:
        self._count = count
        self._last = last
        self._state = state
        self._document = Document(PLEX, f"seats-{key}", SeatCount)
        self._clock = clock
        self._kept = Kept("seats", self._look, _LOOK_AGAIN, clock)
        self._seen = Kept("seats as stored", self._stored, _LOOK_AGAIN, clock)

    def known(self) -> SeatCount | None:
        """The count, at most ten minutes old while plex.tv answers; None if never read."""
        return self._kept.get()  # of several threads that ask together, one calls plex.tv

    def are_taken(self) -> bool:
        """Whether nobody else can be invited, for a friend's page.

        plex.tv is asked only if that seems so and it was not asked for ten minutes: the page must
        not turn friends away wrongly.
        """
        count = self._seen.get()
        if count is None or not (count.left == 0 or count.refused_at):
            return False
        if self._is_new(count) or (count.refused_at and self._is_recent(count.refused_at)):
            return True
        count = self.known()
        return count is not None and count.left == 0

    def note_full(self) -> None:
        """plex.tv has just refused an invite because no seat is left."""
        now = self._clock()
        known = self._seen.get() or SeatCount(SEAT_LIMIT, 0, now)
        self._keep(replace(known, refused_at=now))

    def last(self) -> SeatCount | None:
        """The last count read by any worker, however old, without a call."""
        return self._seen.get()

    def read(self) -> SeatCount:
        """Ask plex.tv now. Raises PlexError's leaves."""
        return self._keep(self._count())

    def _keep(self, count: SeatCount) -> SeatCount:
        self._kept.put(count)
        self._seen.put(count)
        try:
            self._document.put(self._state, count)
        except StateUnavailable as exc:
            log.warning("seats not stored reason=%s", exc)
        return count

    def _look(self) -> SeatCount | None:
        """What this or another worker has read, if recent; otherwise what plex.tv says."""
        known = self._kept.last
        if known is None or not self._is_new(known):
            known = self._stored() or known
        if known is not None and self._is_new(known):
            return known
        last = self._last()
        if last is not None and self._is_new(last):
            return self._keep(last)
        try:
            return self.read()
        except PlexError as exc:
            log.warning("seats not read reason=%s", exc.code)
            return known

    def _is_new(self, count: SeatCount) -> bool:
        return self._is_recent(count.read_at)

    def _is_recent(self, moment: datetime) -> bool:
        return is_recent(moment, _FRESH, self._clock())

    def _stored(self) -> SeatCount | None:
        try:
            return self._document.find(self._state).value
        except StateUnavailable as exc:
            log.warning("stored seats not read reason=%s", exc)
            return None
