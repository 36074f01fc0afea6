"""Read the server's libraries again if the last answer was doubtful, or is old."""

from __future__ import annotations

import logging

from helpr_core.frozen import dataclass
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.plex.errors import PlexTrouble
from helpr_core.services.upkeep.turn import Turn

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LookAtServer:
    """One call to plex.tv, and none while the answer is fresh."""

    catalog: ServerCatalog
    breaker: CircuitBreaker

    def __call__(self, _turn: Turn) -> None:
        """If plex.tv is in trouble, what is known stays; the next run asks again."""
        if not self.breaker.may_ask():
            return
        try:
            self.catalog.look_again()
        except PlexTrouble as exc:
            log.warning("libraries not read again reason=%s", exc.code)
