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
from helpr_core.services.owner.limits import FAILED, RULE
from helpr_core.services.owner.second_factor import SecondFactors
from helpr_core.services.rate_limit import SITE, RateLimiter
from helpr_core.services.upkeep.sightings import Sighting, Sightings
from helpr_core.texts import Message

IN_LINE = "sign_ins_in_line"

WAITS_SECONDS = (0.0, 0.0, 0.25, 0.5, 1.0, 2.0)
"""The wait before the n-th failure of an hour; the last one is the cap."""
PLACES = 2
"""A worker has as few as five threads, and everybody else needs them."""
BUSY_SECONDS = 2
_SIGNED_IN = Group("signed in", 1)
"""Everybody who has a session: nobody else can use up the owner's attempts."""


class SignIn:
    """Checks name and password; both are always checked, so that the time does not reveal which of
    them was wrong.

    A browser in which the owner has signed in before has its own limits and queue. All others
    share one: the more of them have failed within the hour, whatever the name, the longer they
    wait, and beyond a number (FAILED) they are refused. A worker computes one hash per queue at a
    time, since each takes 32 MB, while others wait.
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
        """The administrator's name. Raises SignInFailed; CodeRequired if a code is missing;
        RateLimited after too many attempts, or while too many are waiting."""
        if device is not None:
            self._limiter.hit(RULE, (Group(f"device {device.id}", 1),))
            with self._known.place():
                self._check(self._known, username, password, failures=1)
            self._second_factors.require(code, failures=1)
            return self._username.decode()
        self._limiter.hit(RULE, client)
        with self._strangers.place():
            # Counted before it has failed, so that simultaneous attempts wait longer.
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
        """Check again that whoever is signed in is the owner, by password or code.

        Raises InvalidInput, naming the wrong one; RateLimited after too many attempts.
        """
        if not (password or code):
            raise InvalidInput(FieldError("password", Message("second_factor.proof_missing")))
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
        """Wait in the queue; CeilingReached if it is full."""
        if not self._places.acquire(blocking=False):
            raise CeilingReached(IN_LINE, BUSY_SECONDS)
        try:
            yield
        finally:
            self._places.release()
