"""The owner's sign-in to the dashboard with Plex: only the account matters."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from helpr_core.domain.plex_account import FriendAccount
from helpr_core.errors import HelprError
from helpr_core.patience import within
from helpr_core.services.plex.errors import PlexError, PlexUnauthorized
from helpr_core.services.sign_ins.errors import SignInOver, SignInWaiting
from helpr_core.services.sign_ins.ports import PlexDoor
from helpr_core.services.sign_ins.stored import SignIns

log = logging.getLogger(__name__)

_SIGN_OUT_SECONDS = 2.0


class NotTheOwner(HelprError):
    """The account is not the one that owns the managed server."""

    code = "not_the_owner"


class OwnerByPlex:
    """Call it after Plex has sent the browser back; it returns the account's name.

    `owner_id` is the account that Helpr's own token belongs to, which owns the managed server.
    Raises SignInWaiting while nobody has signed in, NotTheOwner, SignInOver and SignInElsewhere,
    and PlexError while nothing has come of it yet: then, and while it waits, it can be tried again.
    """

    def __init__(self, sign_ins: SignIns, door: PlexDoor, owner_id: Callable[[], int]) -> None:
        self._sign_ins = sign_ins
        self._door = door
        self._owner_id = owner_id

    def __call__(self, sign_in_id: UUID, browser_key: str) -> str:
        found = self._sign_ins.find(sign_in_id, browser_key)
        if found.value is None or not found.value.pin_id:
            raise SignInWaiting("it has no PIN yet")
        claimed = self._sign_ins.claim(sign_in_id, found)
        if claimed is None or claimed.value is None:
            raise SignInWaiting("another tab is at it")
        try:
            owner_id = self._owner_id()  # before the PIN, which is exchanged once
        except HelprError:  # Helpr's own token may be refused: that ends no sign-in
            self._sign_ins.release(sign_in_id, claimed)
            raise
        try:
            account = self._account(sign_in_id, claimed.value.pin_id)
        except (SignInOver, PlexUnauthorized):
            self._sign_ins.end(sign_in_id, claimed, SignInOver.code)
            raise
        except HelprError:
            self._sign_ins.release(sign_in_id, claimed)
            raise
        is_owner = account.id == owner_id
        self._sign_ins.end(sign_in_id, claimed, "signed_in" if is_owner else NotTheOwner.code)
        if not is_owner:
            raise NotTheOwner
        return account.username or account.email

    def _account(self, sign_in_id: UUID, pin_id: int) -> FriendAccount:
        identifier = self._sign_ins.client_identifier(sign_in_id)
        visitor = self._door.enter(pin_id, identifier)
        if visitor is None:
            raise SignInWaiting("nobody has signed in with it")
        account = visitor.account()  # where Plex does not say, the next try needs the same token
        try:
            with within(_SIGN_OUT_SECONDS):
                visitor.sign_out()
        except PlexError:
            log.warning("the owner's token for signing in was forgotten, and Plex not told")
        return account
