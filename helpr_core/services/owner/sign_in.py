"""The owner's sign-in to the dashboard: guessing is slow, and locks nobody out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hmac import compare_digest
from threading import BoundedSemaphore, Lock

from werkzeug.security import check_password_hash

from helpr_core.domain.clients import Group
from helpr_core.errors import (
    CeilingReached,
    FieldError,
    InvalidInput,
    RateLimited,
    SetupRequired,
    SignInFailed,
)
from helpr_core.services.owner.devices import Device
from helpr_core.services.owner.errors import CodeRequired
from helpr_core.services.owner.second_factor import SecondFactors
from helpr_core.services.rate_limit import SITE, RateLimiter
from helpr_core.services.upkeep.sightings import Sighting, Sightings
from helpr_core.texts import Message

RULE = "sign_in"
FAILED = "failed_sign_ins"
"""Of all browsers together in which nobody has signed in before."""
IN_LINE = "sign_ins_in_line"

WAITS_SECONDS = (0.0, 0.0, 0.25, 0.5, 1.0, 2.0)
"""The wait before the n-th failure of an hour; the last is the cap."""
PLACES = 2
"""The worker has as few as five threads, and everybody else needs them."""
BUSY_SECONDS = 2
_SIGNED_IN = Group("signed in", 1)
"""Everybody who has a session: nobody else can use up the owner's tries."""


class SignIn:
    """Checks name and password; both are looked at whatever the other is, so that the time
    does not tell which of them was wrong.

    A browser in which the owner has signed in before has limits and a line of its own. All
    others wait together: the more of them have failed within the hour, whatever the name, the
    longer; from a number on (FAILED) they are refused. A worker computes one hash in each line
    at a time, since each takes 32 MB, and lets a second one wait.
    """

    def __init__(
        self,
        username: str,
        password_hash: str,
        limiter: RateLimiter,
        sightings: Sightings,
        second_factors: SecondFactors,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._username = username.encode()
        self._password_hash = password_hash
        self._limiter = limiter
        self._sightings = sightings
        self._second_factors = second_factors
        self._sleep = sleep
        self._known, self._strangers = _Line(), _Line()

    def __call__(
        self,
        username: str,
        password: str,
        client: Sequence[Group],
        device: Device | None = None,
        code: str = "",
    ) -> str:
        """The administrator's name. Raises SignInFailed, and CodeRequired where a code is missing;
        RateLimited for whoever tries too often, and while too many are at it."""
        if device is not None:
            self._limiter.hit(RULE, (Group(f"device {device.id}", 1),))
            with self._known.place():
                self._check(self._known, username, password, failures=1)
            self._second_factors.require(code, failures=1)
            return self._username.decode()
        self._limiter.hit(RULE, client)
        with self._strangers.place():
            # Counted before it has failed: those who come meanwhile wait longer by it.
            failures = self._count_failure()
            self._sleep(WAITS_SECONDS[min(failures, len(WAITS_SECONDS)) - 1])
            self._check(self._strangers, username, password, failures)
        try:
            self._second_factors.require(code, failures)
        except CodeRequired:
            self._limiter.take_back(FAILED, (SITE,))
            raise
        self._limiter.take_back(FAILED, (SITE,))
        return self._username.decode()

    def prove(self, password: str, code: str) -> None:
        """Somebody who is signed in shows once more to be the owner, by either of them.

        Raises InvalidInput, which names the wrong one; RateLimited for whoever tries too often.
        """
        self._limiter.hit(RULE, (_SIGNED_IN,))
        if code:
            if not self._second_factors.takes(code):
                raise InvalidInput(FieldError("code", Message("second_factor.wrong_code")))
            return
        with self._known.place(), self._known.turn:
            password_fits = self._password_fits(password)
        if not password_fits:
            raise InvalidInput(FieldError("password", Message("second_factor.wrong_password")))

    def _count_failure(self) -> int:
        try:
            return self._limiter.hit(FAILED, (SITE,))
        except RateLimited as exc:
            self._sightings.note(Sighting.FAILED_SIGN_INS)
            raise CeilingReached(FAILED, exc.retry_after_seconds) from None

    def _check(self, line: _Line, username: str, password: str, failures: int) -> None:
        name_fits = compare_digest(username.strip().encode(), self._username)
        with line.turn:
            password_fits = self._password_fits(password)
        if not (password_fits and name_fits):
            raise SignInFailed(failures)

    def _password_fits(self, password: str) -> bool:
        try:
            return check_password_hash(self._password_hash, password)
        except (TypeError, ValueError, OverflowError):
            # Its prefix is valid, so the settings accepted it; the rest is not.
            wrong = FieldError("ADMIN_PASSWORD_HASH", Message("setting.hash_unusable"))
            raise SetupRequired(wrong) from None


class _Line:
    """A queue of limited length that admits one at a time."""

    def __init__(self) -> None:
        self.turn = Lock()
        self._places = BoundedSemaphore(PLACES)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait in the queue; CeilingReached when it is full."""
        if not self._places.acquire(blocking=False):
            raise CeilingReached(IN_LINE, BUSY_SECONDS)
        try:
            yield
        finally:
            self._places.release()
