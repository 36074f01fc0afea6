"""The owner's sign-in to the dashboard: guessing is slow, and locks nobody out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from hmac import compare_digest
from threading import BoundedSemaphore

from werkzeug.security import check_password_hash

from helpr_core.errors import (
    FieldError,
    RateLimited,
    SetupRequired,
    SignInFailed,
    StateUnavailable,
)
from helpr_core.services.ports import LIMITS, StateStore
from helpr_core.services.rate_limit import UNWAITED_SIGN_IN, RateLimiter
from helpr_core.services.sessions import Session, Sessions

log = logging.getLogger(__name__)


WAITS_SECONDS = (0.0, 0.0, 0.25, 0.5, 1.0, 2.0)
"""The wait before the n-th attempt on a name since the last right one; the last is the cap."""
WAIT_UNCOUNTED_SECONDS = 1.0
WINDOW_SECONDS = 15 * 60
# The worker has as few as five threads, and everybody else needs them.
WAITING_PLACES = 2
BUSY_SECONDS = 2


class SignIn:
    """Checks name and password; both are looked at whatever the other is, so that the time
    does not tell which of them was wrong.

    Attempts are counted by the name that was typed, for all instances together, and each
    waits longer than the one before. A worker lets two wait; to who comes then the waiting
    is spared twice in 15 minutes per client (UNWAITED_SIGN_IN), so that whoever holds the places
    cannot lock the owner out. The others are refused.
    """

    def __init__(
        self,
        username: str,
        password_hash: str,
        sessions: Sessions,
        state: StateStore,
        limiter: RateLimiter,
        keyed_hash: Callable[[str, str], str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._username = username.encode()
        self._password_hash = password_hash
        self._sessions = sessions
        self._state = state
        self._limiter = limiter
        self._keyed_hash = keyed_hash
        self._sleep = sleep
        self._places = BoundedSemaphore(WAITING_PLACES)

    def __call__(self, username: str, password: str, client: str) -> tuple[str, Session]:
        """A new session and its cookie's value. Raises SignInFailed, or RateLimited while
        too many wait."""
        name = username.strip()
        key = f"sign_in:{self._keyed_hash('sign-in name', name)}"
        attempts = self._count(key, 1)
        self._wait(_wait_seconds(attempts), client)
        name_fits = compare_digest(name.encode(), self._username)
        if not (self._password_fits(password) and name_fits):
            raise SignInFailed("wrong name or password")
        if attempts:
            self._count(key, -attempts)
        return self._sessions.begin()

    def _count(self, key: str, amount: int) -> int | None:
        try:
            return self._state.increment(LIMITS, key, amount, WINDOW_SECONDS).value
        except StateUnavailable as exc:
            log.warning("sign-in attempts not counted reason=%s", exc)
            return None

    def _wait(self, seconds: float, client: str) -> None:
        if not seconds:
            return
        if not self._places.acquire(blocking=False):
            self._go_ahead(client)
            return
        try:
            self._sleep(seconds)
        finally:
            self._places.release()

    def _go_ahead(self, client: str) -> None:
        try:
            self._limiter.hit(UNWAITED_SIGN_IN, client)
        except RateLimited:
            # Its own window is long; a place is free much sooner.
            raise RateLimited(BUSY_SECONDS) from None

    def _password_fits(self, password: str) -> bool:
        try:
            return check_password_hash(self._password_hash, password)
        except (TypeError, ValueError, OverflowError):
            # Its beginning is right, so the settings took it; its numbers or letters are not.
            wrong = FieldError("ADMIN_PASSWORD_HASH", "cannot be used: make a new one")
            raise SetupRequired(wrong) from None


def _wait_seconds(attempts: int | None) -> float:
    if attempts is None:
        return WAIT_UNCOUNTED_SECONDS
    return WAITS_SECONDS[min(max(attempts, 1), len(WAITS_SECONDS)) - 1]
