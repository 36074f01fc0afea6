"""What a sign-in asks of plex.tv, as Protocols: all with the person's own device or token."""

from __future__ import annotations

from typing import Protocol

from helpr_core.domain.plex import Server
from helpr_core.domain.plex_account import FriendAccount, Pin


class SignedIn(Protocol):
    """Somebody's token, in memory alone. Raises PlexError's leaves; one call each."""

    def account(self) -> FriendAccount:
        """Whose token it is."""

    def received(self, server: Server) -> str:
        """The id of the share of that server which waits for this person; "" for none."""

    def accept(self, share_id: str) -> bool:
        """Accept an invitation; False where Plex has none of that id for this person."""

    def sign_out(self) -> None:
        """End the token at Plex."""


class PlexDoor(Protocol):
    """Where people sign in. Raises PlexError's leaves; one call each."""

    def make_pin(self, client_identifier: str) -> Pin:
        """A PIN made by Helpr: Plex warns anyone who signs in with it elsewhere."""

    def enter(self, pin_id: int, client_identifier: str) -> SignedIn | None:
        """Exchange the PIN; None while nobody has signed in with it.

        Raises SignInOver where Plex knows it no longer.
        """
