"""Where the owner's token comes from, and so what is to be done when Plex refuses it."""

from __future__ import annotations

from enum import StrEnum


class TokenSource(StrEnum):
    """A setting counts before a sign-in; on Azure it comes from Key Vault."""

    SIGN_IN = "sign_in"
    SETTING = "setting"
    VAULT = "vault"
