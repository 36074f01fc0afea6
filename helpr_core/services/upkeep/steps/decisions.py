"""Make the owner's decisions and their copies in the state store the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helpr_core.services.upkeep.turn import Turn


@dataclass(frozen=True, slots=True)
class SettleDecisions:
    """A copy is left behind by a save while the state store was down, and by an older version."""

    settle: Callable[[], None]

    def __call__(self, turn: Turn) -> None:
        """All of them; where they are the same, nothing is written."""
        self.settle()
