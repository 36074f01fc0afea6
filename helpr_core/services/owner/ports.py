"""What the dashboard's sign-in needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from helpr_core.domain.browsers import SignedInBrowser


class SignedInBrowsers(Protocol):
    """Browsers that are signed in, and for a while those that were. All methods raise
    LogUnavailable."""

    def add(self, browser: SignedInBrowser, forget_before: datetime) -> SignedInBrowser:
        """Insert it, and return it or the existing one with its key. Deletes those begun before
        `forget_before`."""

    def find(self, key: str) -> SignedInBrowser | None:
        """The browser with that key, ended or not, in one SELECT."""

    def seen(self, key: str, at: datetime) -> None:
        """Record that it was used."""

    def end(self, key: str, door: str, at: datetime) -> SignedInBrowser | None:
        """End it and return it; None if there is none, or it has already ended."""

    def end_all(self, door: str, at: datetime) -> int:
        """End all sessions of that door, and return how many there were."""

    def active(self, door: str, since: datetime) -> Sequence[SignedInBrowser]:
        """Sessions of that door begun after `since` and not ended, last used first."""
