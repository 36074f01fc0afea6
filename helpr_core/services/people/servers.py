"""Which of the owner's servers Helpr manages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from helpr_core.clock import Clock
from helpr_core.domain.owned_servers import OwnedServer
from helpr_core.errors import FieldError, InvalidInput, LogUnavailable
from helpr_core.frozen import dataclass
from helpr_core.kept import Kept
from helpr_core.services.people.kept_decisions import TableDecision
from helpr_core.texts import Message

log = logging.getLogger(__name__)

NAME = "managed-servers"
_FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ServerChoice:
    """Machine identifiers of the servers besides the default one, which is always included."""

    others: tuple[str, ...] = ()


class ManagedServers:
    """The default is the server in PLEX_SERVER_NAME; `default` returns its machine identifier, and
    `owned` asks plex.tv for all of the account's servers. Both raise PlexError's leaves."""

    def __init__(
        self,
        decision: TableDecision[ServerChoice],
        default: Callable[[], str],
        owned: Callable[[], Sequence[OwnedServer]],
        clock: Clock,
    ) -> None:
        self._decision = decision
        self.default = default
        self.owned = owned
        self._kept = Kept("servers", decision.read, _FRESH, clock, (LogUnavailable,))

    def managed(self) -> tuple[str, ...]:
        """The default one first. Raises PlexError's leaves, and LogUnavailable."""
        default = self.default()
        others = (one for one in self._kept.get().others if one != default)
        return (default, *others)

    def others(self) -> tuple[str, ...]:
        """Those beside the default one; plex.tv is not asked. Raises LogUnavailable."""
        return self._kept.get().others

    def choose(self, managed: Sequence[str], by: str) -> tuple[str, ...]:
        """Manage these from now on. InvalidInput without the default, or for others' servers."""
        default = self.default()
        owned = {one.machine_identifier for one in self.owned()}
        if default not in managed:
            raise InvalidInput(FieldError("managed", Message("servers.default_missing")))
        if unknown := set(managed) - owned - {default}:
            log.warning("servers not known count=%d", len(unknown))
            raise InvalidInput(FieldError("managed", Message("servers.unknown")))
        others = tuple(dict.fromkeys(one for one in managed if one != default))
        self._kept.put(self._decision.change(lambda before: replace(before, others=others), by))
        return self.managed()
