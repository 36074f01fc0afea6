"""Why somebody is not signed in to the dashboard, beside a wrong name or password."""

from __future__ import annotations

from helpr_core.errors import HelprError, SignInFailed


class CodeWrong(SignInFailed):
    """Name and password are right; the second factor's code is wrong, or was used before."""

    code = "code_wrong"


class CodeRequired(HelprError):
    """Name and password are right; the second factor's code was not sent."""

    code = "code_required"


class PasskeyRefused(HelprError):
    """What a passkey is said to have signed is not what was asked for, or the passkey is none of
    the owner's."""

    code = "passkey_refused"
