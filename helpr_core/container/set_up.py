"""The set-up in the browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from helpr_core.services.set_up.connection import StoredConnection
    from helpr_core.services.set_up.steps import OwnersServers, SetUp


class SetUpParts(Group):
    """Held by the container; depends only on what needs no token."""

    @kept
    def stored(self) -> StoredConnection:
        """What was set up, in the database."""
        parts = self._container
        with importing:
            from helpr_core.services.set_up.connection import StoredConnection

        sealer = parts.installation.sealer("owner-token")
        return StoredConnection(parts.stores.decision_table, sealer, self._clock)

    @kept
    def steps(self) -> SetUp:
        """The steps, one after the other."""
        parts = self._container
        with importing:
            from helpr_core.adapters.plex.sign_in import PlexSignInDoor
            from helpr_core.services.set_up.steps import SetUp

        base = parts.installation.base()
        return SetUp(
            self.stored(),
            PlexSignInDoor(base.plex_api_url),
            self._servers_of,
            parts.plex.client_identifier(),
            needs_password=not (base.admin_username and base.admin_password_hash),
            finish=self._finish,
        )

    def settings(self) -> Mapping[str, str]:
        """The settings made by the set-up."""
        return self.stored().as_settings()

    def _servers_of(self, token: str) -> OwnersServers:
        with importing:
            from helpr_core.adapters.plex.owners_servers import PlexOwnersServers

        base = self._container.installation.base()
        identifier = self._container.plex.client_identifier()
        return PlexOwnersServers(token, base.plex_api_url, identifier)

    def _finish(self, libraries: Sequence[int]) -> None:
        """From here on the settings are complete."""
        self._container.plex.libraries().choose(libraries, "set-up")
