"""What a sign-in needs from plex.tv, as Protocols, all with the person's own device or token."""

from __future__ import annotations

from typing import Protocol

from helpr_core.domain.plex import Server
from helpr_core.domain.plex_account import FriendAccount, Pin


class SignedIn(Protocol):
    """Somebody's token, kept only in memory. Raises PlexError's leaves; one call each."""

    def account(self) -> FriendAccount:
        """The account that the token belongs to."""

    def received(self, server: Server) -> str:
        """The id of this person's pending share of that server; "" if there is none."""

    def accept(self, share_id: str) -> bool:
        """Accept an invitation; False if Plex has none with that id for this person."""

    def sign_out(self) -> None:
        """End the token at Plex."""


class PlexDoor(Protocol):
    """Where people sign in. Raises PlexError's leaves; one call each."""

    def make_pin(self, client_identifier: str) -> Pin:
        """A PIN made by Helpr: Plex warns anyone who signs in with it elsewhere."""

    def enter(self, pin_id: int, client_identifier: str) -> SignedIn | None:
        """Exchange the PIN; None while nobody has signed in with it.

        Raises SignInOver if Plex no longer knows it.
        """
