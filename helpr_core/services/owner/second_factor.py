"""The second factor of the dashboard's password: turned on, required, turned off.

The database decides which codes have been used, so that only one of several workers can accept
a code.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hmac import compare_digest
from typing import Protocol

from helpr_core.clock import Clock
from helpr_core.domain.second_factor import (
    ALPHABET,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    SecondFactor,
    in_groups,
    is_from_app,
    steps_around,
    typed_code,
)
from helpr_core.errors import (
    EntryChanged,
    FieldError,
    HelprError,
    InvalidInput,
    LogUnavailable,
    NotPossible,
    SetupRequired,
)
from helpr_core.services.decisions import Decided
from helpr_core.services.documents import Document
from helpr_core.services.owner.errors import CodeRequired, CodeWrong
from helpr_core.services.ports import SITE
from helpr_core.services.sealing import SealBroken, Sealer
from helpr_core.texts import Message

DOCUMENT = Document(SITE, "second-factor", SecondFactor)
FRESH = timedelta(minutes=1)
"""How long a worker uses what it has read, unless it needs the newest."""
_TRIES = 5


class AppCodes(Protocol):
    """What an authenticator app computes."""

    def new_secret(self) -> str:
        """A secret for an app, in Base32."""

    def code(self, secret: str, step: int) -> str:
        """The code that the app shows in that step."""

    def address(self, secret: str, account: str, issuer: str) -> str:
        """The secret as `otpauth://…`, with the names that the app shows."""


class SecondFactors:
    """`hashed` is a keyed hash. Methods raise LogUnavailable while the database is down, except
    where it is known that there is no second factor."""

    def __init__(
        self,
        decided: Decided[SecondFactor],
        app: AppCodes,
        sealer: Sealer,
        hashed: Callable[[str], str],
        clock: Clock,
    ) -> None:
        self._decided = decided
        self.app = app
        self._sealer = sealer
        self._hashed = hashed
        self._clock = clock

    def current(self) -> SecondFactor:
        """The state in the database."""
        return self._decided.newest()

    def require(self, typed: str, failures: int) -> None:
        """Use the code, if the second factor is on. Raises CodeRequired if there is none, and
        CodeWrong, with that many failures, if it is wrong or was used before."""
        if not self._decided.newest().is_on:
            return
        if not typed.strip():
            raise CodeRequired
        if not self.takes(typed):
            raise CodeWrong(failures)

    def takes(self, typed: str) -> bool:
        """Use the code; of several callers with the same one, only one gets True."""
        code = typed_code(typed)
        try:
            self._change(lambda factor: self._without(factor, code), None)
        except _NotTaken:
            return False
        return True

    def offer(self, by: str) -> str:
        """A new secret for an app. Nothing changes until `confirm`."""
        secret = self.app.new_secret()
        sealed, now = self._sealer.seal(secret), self._clock()

        def offered(factor: SecondFactor) -> SecondFactor:
            _require_off(factor)
            return replace(factor, offered=sealed, offered_at=now)

        self._change(offered, by)
        return secret

    def offered(self) -> str:
        """The secret that waits to be confirmed. NotPossible if there is none."""
        return self._offered(self._decided.newest())

    def confirm(self, typed: str, by: str) -> tuple[str, ...]:
        """Turn the second factor on with a code for the offered secret. Returns the recovery codes,
        which are stored only as hashes. Raises InvalidInput."""
        codes, now, code = _new_recovery_codes(), self._clock(), typed_code(typed)

        def confirmed(factor: SecondFactor) -> SecondFactor:
            _require_off(factor)
            step = self._step_of(self._offered(factor), code, after=0)
            if step is None:
                raise InvalidInput(FieldError("code", Message("second_factor.does_not_fit")))
            hashes = self._hashes(codes)
            return SecondFactor(factor.offered, now, step, hashes)

        self._change(confirmed, by)
        return codes

    def renew_recovery_codes(self, by: str) -> tuple[str, ...]:
        """Replace the recovery codes. Raises NotPossible while it is off."""
        codes = _new_recovery_codes()

        def renewed(factor: SecondFactor) -> SecondFactor:
            if not factor.is_on:
                raise NotPossible(Message("second_factor.is_off"))
            return replace(factor, recovery=self._hashes(codes))

        self._change(renewed, by)
        return codes

    def turn_off(self, by: str) -> bool:
        """Make the password sufficient again; returns whether it was on."""
        was_on = self._decided.recorded().is_on
        self._change(lambda _factor: SecondFactor(), by)
        return was_on

    def _without(self, factor: SecondFactor, code: str) -> SecondFactor:
        if factor.is_on and is_from_app(code):
            step = self._step_of(self._unsealed(factor.sealed), code, after=factor.last_step)
            if step is not None:
                return replace(factor, last_step=step)
        used = self._hashed(code)
        left = tuple(one for one in factor.recovery if not compare_digest(one, used))
        if len(left) == len(factor.recovery):
            if factor.is_on:
                self._unsealed(factor.sealed)  # after a change of SECRET_KEY no code can be right
            raise _NotTaken
        return replace(factor, recovery=left)

    def _step_of(self, secret: str, code: str, after: int) -> int | None:
        """The step in which the app shows that code, if it is later than `after`."""
        found = None
        for step in steps_around(self._clock()):
            if compare_digest(self.app.code(secret, step).encode(), code.encode()):
                found = step if step > after else found
        return found

    def _offered(self, factor: SecondFactor) -> str:
        if not factor.is_offered(self._clock()):
            raise NotPossible(Message("second_factor.not_offered"))
        return self._unsealed(factor.offered)

    def _unsealed(self, sealed: str) -> str:
        try:
            return self._sealer.unseal(sealed)
        except SealBroken:
            wrong = FieldError("SECRET_KEY", Message("second_factor.other_key"))
            raise SetupRequired(wrong) from None

    def _hashes(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._hashed(typed_code(one)) for one in codes)

    def _change(
        self, change: Callable[[SecondFactor], SecondFactor], by: str | None
    ) -> SecondFactor:
        for _ in range(_TRIES):
            factor = self._decided.recorded()
            try:
                return self._decided.save(change(factor), factor, by)
            except EntryChanged:
                continue
        raise LogUnavailable(Message("database.second_factor_contended"))


class _NotTaken(HelprError):
    """The code is wrong, or was used before."""


def _require_off(factor: SecondFactor) -> None:
    if factor.is_on:
        raise NotPossible(Message("second_factor.is_on"))


def _new_recovery_codes() -> tuple[str, ...]:
    return tuple(
        in_groups("".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)))
        for _ in range(RECOVERY_CODES)
    )
