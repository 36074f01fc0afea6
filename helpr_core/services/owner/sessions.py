"""The dashboard's sessions: signed, limited to 12 hours, and ended early by a sign-out.

The database has a row for each, and the state store an entry for each that was ended. While one
of them is down the other decides; while both are, the cookie's signature and age alone: the owner
needs the dashboard most then.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from helpr_core.clock import Clock
from helpr_core.domain.browsers import NO_SOFTWARE, SignedInBrowser, Software, Way
from helpr_core.errors import LogUnavailable, NotFound, SignInRequired, StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.owner.ports import SignedInBrowsers
from helpr_core.services.owner.stamps import Stamps, signer
from helpr_core.services.ports import SESSIONS, StateStore

log = logging.getLogger(__name__)

LIFETIME = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=3)
"""How precisely the last use of a browser is recorded, since each time costs a write."""
# Instances' clocks differ: another one's session may seem to begin in a moment.
_CLOCKS_DIFFER = timedelta(minutes=1)
_SET_BACK = timedelta(hours=12)
"""A clock that is set back signs nobody out. A session then lasts by as much longer; one that
begins later is not one."""
RECENT = timedelta(minutes=10)
"""For this long, a sign-in proves that the owner is present."""
_PROVING = (Way.PASSWORD, Way.PASSKEY)
"""The others take only a click if the browser is signed in to Plex, Azure or the proxy."""
_FORGOTTEN = timedelta(days=2)
"""By then no cookie of that session is valid."""
_ALL = "all-until-"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in owner. `id` is 32 hexadecimal digits, `key` its keyed hash, which lists may
    show; `expires_at` is aware UTC."""

    id: str
    key: str
    username: str
    csrf_token: str
    expires_at: datetime
    way: Way = Way.UNKNOWN


class Came(NamedTuple):
    """How a browser came in, and as whom."""

    way: Way
    username: str

    def written(self) -> str:
        """As the note in a cookie: base64url."""
        said = json.dumps([self.way, self.username], ensure_ascii=False)
        return urlsafe_b64encode(said.encode("utf-8", "replace")).decode().rstrip("=")

    @classmethod
    def read(cls, note: str) -> Came:
        """Read a note that Helpr signed. Raises SignInRequired for one of a newer version."""
        try:
            way, username = json.loads(urlsafe_b64decode(note + "=" * (-len(note) % 4)))
        except (ValueError, TypeError):
            raise SignInRequired("its cookie cannot be read") from None
        return cls(Way.read(str(way)), str(username))


