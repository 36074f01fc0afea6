"""What encrypts secrets at rest, as a Protocol."""

from __future__ import annotations

from typing import Protocol

from helpr_core.errors import HelprError


class SealBroken(HelprError):
    """Sealed text cannot be read: it is damaged, or was sealed with another key."""

    code = "seal_broken"


class Sealer(Protocol):
    """Encrypts small secrets at rest, for one purpose."""

    def seal(self, text: str) -> str:
        """Encrypt; the same text sealed twice looks different."""

    def unseal(self, sealed: str) -> str:
        """Decrypt. Raises SealBroken."""
