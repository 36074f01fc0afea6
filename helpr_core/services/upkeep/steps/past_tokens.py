"""Sign out at plex.tv the tokens that do not count any more and were not signed out at once."""

from __future__ import annotations

from collections.abc import Callable

from helpr_core.frozen import dataclass
from helpr_core.services.upkeep.turn import Turn


@dataclass(frozen=True, slots=True)
class SignOutPastTokens:
    """`sign_out` returns how many it has signed out; with none there plex.tv is not asked."""

    sign_out: Callable[[], int]

    def __call__(self, turn: Turn) -> None:
        """Those that are left."""
        if ended := self.sign_out():
            turn.counts["signed_out_tokens"] += ended
