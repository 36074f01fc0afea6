"""How many of the account's 100 seats are taken, read from plex.tv every ten minutes at most."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpr_core.clock import Clock, is_recent
from helpr_core.domain.plex import SEAT_LIMIT
from helpr_core.errors import PlexError, StateUnavailable
from helpr_core.kept import Kept
from helpr_core.services.documents import Document
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.ports import PLEX, MediaServer, StateStore

log = logging.getLogger(__name__)

_FRESH = timedelta(minutes=10)
_LOOK_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SeatCount:
    """People with access and people invited, as plex.tv listed them at `read_at` (aware UTC)."""

    used: int
    pending: int
    read_at: datetime
    limit: int = SEAT_LIMIT

    @property
    def left(self) -> int:
        """How many more can be invited."""
        return max(0, self.limit - self.used - self.pending)


class Seats:
    """Shared by all workers through the state store; `key` names the server there."""

    def __init__(
        self, media: MediaServer, catalog: ServerCatalog, state: StateStore, key: str, clock: Clock
    ) -> None:
        self._media = media
        self._catalog = catalog
        self._state = state
        self._document = Document(PLEX, f"seats-{key}", SeatCount)
        self._clock = clock
        self._kept = Kept("seats", self._look, _LOOK_AGAIN, clock)

    def known(self) -> SeatCount | None:
        """The count, ten minutes old at most while plex.tv answers; None when never read."""
        return self._kept.get()  # of the threads that ask together, one asks plex.tv

    def read(self) -> SeatCount:
        """Ask plex.tv now. Raises PlexError's leaves."""
        holders = self._media.fetch_seat_holders(self._catalog.server())
        count = SeatCount(len(holders.people), len(holders.invited), self._clock())
        self._kept.put(count)
        try:
            self._document.put(self._state, count)
        except StateUnavailable as exc:
            log.warning("seats not stored reason=%s", exc)
        return count

    def _look(self) -> SeatCount | None:
        """What this worker or another has read, where that is new; else what plex.tv says."""
        known = self._kept.last
        if known is None or not self._is_new(known):
            known = self._stored() or known
        if known is not None and self._is_new(known):
            return known
        try:
            return self.read()
        except PlexError as exc:
            log.warning("seats not read reason=%s", exc.code)
            return known

    def _is_new(self, count: SeatCount) -> bool:
        return is_recent(count.read_at, _FRESH, self._clock())

    def _stored(self) -> SeatCount | None:
        try:
            return self._document.find(self._state).value
        except StateUnavailable as exc:
            log.warning("stored seats not read reason=%s", exc)
            return None
