"""How a friend's sign-in ends without a request."""

from __future__ import annotations

from helpr_core.errors import HelprError


class SignInOver(HelprError):
    """There is no such sign-in with Plex, or it has expired or ended."""

    code = "sign_in_over"


class SignInElsewhere(HelprError):
    """The sign-in was begun in another browser."""

    code = "sign_in_elsewhere"


class SignInWaiting(HelprError):
    """Nobody has signed in with it at Plex yet, or another tab is just finishing it."""

    code = "sign_in_waiting"


class EmailNotConfirmed(HelprError):
    """The Plex account's e-mail address has not been confirmed."""

    code = "email_not_confirmed"


class ManagedUser(HelprError):
    """The account is a managed user of a Plex Home, with whom nothing can be shared."""

    code = "managed_user"


class IsOwner(HelprError):
    """The account is the one that owns the server."""

    code = "is_owner"
