"""The end of a friend's sign-in: the account read, the request made, the invitation accepted."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.domain.audit import Actor
from helpr_core.domain.clients import Group
from helpr_core.domain.plex import Server
from helpr_core.domain.plex_account import FriendAccount
from helpr_core.domain.requests import InviteRequest, Source, Status
from helpr_core.errors import HelprError, LogUnavailable
from helpr_core.patience import seconds_left, within
from helpr_core.services.documents import Found
from helpr_core.services.plex.errors import PlexError, PlexUnauthorized
from helpr_core.services.ports import MediaServer
from helpr_core.services.record_ports import InviteQueue
from helpr_core.services.requests.admission import Admission
from helpr_core.services.requests.lookup import RequestLookup
from helpr_core.services.requests.submit import SendInvite
from helpr_core.services.sign_ins.errors import (
    EmailNotConfirmed,
    IsOwner,
    ManagedUser,
    SignInOver,
    SignInWaiting,
)
from helpr_core.services.sign_ins.ports import PlexDoor, SignedIn
from helpr_core.services.sign_ins.stored import SignIns, Stored

log = logging.getLogger(__name__)

_SIGN_OUT_SECONDS = 2.0
"""Time reserved for signing the token out, whatever the rest has taken."""
_PAUSE_SECONDS = 1.0
_OTHER_TAB_SECONDS = 6.0


class FinishSignIn:
    """Call it when Plex has sent the friend back; it returns the request in its resulting state.

    Six calls to plex.tv on the ordinary way: the PIN, the account, the invitation, its acceptance,
    the owner's list, the sign-out. Raises SignInWaiting while nobody has signed in,
    EmailNotConfirmed, ManagedUser and IsOwner about the account, SignInOver and SignInElsewhere,
    what `Admission` and `SendInvite` raise, and PlexError while there is no request yet: then, and
    while waiting, it can be tried again. None: kept, but nothing about it may be revealed.
    """

    def __init__(
        self,
        sign_ins: SignIns,
        door: PlexDoor,
        admission: Admission,
        send: SendInvite,
        lookup: RequestLookup,
        owners: MediaServer,
        queue: InviteQueue,
        server_of: Callable[[str], Server],
        owner_id: Callable[[], int],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sign_ins = sign_ins
        self._door = door
        self._admission = admission
        self._send = send
        self._lookup = lookup
        self._owners = owners
        self._queue = queue
        self._server_of = server_of
        self._owner_id = owner_id
        self._clock = clock
        self._sleep = sleep

    def __call__(
        self, sign_in_id: UUID, browser_key: str, client: Sequence[Group], by: Actor
    ) -> InviteRequest | None:
        """Finish it, or find its outcome."""
        found = self._sign_ins.find(sign_in_id, browser_key)
        if found.value is not None and not found.value.request_id:
            if not found.value.pin_id:
                raise SignInWaiting("no PIN yet")
            claimed = self._sign_ins.claim(sign_in_id, found)
            if claimed is not None:
                return self._finish(sign_in_id, claimed, client, by)
            found = self._settled(sign_in_id, browser_key)
        return self._lookup(UUID(found.value.request_id)) if found.value else None

    def _settled(self, sign_in_id: UUID, browser_key: str) -> Found[Stored]:
        """The outcome of another tab that is finishing it right now."""
        deadline = time.monotonic() + seconds_left(_OTHER_TAB_SECONDS)
        while time.monotonic() < deadline:
            self._sleep(_PAUSE_SECONDS / 4)
            found = self._sign_ins.find(sign_in_id, browser_key)
            if found.value is not None and found.value.request_id:
                return found
        raise SignInWaiting("another tab is at it")

    def _finish(
        self, sign_in_id: UUID, claimed: Found[Stored], client: Sequence[Group], by: Actor
    ) -> InviteRequest | None:
        stored = claimed.value
        if stored is None:
            raise SignInOver("no such sign-in")
        try:
            friend = self._entered(sign_in_id, stored)
            account = friend.account()
        except (SignInOver, PlexUnauthorized):
            self._sign_ins.end(sign_in_id, claimed, SignInOver.code)
            raise
        except HelprError:
            self._sign_ins.release(sign_in_id, claimed)
            raise
        try:
            with within(max(0.0, seconds_left(60.0) - _SIGN_OUT_SECONDS)):
                row = self._asked(stored, account, client, by)
                if row is not None:
                    self._sign_ins.done(sign_in_id, claimed, row.request_id)
                    row = self._accepted(row, friend, account)
        except HelprError as exc:
            self._sign_ins.end(sign_in_id, claimed, exc.code)
            raise
        finally:
            _sign_out(friend)
        if row is None:
            self._sign_ins.end(sign_in_id, claimed, "received")
        return row

    def _entered(self, sign_in_id: UUID, stored: Stored) -> SignedIn:
        identifier = self._sign_ins.client_identifier(sign_in_id)
        friend = self._door.enter(stored.pin_id, identifier)
        if friend is None:
            raise SignInWaiting("nobody has signed in with it")
        return friend

    def _asked(
        self, stored: Stored, account: FriendAccount, client: Sequence[Group], by: Actor
    ) -> InviteRequest | None:
        """The account's request, made in the ordinary way."""
        self._refuse(account)
        typed = self._sign_ins.typed(stored)
        link = self._admission.check(typed.invite_code, client, signed_in=True)
        return self._send(
            account.identity,
            Source.SIGN_IN,
            client[0].key if client else "",
            typed.note,
            stored.browser_key,
            by,
            link,
            plex_user_id=account.id,
        )

    def _refuse(self, account: FriendAccount) -> None:
        """Raise if a request for this account could not succeed at Plex."""
        if account.restricted:
            raise ManagedUser
        if account.id == self._owner_id():
            raise IsOwner
        if not account.confirmed:
            raise EmailNotConfirmed

    def _accepted(
        self, row: InviteRequest, friend: SignedIn, account: FriendAccount
    ) -> InviteRequest:
        """The same row, marked accepted if Plex's list says so; otherwise as after any
        invitation."""
        if row.status is not Status.SUCCESS or row.accepted_at is not None:
            return row
        try:
            server = self._server_of(row.terms.server)
            if not self._accept(friend, server, row.share_id):
                log.warning("nothing to accept yet request_id=%s", row.request_id)
            if not self._is_in(server, account):
                return row
            marked = self._queue.mark_accepted([row.request_id], self._clock())
        except (PlexError, LogUnavailable) as exc:
            # The invitation waits in the mail like any other, and housekeeping looks later.
            log.warning("not accepted request_id=%s reason=%s", row.request_id, exc.code)
            return row
        return marked[0] if marked else replace(row, accepted_at=self._clock())

    def _accept(self, friend: SignedIn, server: Server, share_id: str) -> bool:
        """Accept by the id from the answer to the owner's call, otherwise by the friend's own list,
        which an invitation takes a moment to reach."""
        if share_id:
            if friend.accept(share_id):
                return True
            self._sleep(_PAUSE_SECONDS)
        while not (waiting := friend.received(server)):
            if seconds_left(60.0) <= 2 * _PAUSE_SECONDS:
                return False
            self._sleep(_PAUSE_SECONDS)
        return friend.accept(waiting)

    def _is_in(self, server: Server, account: FriendAccount) -> bool:
        """Whether the owner's list shows it, which may also take a moment."""
        while not self._owners.has_access(server, account.id):
            if seconds_left(60.0) <= 2 * _PAUSE_SECONDS:
                return False
            self._sleep(_PAUSE_SECONDS)
        return True


def _sign_out(friend: SignedIn) -> None:
    """Sign the token out; it is dropped after this call, whatever Plex answers."""
    with suppress(PlexError), within(_SIGN_OUT_SECONDS):
        friend.sign_out()
        return
    log.warning("a friend's token was forgotten, and Plex was not told")
