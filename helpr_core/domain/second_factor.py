"""The second factor beside the dashboard's password: codes from an app, and recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from helpr_core.domain.codes import code_key
from helpr_core.domain.decisions import Decision
from helpr_core.frozen import dataclass

STEP_SECONDS = 30
"""An app shows another code in each step (RFC 6238)."""
_DRIFT_STEPS = 1
_DIGITS = 6
OFFERED_FOR = timedelta(minutes=15)
"""How long a secret can be confirmed after it was shown."""

RECOVERY_CODES = 10
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's: none of its characters is taken for another, see domain/codes.py."""
_GROUPS, _GROUP = 3, 4


@dataclass(frozen=True, slots=True)
class SecondFactor(Decision):
    """`sealed` is the secret that the app shares, "" while the second factor is off; it is on
    `since`. A code of `last_step`, or of an earlier step, counts no more. `recovery` has a keyed
    hash of each recovery code that is left. `offered` is a sealed secret that was shown at
    `offered_at`, and counts once a code has confirmed it.
    """

    sealed: str = ""
    since: datetime | None = None
    last_step: int = 0
    recovery: tuple[str, ...] = ()
    offered: str = ""
    offered_at: datetime | None = None

    @property
    def is_on(self) -> bool:
        """Whether the password alone signs nobody in."""
        return bool(self.sealed)

    def is_offered(self, now: datetime) -> bool:
        """Whether a secret waits to be confirmed."""
        return self.offered_at is not None and now - self.offered_at < OFFERED_FOR


def typed_code(text: str) -> str:
    """A code as it is compared: without spaces, dashes and case."""
    return code_key(text)


def is_from_app(code: str) -> bool:
    """Whether that code, as it is compared, is one from an app rather than a recovery code."""
    return len(code) == _DIGITS and code.isascii() and code.isdigit()


def steps_around(now: datetime) -> Sequence[int]:
    """The steps whose codes are taken: clocks differ by some seconds, and typing takes some."""
    step = int(now.timestamp()) // STEP_SECONDS
    return range(step - _DRIFT_STEPS, step + _DRIFT_STEPS + 1)


def in_groups(characters: str) -> str:
    """A recovery code as it is shown: `abcd-efgh-jkmn`."""
    return "-".join(characters[at : at + _GROUP] for at in range(0, len(characters), _GROUP))


RECOVERY_LENGTH = _GROUPS * _GROUP
"""In characters of five bits each."""
