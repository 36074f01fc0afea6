"""What a friend would experience now: one answer for both the friend's form and the owner."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from helpr_core.clock import Clock, is_recent
from helpr_core.errors import FieldError, SetupRequired
from helpr_core.frozen import dataclass
from helpr_core.services.plex.account import PlexAccount
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.plex.errors import PlexUnauthorized
from helpr_core.services.plex.libraries import SharedLibraries
from helpr_core.services.plex.seats import Seats
from helpr_core.services.site.settings import SiteSettings, StoredSettings

_BELIEVED = timedelta(minutes=10)
"""How long a refused token counts after plex.tv was last asked about it."""


class Standing(StrEnum):
    """What happens to a friend who opens the link now.

    OPEN: the invitation is sent. APPROVAL: the owner must approve. PAUSED, FULL and NOT_SET_UP: the
    form accepts nothing, and says so. PLEX_SILENT and TOKEN_REFUSED: a request is kept, and sent
    once plex.tv answers or accepts the token.
    """

    OPEN = "open"
    APPROVAL = "approval"
    PAUSED = "paused"
    FULL = "full"
    NOT_SET_UP = "not_set_up"
    PLEX_SILENT = "plex_silent"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a state, and no secret


CLOSED = frozenset({Standing.PAUSED, Standing.FULL, Standing.NOT_SET_UP})
"""Nobody can ask."""


@dataclass(frozen=True, slots=True)
class Reception:
    """`of` is for a form whose libraries and settings are at hand; `found` looks everything up."""

    libraries: SharedLibraries
    settings: StoredSettings
    seats: Seats
    breaker: CircuitBreaker
    account: PlexAccount
    clock: Clock

    def found(self) -> tuple[Standing, tuple[FieldError, ...]]:
        """The standing, and what has to be set up. Raises StateUnavailable if the owner's decisions
        are unknown."""
        try:
            self.libraries.offered()
        except SetupRequired as exc:
            return Standing.NOT_SET_UP, exc.problems
        return self.of(self.settings.shown()), ()

    def of(self, settings: SiteSettings) -> Standing:
        """The site's standing if there are libraries to offer."""
        if settings.paused:
            return Standing.PAUSED
        if self.seats.are_taken():
            return Standing.FULL
        look = self.account.known()
        is_refused = look is not None and look.trouble == PlexUnauthorized.code
        if look and is_refused and is_recent(look.asked_at, _BELIEVED, self.clock()):
            return Standing.TOKEN_REFUSED
        if not self.breaker.may_ask():
            return Standing.PLEX_SILENT
        return Standing.APPROVAL if settings.approval_required else Standing.OPEN
