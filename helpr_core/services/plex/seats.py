"""How many of the account's 100 seats are taken, read from plex.tv every ten minutes at most."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from helpr_core.clock import Clock, is_recent
from helpr_core.domain.plex import SEAT_LIMIT
from helpr_core.errors import PlexError, StateUnavailable
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.ports import PLEX, MediaServer, StateStore

log = logging.getLogger(__name__)

_FRESH = timedelta(minutes=10)
_TRY_AGAIN_SECONDS = 60.0


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
        self._key = f"seats-{key}"
        self._clock = clock
        self._lock = Lock()
        self._kept: SeatCount | None = None
        self._ask_again_at = 0.0

    def known(self) -> SeatCount | None:
        """The count, ten minutes old at most while plex.tv answers; None when never read."""
        with self._lock:  # of the threads that ask together, one asks plex.tv
            if not self._is_fresh(self._kept):
                self._kept = self._stored() or self._kept
            if self._is_fresh(self._kept) or time.monotonic() < self._ask_again_at:
                return self._kept
            try:
                return self._read()
            except PlexError as exc:
                log.warning("seats not read reason=%s", exc.code)
                self._ask_again_at = time.monotonic() + _TRY_AGAIN_SECONDS
                return self._kept

    def read(self) -> SeatCount:
        """Ask plex.tv now. Raises PlexError's leaves."""
        with self._lock:
            return self._read()

    def _read(self) -> SeatCount:
        holders = self._media.fetch_seat_holders(self._catalog.server())
        count = SeatCount(len(holders.people), len(holders.invited), self._clock())
        self._kept = count
        try:
            self._state.put(PLEX, self._key, _stored(count))
        except StateUnavailable as exc:
            log.warning("seats not stored reason=%s", exc)
        return count

    def _is_fresh(self, count: SeatCount | None) -> bool:
        return count is not None and is_recent(count.read_at, _FRESH, self._clock())

    def _stored(self) -> SeatCount | None:
        try:
            entry = self._state.get(PLEX, self._key)
        except StateUnavailable as exc:
            log.warning("stored seats not read reason=%s", exc)
            return None
        return _count(entry.value) if entry else None


def _stored(count: SeatCount) -> dict[str, Any]:
    return {
        "used": count.used,
        "pending": count.pending,
        "read_at": count.read_at.isoformat(),
    }


def _count(value: Mapping[str, Any]) -> SeatCount:
    return SeatCount(value["used"], value["pending"], datetime.fromisoformat(value["read_at"]))
