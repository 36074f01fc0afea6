"""What the dashboard's sign-in needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from helpr_core.domain.browsers import SignedInBrowser


class SignedInBrowsers(Protocol):
    """The browsers that are signed in, and for a while those that were. All methods raise
    LogUnavailable."""

    def add(self, browser: SignedInBrowser, forget_before: datetime) -> SignedInBrowser:
        """Keep it, unless one of its key is there: the one that is there then. Those that began
        before `forget_before` are deleted."""

    def find(self, key: str) -> SignedInBrowser | None:
        """One, ended or not, in one SELECT."""

    def seen(self, key: str, at: datetime) -> None:
        """Note that it was used."""

    def end(self, key: str, door: str, at: datetime) -> SignedInBrowser | None:
        """End it; None where there is none that has not ended."""

    def end_all(self, door: str, at: datetime) -> int:
        """End all of that door; how many."""

    def active(self, door: str, since: datetime) -> Sequence[SignedInBrowser]:
        """Those of that door that began after `since` and have not ended, last used first."""
