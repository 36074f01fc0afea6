"""A layer that was checked: what was found, and the one thing to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from helpr_core.texts import Words


class Severity(StrEnum):
    """How bad it is: a warning costs nobody an invite."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One layer: `detail` says what was found, `fix` what to do when it is not ok."""

    name: str
    severity: Severity
    detail: Words
    fix: Words = ""
    ms: int = 0

    @property
    def ok(self) -> bool:
        """Whether there is nothing to do."""
        return self.severity is Severity.OK


def worst(checks: Iterable[Check]) -> Severity:
    """The worst of them; OK for none."""
    order = tuple(Severity)
    return max((check.severity for check in checks), key=order.index, default=Severity.OK)
