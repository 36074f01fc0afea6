"""Plex refuses the token, and the owner signs in once more: nothing else is set up again."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from helpr_core.domain.plex import OwnerAccount
from helpr_core.errors import HelprError, NotPossible
from helpr_core.frozen import dataclass
from helpr_core.services.documents import Found
from helpr_core.services.plex.errors import PlexUnauthorized
from helpr_core.services.set_up.connection import Connection, StoredConnection
from helpr_core.services.set_up.past_tokens import PastTokens
from helpr_core.services.set_up.steps import OwnersDoor, OwnersServers
from helpr_core.services.sign_ins.errors import SignInOver, SignInWaiting
from helpr_core.services.sign_ins.stored import SignIns, Stored, Typed
from helpr_core.texts import Message

log = logging.getLogger(__name__)


class TokenIsGiven(NotPossible):
    """The token is a setting, which counts before any other."""

    code = "token_given"


class OtherAccount(NotPossible):
    """Another account signed in than the one that owns the server; nothing has changed."""

    code = "other_account"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in, for the browser that makes its PIN."""

    sign_in_id: UUID
    client_identifier: str
    expires_at: datetime


class SignInAgain:
    """A sign-in belongs to whoever began it, `by`, lives for fifteen minutes, and has a client
    identifier of its own: Plex keeps one token for each, and the old one must not end before the
    new one is stored. Methods raise StateUnavailable, LogUnavailable and PlexError's leaves.

    `done` is told of the account once its token counts.
    """

    def __init__(
        self,
        sign_ins: SignIns,
        door: OwnersDoor,
        servers_of: Callable[[str], OwnersServers],
        stored: StoredConnection,
        past: PastTokens,
        done: Callable[[OwnerAccount], None],
    ) -> None:
        self._sign_ins = sign_ins
        self._door = door
        self._servers_of = servers_of
        self._stored = stored
        self._past = past
        self._done = done

    def begin(self, by: str, forward_url: Callable[[UUID], str]) -> Begun:
        """Keep a new one; `forward_url` is where Plex sends the browser back to."""
        sign_in_id = uuid.uuid4()
        ends = self._sign_ins.begin(sign_in_id, by, Typed(), forward_url(sign_in_id))
        return Begun(sign_in_id, self._sign_ins.client_identifier(sign_in_id), ends)

    def pin(self, sign_in_id: UUID, by: str, made: tuple[int, str] | None) -> tuple[str, str]:
        """Keep the browser's PIN, or one made here: its code, and where Plex sends back to."""
        found = self._sign_ins.find(sign_in_id, by)
        if found.value is None:
            raise SignInOver("no such sign-in")
        if made is None:
            pin = self._door.make_pin(self._sign_ins.client_identifier(sign_in_id))
            made = (pin.id, pin.code)
        self._sign_ins.pin(sign_in_id, found, *made)
        return made[1], found.value.forward_url

    def finish(self, sign_in_id: UUID, by: str) -> OwnerAccount:
        """The account whose token counts from now on.

        Raises SignInWaiting while nobody has signed in, SignInOver, and OtherAccount. Whatever
        else it raises, it can be tried again, and the old token counts until then.
        """
        found = self._sign_ins.find(sign_in_id, by)
        if found.value is None or not found.value.pin_id:
            raise SignInWaiting("no PIN yet")
        claimed = self._sign_ins.claim(sign_in_id, found)
        if claimed is None or claimed.value is None:
            raise SignInWaiting("another tab is at it")
        try:
            account = self._entered(sign_in_id, claimed.value)
        except (SignInOver, PlexUnauthorized, OtherAccount) as exc:
            self._sign_ins.end(sign_in_id, claimed, exc.code)
            raise
        except HelprError:
            self._sign_ins.release(sign_in_id, claimed)
            raise
        self._settled(sign_in_id, claimed, account)
        return account

    def _entered(self, sign_in_id: UUID, stored: Stored) -> OwnerAccount:
        token = self._door.token(stored.pin_id, self._sign_ins.client_identifier(sign_in_id))
        if not token:
            raise SignInWaiting("nobody has signed in with it")
        plex = self._servers_of(token)
        account = plex.account()
        before = self._stored.saved().connection
        owned = {one.machine_identifier for one in plex.servers()}
        if not (before.server in owned or _is_the_same(account, before)):
            self._past.end(token)
            raise OtherAccount(Message("again.other_account", name=account.name or "?"))
        sealed = self._stored.sealed(token)
        self._stored.change(lambda now: _with(now, sealed, account))
        return account

    def _settled(self, sign_in_id: UUID, claimed: Found[Stored], account: OwnerAccount) -> None:
        log.warning("the owner has signed in to Plex again")
        self._sign_ins.end(sign_in_id, claimed, "done")
        self._done(account)
        self._past()


def _is_the_same(account: OwnerAccount, before: Connection) -> bool:
    """By its id; by its name where the version before has stored no id."""
    if before.account_id:
        return account.id == before.account_id
    return bool(account.name) and account.name.casefold() == before.account.casefold()


def _with(now: Connection, sealed: str, account: OwnerAccount) -> Connection:
    past = (*now.past, now.token) if now.token else now.past
    return replace(now, token=sealed, account=account.name, account_id=account.id, past=past)
