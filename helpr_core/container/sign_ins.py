"""Friends' sign-ins with Plex."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.first_use import importing
from helpr_core.once import kept
from helpr_core.services.plex.errors import PlexError

if TYPE_CHECKING:
    from helpr_core.services.sign_ins.finishing import FinishSignIn
    from helpr_core.services.sign_ins.ports import PlexDoor
    from helpr_core.services.sign_ins.stored import SignIns


log = logging.getLogger(__name__)


class SignInParts(Group):
    """Held by the container."""

    @kept
    def stored(self) -> SignIns:
        """Those under way."""
        parts = self._container
        with importing:
            from helpr_core.services.sign_ins.stored import SignIns

        return SignIns(
            parts.stores.state(),
            parts.installation.sealer("sign-ins"),
            self._identifier,
            self._clock,
        )

    @kept
    def door(self) -> PlexDoor:
        """Where people sign in."""
        with importing:
            from helpr_core.adapters.plex.sign_in import PlexSignInDoor

        return PlexSignInDoor(self._container.installation.settings().plex_api_url)

    @kept
    def finish(self) -> FinishSignIn:
        """What happens when Plex sends a friend back."""
        parts = self._container
        with importing:
            from helpr_core.services.sign_ins.finishing import FinishSignIn

        return FinishSignIn(
            self.stored(),
            self.door(),
            parts.requests.admission(),
            parts.requests.submit(),
            parts.requests.lookup(),
            parts.plex.media(),
            parts.stores.invite_queue(),
            lambda server_id: parts.plex.catalog_of(server_id).server(),
            self._owner_id,
            self._clock,
        )

    def _identifier(self, sign_in_id: str) -> str:
        """A separate device for each sign-in: Plex keeps one token per account and device."""
        purpose = "plex client identifier of a friend"
        return self._container.installation.keyed_hash(purpose, sign_in_id)[:32]

    def _owner_id(self) -> int:
        """The owner's account, by its id: names change hands. plex.tv is asked if it is not known
        yet; 0 where it does not say, since Plex itself invites nobody to their own server."""
        try:
            return self._container.plex.owner().account_id()
        except PlexError as exc:
            log.warning("a friend signs in while the owner's id is unknown reason=%s", exc.code)
            return 0
