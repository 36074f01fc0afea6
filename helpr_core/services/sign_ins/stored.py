"""Sign-ins under way: each is a short-lived document that belongs to one browser."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.errors import EntryChanged, HelprError, StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.documents import Document, Found
from helpr_core.services.ports import SESSIONS, StateStore
from helpr_core.services.sealing import Sealer
from helpr_core.services.sign_ins.errors import SignInElsewhere, SignInOver, SignInWaiting

log = logging.getLogger(__name__)

LIFETIME = timedelta(minutes=15)
REMEMBERED = timedelta(hours=1)
"""How long a page about a finished sign-in still knows what it was for."""
_WORKER_DIED = timedelta(minutes=1)
"""After this, whoever was finishing a sign-in counts as gone."""


_TRIES = 3


@dataclass(frozen=True, slots=True)
class Stored:
    """A sign-in. Without its client identifier, which is derived and not stored here, nobody can
    read the PIN; `sealed` is what the friend typed. `request_id` is set once there is a request,
    and `ended` if it is over for another reason."""

    browser_key: str
    began_at: datetime
    forward_url: str
    sealed: str
    pin_id: int = 0
    pin_code: str = ""
    claimed_at: datetime | None = None
    request_id: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """The form's other fields."""

    invite_code: str = ""
    note: str = ""


FRIENDS, OWNERS = "plex-sign-in.", "owner-sign-in."
"""Whose sign-ins they are, as their documents begin."""


class SignIns:
    """All methods raise StateUnavailable; those with a `browser_key` also raise SignInOver for an
    unknown or finished sign-in, and SignInElsewhere in another browser."""

    def __init__(
        self,
        state: StateStore,
        sealer: Sealer,
        identifier_of: Callable[[str], str],
        clock: Clock,
        whose: str = FRIENDS,
    ) -> None:
        self._document = Document(SESSIONS, whose, Stored)
        self._state = state
        self._sealer = sealer
        self._identifier_of = identifier_of
        self._clock = clock

    def client_identifier(self, sign_in_id: UUID) -> str:
        """The sign-in's client identifier at Plex: secret and unique."""
        return self._identifier_of(str(sign_in_id))

    def begin(self, sign_in_id: UUID, browser_key: str, typed: Typed, forward_url: str) -> datetime:
        """Store a new one; returns when it ends."""
        now = self._clock()
        sealed = self._sealer.seal(json.dumps([typed.invite_code, typed.note]))
        stored = Stored(browser_key, now, forward_url, sealed)
        self._document.named(str(sign_in_id)).put(self._state, stored, now + REMEMBERED)
        return now + LIFETIME

    def typed(self, stored: Stored) -> Typed:
        """What the friend had typed; nothing if it can no longer be read."""
        try:
            code, note = json.loads(self._sealer.unseal(stored.sealed))
        except (HelprError, ValueError, TypeError):
            log.warning("what was typed before a sign-in cannot be read")
            return Typed()
        return Typed(str(code), str(note))

    def typed_before(self, sign_in_id: UUID) -> Typed:
        """The same by id, for a sign-in that replaces it, in any browser."""
        found = self._document.named(str(sign_in_id)).find(self._state).value
        return Typed() if found is None else self.typed(found)

    def find(self, sign_in_id: UUID, browser_key: str) -> Found[Stored]:
        """The sign-in of that browser, also one that has led to a request."""
        found = self._document.named(str(sign_in_id)).find(self._state)
        if found.value is None:
            raise SignInOver("no such sign-in")
        if found.value.browser_key != browser_key:
            raise SignInElsewhere
        is_old = self._clock() - found.value.began_at >= LIFETIME
        if found.value.ended or (is_old and not found.value.request_id):
            raise SignInOver("the sign-in is over")
        return found

    def look(self, sign_in_id: UUID, browser_key: str) -> Stored | None:
        """That browser's sign-in, over or not; None if there is none."""
        found = self._document.named(str(sign_in_id)).find(self._state).value
        return found if found is not None and found.browser_key == browser_key else None

    def pin(self, sign_in_id: UUID, found: Found[Stored], pin_id: int, code: str) -> None:
        """Store the PIN that the friend signs in with; a later one replaces it."""
        for _ in range(_TRIES):
            stored = found.value
            if stored is None or stored.request_id:
                raise SignInOver("it has come to a request")
            try:
                self._swap(sign_in_id, found, replace(stored, pin_id=pin_id, pin_code=code))
            except EntryChanged:
                found = self.find(sign_in_id, stored.browser_key)
            else:
                return
        raise SignInWaiting("others are at it")

    def claim(self, sign_in_id: UUID, found: Found[Stored]) -> Found[Stored] | None:
        """Claim it: of any number of callers, one may finish it. None for the others."""
        stored, now = found.value, self._clock()
        if stored is None:
            return None
        if stored.claimed_at is not None and now - stored.claimed_at < _WORKER_DIED:
            return None
        try:
            return self._swap(sign_in_id, found, replace(stored, claimed_at=now))
        except EntryChanged:
            return None

    def release(self, sign_in_id: UUID, claimed: Found[Stored]) -> None:
        """Release it to be tried again: there is no request yet."""
        self._settle(sign_in_id, claimed, claimed_at=None)

    def end(self, sign_in_id: UUID, claimed: Found[Stored], why: str) -> None:
        """Mark it as over, without a request."""
        self._settle(sign_in_id, claimed, ended=why)

    def done(self, sign_in_id: UUID, claimed: Found[Stored], request_id: UUID) -> None:
        """Record that it led to that request; later visits lead there."""
        self._settle(sign_in_id, claimed, request_id=str(request_id))

    def _settle(self, sign_in_id: UUID, claimed: Found[Stored], **change: object) -> None:
        if claimed.value is None:
            return
        try:
            self._swap(sign_in_id, claimed, replace(claimed.value, **change))  # type: ignore[arg-type]
        except EntryChanged:
            log.warning("a sign-in was settled by two")
        except StateUnavailable as exc:
            # What has come of it counts, and is told; a PIN whose token is dead opens nothing.
            log.warning("what came of a sign-in is not kept reason=%s", exc)

    def _swap(self, sign_in_id: UUID, found: Found[Stored], value: Stored) -> Found[Stored]:
        until = value.began_at + REMEMBERED
        return self._document.named(str(sign_in_id)).swap(self._state, found, value, until)
