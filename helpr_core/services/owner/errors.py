"""Why somebody is not signed in to the dashboard, besides a wrong name or password."""

from __future__ import annotations

from helpr_core.errors import HelprError, SignInFailed


class CodeWrong(SignInFailed):
    """Name and password are right; the second factor's code is wrong, or was used before."""

    code = "code_wrong"


class CodeRequired(HelprError):
    """Name and password are right; the second factor's code was not sent."""

    code = "code_required"


class PasskeyRefused(HelprError):
    """The passkey's answer does not match what was asked for, or the passkey does not belong to
    the owner."""

    code = "passkey_refused"
