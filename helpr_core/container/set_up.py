"""The set-up in the browser."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.errors import LogUnavailable
from helpr_core.first_use import importing
from helpr_core.once import kept
from helpr_core.services.plex.errors import PlexUnauthorized

if TYPE_CHECKING:
    from helpr_core.adapters.plex.sign_in import PlexSignInDoor
    from helpr_core.domain.plex import OwnerAccount
    from helpr_core.services.set_up.again import SignInAgain
    from helpr_core.services.set_up.connection import StoredConnection
    from helpr_core.services.set_up.past_tokens import PastTokens
    from helpr_core.services.set_up.steps import OwnersServers, SetUp
    from helpr_core.services.sign_ins.stored import SignIns

log = logging.getLogger(__name__)


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
            from helpr_core.services.set_up.steps import SetUp

        base = parts.installation.base()
        return SetUp(
            self.stored(),
            self._door(),
            self._servers_of,
            parts.plex.client_identifier(),
            needs_password=not (base.admin_username and base.admin_password_hash),
            finish=self._finish,
            past=self.past_tokens(),
        )

    @kept
    def past_tokens(self) -> PastTokens:
        """Tokens that are to be signed out."""
        parts = self._container
        with importing:
            from helpr_core.services.set_up.past_tokens import PastTokens

        return PastTokens(self.stored(), self._door(), parts.plex.client_identifier())

    @kept
    def sign_ins(self) -> SignIns:
        """The owner's sign-ins under way, from the dashboard."""
        parts = self._container
        with importing:
            from helpr_core.services.sign_ins.stored import SignIns

        sealer = parts.installation.sealer("owner-sign-ins")
        return SignIns(parts.stores.state(), sealer, self._identifier, self._clock)

    @kept
    def again(self) -> SignInAgain:
        """A new token in the place of one that Plex refuses."""
        with importing:
            from helpr_core.services.set_up.again import SignInAgain

        return SignInAgain(
            self.sign_ins(),
            self._door(),
            self._servers_of,
            self.stored(),
            self.past_tokens(),
            self._signed_in_again,
        )

    def _signed_in_again(self, account: OwnerAccount) -> None:
        """What was refused is tried at once, here; other workers read the token when theirs is."""
        parts = self._container
        parts.plex.owners_account().drop()
        owner = parts.plex.owner()
        owner.note(account.name, plex_pass=account.plex_pass, account_id=account.id)
        try:
            parts.stores.database_due().expect()
            parts.stores.invite_queue().hurry(PlexUnauthorized.code, self._clock())
            parts.people().operations().hurry(PlexUnauthorized.code)
        except LogUnavailable as exc:
            log.warning("what waits is tried when it is due reason=%s", exc.code)

    def _identifier(self, sign_in_id: str) -> str:
        """A device for each: the old token must not end before the new one is stored."""
        purpose = "plex client identifier of the owner's sign-in"
        return self._container.installation.keyed_hash(purpose, sign_in_id)[:32]

    @kept
    def _door(self) -> PlexSignInDoor:
        with importing:
            from helpr_core.adapters.plex.sign_in import PlexSignInDoor

        return PlexSignInDoor(self._container.installation.base().plex_api_url)

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
