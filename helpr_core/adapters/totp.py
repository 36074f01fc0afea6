"""Codes of an authenticator app, by pyotp: imported only where there is a second factor."""

from __future__ import annotations

from typing import Any

from helpr_core import first_use
from helpr_core.domain.second_factor import STEP_SECONDS


class Totp:
    """AppCodes of services/owner/second_factor."""

    def new_secret(self) -> str:
        """160 random bits as Base32."""
        return str(_pyotp().random_base32())

    def code(self, secret: str, step: int) -> str:
        """What the app shows in that step."""
        return str(_pyotp().TOTP(secret).at(step * STEP_SECONDS))

    def address(self, secret: str, account: str, issuer: str) -> str:
        """The secret as `otpauth://…`, with the names that the app shows."""
        return str(_pyotp().TOTP(secret).provisioning_uri(name=account, issuer_name=issuer))


def _pyotp() -> Any:
    return first_use.module("pyotp")
