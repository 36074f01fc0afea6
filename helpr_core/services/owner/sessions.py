"""The dashboard's sessions: signed, limited to 12 hours, and ended early by a sign-out."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpr_core.clock import Clock
from helpr_core.errors import SignInRequired, StateUnavailable
from helpr_core.services.owner.stamps import Stamps, signer
from helpr_core.services.ports import SESSIONS, StateStore

log = logging.getLogger(__name__)

LIFETIME = timedelta(hours=12)
# Instances' clocks differ: a session of another one may seem to begin in a moment.
_CLOCKS_DIFFER = timedelta(minutes=1)
_SET_BACK = timedelta(hours=12)
"""A clock that is set back signs nobody out. A session then lasts by as much longer; one that
that begins later is not one."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in owner. `id` is 32 hexadecimal digits, `expires_at` aware UTC."""

    id: str
    username: str
    csrf_token: str
    expires_at: datetime


class Sessions:
    """Makes and reads the cookie's value, a stamp.

    `key` depends on the secret key, the name and the password's hash, so that a change of
    one of them ends every session. Without a `username` nobody has a session.
    """

    lifetime_seconds = int(LIFETIME.total_seconds())

    def __init__(self, username: str, key: str, state: StateStore, clock: Clock) -> None:
        self._username = username
        self._state = state
        self._clock = clock
        self._stamps = Stamps(key, "helpr session")
        self._csrf_tokens = signer(key, "helpr csrf token")

    def begin(self) -> tuple[str, Session]:
        """A new session and its cookie value."""
        now = self._clock().replace(microsecond=0)
        session_id = secrets.token_hex(16)
        return self._stamps.make(session_id, now), self._session(session_id, now)

    def check(self, token: str) -> Session:
        """The session that the cookie's value stands for; SignInRequired if there is none.

        While the state store is down the signature and the age alone decide: the owner
        needs the dashboard most then.
        """
        stamp = self._stamps.read(token)
        if stamp is None:
            raise SignInRequired("no session of ours")
        session = self._session(*stamp)
        left = session.expires_at - self._clock()
        if not timedelta() < left < LIFETIME + _SET_BACK or not self._username:
            raise SignInRequired("the session is over")
        if self._was_ended(session.id):
            raise SignInRequired("the session was ended")
        return session

    def end(self, session: Session) -> None:
        """End it on all instances, copies of its cookie included.

        While the state store is down only the browser that signs out forgets the cookie.
        """
        until = session.expires_at + _CLOCKS_DIFFER
        try:
            self._state.put(SESSIONS, session.id, {}, until)
        except StateUnavailable as exc:
            log.warning("the end of a session is not shared reason=%s", exc)

    def _session(self, session_id: str, began_at: datetime) -> Session:
        csrf_token = self._csrf_tokens.get_signature(session_id).decode()
        return Session(session_id, self._username, csrf_token, began_at + LIFETIME)

    def _was_ended(self, session_id: str) -> bool:
        try:
            return self._state.get(SESSIONS, session_id) is not None
        except StateUnavailable as exc:
            log.warning("sessions by signature and age alone reason=%s", exc)
            return False
