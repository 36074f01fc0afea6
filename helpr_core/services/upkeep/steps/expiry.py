"""Delete what has expired in the state store."""

from __future__ import annotations

from functools import partial

from helpr_core.frozen import dataclass
from helpr_core.services.ports import KINDS, StateStore
from helpr_core.services.upkeep.turn import Turn

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class PurgeExpired:
    """As many as there is time for: strangers can create many."""

    state: StateStore

    def __call__(self, turn: Turn) -> None:
        """One kind after the other."""
        for kind in KINDS:
            turn.in_batches(partial(self.state.purge_expired, kind), "purged", _BATCH)
