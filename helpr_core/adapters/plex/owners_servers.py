"""The owner's sign-in, and the servers of the account that signed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.media_server import PlexMediaServer
from helpr_core.adapters.plex.owners_account import OwnersAccount
from helpr_core.clock import utc_now
from helpr_core.domain.owned_servers import OwnedServer
from helpr_core.domain.plex import Library, OwnerAccount, Server


class PlexOwnersServers:
    """Implements OwnersServers of services/set_up, for a token in memory."""

    def __init__(self, token: str, base_url: str, client_identifier: str) -> None:
        account = Account(token, base_url, client_identifier)
        self._media = PlexMediaServer(OwnersAccount(lambda: account), "", utc_now)

    def account(self) -> OwnerAccount:
        """The account: one call."""
        return self._media.fetch_account()

    def servers(self) -> Sequence[OwnedServer]:
        """The servers that it owns: one call."""
        return self._media.find_server().owned

    def libraries(self, server: str) -> Sequence[Library]:
        """The libraries of one of them: one call."""
        never = datetime.fromtimestamp(0, UTC)
        return self._media.fetch_libraries(Server(server, "", (), never)).libraries
