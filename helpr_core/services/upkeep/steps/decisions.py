"""Bring the owner's decisions and their copies in the state store in line."""

from __future__ import annotations

from collections.abc import Callable

from helpr_core.frozen import dataclass
from helpr_core.services.upkeep.turn import Turn


@dataclass(frozen=True, slots=True)
class SettleDecisions:
    """A copy falls behind after a save while the state store was down, or through an older
    version."""

    settle: Callable[[], None]

    def __call__(self, turn: Turn) -> None:
        """All of them; nothing is written for those that match."""
        self.settle()
