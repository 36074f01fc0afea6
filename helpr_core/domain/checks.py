"""A layer that was checked: what was found, and the one thing to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from helpr_core.frozen import dataclass
from helpr_core.texts import Words

SIGN_IN_TO_PLEX: Final = "sign_in_to_plex"


class Severity(StrEnum):
    """How bad it is: a warning costs nobody an invite."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One layer: `detail` says what was found, `fix` what to do when it is not ok; `action` names
    what the dashboard has a button for."""

    name: str
    severity: Severity
    detail: Words
    fix: Words = ""
    ms: int = 0
    action: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is nothing to do."""
        return self.severity is Severity.OK


def worst(checks: Iterable[Check]) -> Severity:
    """The worst of them; OK for none."""
    order = tuple(Severity)
    return max((check.severity for check in checks), key=order.index, default=Severity.OK)
