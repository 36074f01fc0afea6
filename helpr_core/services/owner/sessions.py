"""The dashboard's sessions: signed, limited to 12 hours, and ended early by a sign-out."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, Signer

from helpr_core.clock import Clock
from helpr_core.errors import SignInRequired, StateUnavailable
from helpr_core.services.ports import SESSIONS, StateStore

log = logging.getLogger(__name__)

# itsdangerous passes over what is no base64 in a signature: the same session, written otherwise.
_TOKEN = re.compile(r"[0-9a-f]{32}\.[0-9]{10,12}\.[A-Za-z0-9_-]{43}")
LIFETIME = timedelta(hours=12)
# Instances' clocks differ: a session of another one may seem to begin in a moment.
_CLOCKS_DIFFER = timedelta(minutes=1)
_SET_BACK = timedelta(hours=12)
"""A clock that is set back signs nobody out. A session then lasts by as much longer; one that
begins later than that is none."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in. `id` is 32 hexadecimal digits, `expires_at` aware UTC."""

    id: str
    username: str
    csrf_token: str
    expires_at: datetime


class Sessions:
    """Makes and reads the cookie's value: `id.seconds.signature`, of A-Z a-z 0-9 - _ . alone.

    `key` depends on the secret key, the name and the password's hash, so that a change of
    one of them ends every session. Without a `username` nobody has a session.
    """

    lifetime_seconds = int(LIFETIME.total_seconds())

    def __init__(self, username: str, key: str, state: StateStore, clock: Clock) -> None:
        self._username = username
        self._state = state
        self._clock = clock
        self._cookies = signer(key, "helpr session")
        self._csrf_tokens = signer(key, "helpr csrf token")

    def begin(self) -> tuple[str, Session]:
        """A new session, and the cookie's value that stands for it."""
        seconds = int(self._clock().timestamp())
        session_id = secrets.token_hex(16)
        token = self._cookies.sign(f"{session_id}.{seconds}").decode()
        return token, self._session(session_id, seconds)

    def check(self, token: str) -> Session:
        """The session that the cookie's value stands for; SignInRequired when it is none.

        While the state store is down the signature and the age alone decide: the owner
        needs the dashboard most then.
        """
        if not _TOKEN.fullmatch(token):
            raise SignInRequired("no session of ours")
        try:
            signed = self._cookies.unsign(token).decode()
        except BadSignature:
            raise SignInRequired("no session of ours") from None  # the error quotes the cookie
        session_id, _, seconds = signed.partition(".")
        session = self._session(session_id, int(seconds))
        left = session.expires_at - self._clock()
        if not timedelta() < left < LIFETIME + _SET_BACK or not self._username:
            raise SignInRequired("the session is over")
        if self._was_ended(session_id):
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

    def _session(self, session_id: str, seconds: int) -> Session:
        csrf_token = self._csrf_tokens.get_signature(session_id).decode()
        expires_at = datetime.fromtimestamp(seconds, UTC) + LIFETIME
        return Session(session_id, self._username, csrf_token, expires_at)

    def _was_ended(self, session_id: str) -> bool:
        try:
            return self._state.get(SESSIONS, session_id) is not None
        except StateUnavailable as exc:
            log.warning("sessions by signature and age alone reason=%s", exc)
            return False


def signer(key: str, purpose: str) -> Signer:
    """Signs what a cookie holds, for one purpose alone."""
    return Signer(key, salt=purpose, key_derivation="hmac", digest_method=hashlib.sha256)
