"""Note which invitations were accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from helpr_core.clock import Clock
from helpr_core.frozen import dataclass
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.ports import MediaServer
from helpr_core.services.record_ports import InviteQueue
from helpr_core.services.upkeep.turn import Turn

_LOOK_BACK = timedelta(days=30)
_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class NoteAcceptances:
    """One call to plex.tv for each server, and none while no invitation is waiting for its answer.

    `catalog_of` returns what is known about a server by machine identifier, "" for the default.
    """

    queue: InviteQueue
    media: MediaServer
    catalog_of: Callable[[str], ServerCatalog]
    breaker: CircuitBreaker
    clock: Clock

    def __call__(self, turn: Turn) -> None:
        """Compare the invitations of the last month with Plex's list."""
        accepted = self.look()
        if accepted:
            turn.counts["accepted"] += accepted

    def look(self) -> int:
        """The same; returns how many were found accepted."""
        now = self.clock()
        rows = self.queue.unaccepted(now - _LOOK_BACK, _LOOKED_AT)
        if not rows or not self.breaker.may_ask():
            return 0
        servers = {row.terms.server for row in rows}
        with self.breaker.guard():
            accepted = {server: self._accepted(server) for server in servers}
        found = [row.request_id for row in rows if row.identity_key in accepted[row.terms.server]]
        return len(self.queue.mark_accepted(found, now)) if found else 0

    def _accepted(self, server_id: str) -> set[str]:
        shares = self.media.list_shares(self.catalog_of(server_id).server())
        return {key for share in shares if share.accepted for key in share.identity_keys}