class Sessions:
    """Makes and reads the cookie's value, a stamp.

    `key` depends on the secret key, the name and the password's hash, so that a change of
    one of them ends every session. Without a `username` nobody has a session. `idle` is how
    long a browser may be unused; None is no limit.
    """

    lifetime_seconds = int(LIFETIME.total_seconds())

    def __init__(
        self,
        username: str,
        key: str,
        browsers: SignedInBrowsers,
        state: StateStore,
        idle: Callable[[], timedelta | None],
        clock: Clock,
    ) -> None:
        self._username = username
        self._key = key.encode()
        self._browsers = browsers
        self._state = state
        self._idle = idle
        self._clock = clock
        self._stamps = Stamps(key, "helpr session")
        self._csrf_tokens = signer(key, "helpr csrf token")
        self._door = self._hash("door")

    def begin(
        self,
        username: str,
        way: Way,
        software: Software = NO_SOFTWARE,
    ) -> tuple[str, Session]:
        """A new session and its cookie value. It can begin while the database is down, too: the
        cookie itself then says how it began. It always does where the way has to stay open."""
        now = self._clock().replace(microsecond=0)
        came = Came(way, username)
        session, note = self._session(secrets.token_hex(16), now, came), came.written()
        try:
            self._add(session, now, software)
        except LogUnavailable as exc:
            log.warning("a session begins without its row reason=%s", exc.code)
        else:
            note = "" if way in _PROVING else note
        return self._stamps.make(session.id, now, note), session

    def check(
        self,
        token: str,
        software: Software = NO_SOFTWARE,
        *,
        used: bool = True,
    ) -> Session:
        """The session that the cookie's value stands for; SignInRequired if there is none.

        `used` says whether somebody is using the browser, which restarts its idle time.
        """
        stamp = self._stamps.read(token)
        if stamp is None:
            raise SignInRequired("no session of ours")
        began_at = stamp.at
        came = Came.read(stamp.note) if stamp.note else Came(Way.UNKNOWN, self._username)
        session = self._session(stamp.id, began_at, came)
        left = session.expires_at - self._clock()
        if not timedelta() < left < LIFETIME + _SET_BACK or not self._username:
            raise SignInRequired("the session is over")
        self._refuse_ended(session.key)
        try:
            row = self._browsers.find(session.key)
            if row is None:
                self._refuse_ended_before_rows(session, began_at)
                row = self._add(session, began_at, software)
        except LogUnavailable as exc:
            log.warning("the database does not tell which sessions there are reason=%s", exc.code)
            self._refuse_ended_before_rows(session, began_at)
            return session
        if row.ended_at is not None:
            raise SignInRequired("the session was ended")
        self._look_at_rest(session, row, used=used)
        return self._session(stamp.id, began_at, Came(row.way, row.username))

    def proves(self, session: Session) -> bool:
        """Whether it began a moment ago, by something that only the owner knows or has."""
        age = self._clock() - (session.expires_at - LIFETIME)
        return session.way in _PROVING and abs(age) < RECENT

    def end(self, session: Session) -> None:
        """End it on all instances, copies of its cookie included.

        While one store is down, the other one knows; while both are, only this browser's copy of
        the cookie is deleted.
        """
        with suppress(LogUnavailable):
            self._browsers.end(session.key, self._door, self._clock())
        self._mark(session.key)

    def end_one(self, key: str) -> SignedInBrowser:
        """End that browser's session. Raises NotFound, and LogUnavailable."""
        ended = self._browsers.end(key, self._door, self._clock())
        if ended is None:
            raise NotFound("no such browser is signed in")
        self._mark(key)
        return ended

    def end_all(self) -> int:
        """End every session, and return how many there were. Raises LogUnavailable."""
        now = self._clock()
        count = self._browsers.end_all(self._door, now)
        self._mark(_ALL + self._door, str(int(now.timestamp())))
        return count

    def active(self) -> Sequence[SignedInBrowser]:
        """The browsers that are signed in now, last used first. Raises LogUnavailable."""
        found = self._browsers.active(self._door, self._clock() - LIFETIME)
        return [one for one in found if not self._rested_too_long(one)]

    def _session(self, session_id: str, began_at: datetime, came: Came) -> Session:
        csrf_token = self._csrf_tokens.get_signature(session_id).decode()
        key = self._hash(f"session {session_id}")
        expires_at = began_at + LIFETIME
        return Session(session_id, key, came.username, csrf_token, expires_at, came.way)

    def _hash(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:40]

    def _add(self, session: Session, began_at: datetime, software: Software) -> SignedInBrowser:
        now, way = self._clock(), session.way
        row = SignedInBrowser(
            session.key, self._door, session.username, way, software, began_at, now
        )
        return self._browsers.add(row, now - _FORGOTTEN)

    def _look_at_rest(self, session: Session, row: SignedInBrowser, *, used: bool) -> None:
        if self._rested_too_long(row):
            self.end(session)
            raise SignInRequired("the browser has rested for too long")
        if used and self._clock() - row.seen_at >= SEEN_EVERY:
            try:
                self._browsers.seen(row.key, self._clock())
            except LogUnavailable as exc:
                log.warning("a browser's use is not noted reason=%s", exc.code)

    def _rested_too_long(self, row: SignedInBrowser) -> bool:
        try:
            idle = self._idle()
        except StateUnavailable:
            return False  # the limit is not known: only the twelve hours apply
        # Never too early: it may have been used after the last recorded time.
        return idle is not None and self._clock() - row.seen_at >= idle + SEEN_EVERY

    def _mark(self, key: str, value: str = "") -> None:
        """Tell the state store that a session is over, for as long as a cookie of it could open."""
        until = self._clock() + LIFETIME + _CLOCKS_DIFFER
        try:
            self._state.put(SESSIONS, key, {"until": value}, until)
        except StateUnavailable as exc:
            log.warning("the end of a session is not shared reason=%s", exc)

    def _refuse_ended(self, *keys: str) -> None:
        """SignInRequired if the state store knows that it was ended."""
        try:
            ended = any(self._state.get(SESSIONS, one) for one in keys)
        except StateUnavailable as exc:
            log.warning("the state store does not tell which sessions were ended reason=%s", exc)
            return
        if ended:
            raise SignInRequired("the session was ended")

    def _refuse_ended_before_rows(self, session: Session, began_at: datetime) -> None:
        """The same for a session without a row, from the previous version, which stored its id, or
        begun while the database was down; also refuses those before a sign-out everywhere."""
        self._refuse_ended(session.id)
        try:
            everywhere = self._state.get(SESSIONS, _ALL + self._door)
        except StateUnavailable:
            return  # logged above
        if everywhere and began_at.timestamp() <= int(str(everywhere.value.get("until") or 0)):
            raise SignInRequired("every session was ended")
