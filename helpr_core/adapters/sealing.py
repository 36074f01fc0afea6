"""Text encrypted with a passphrase or a key of our own: Fernet encrypts and authenticates."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from helpr_core.errors import BackupUnusable
from helpr_core.services.sealing import SealBroken
from helpr_core.texts import Message

# OWASP's advice for scrypt (Password Storage Cheat Sheet): 128 MiB and some 0.3 s for each guess.
_COST = {"n": 2**17, "r": 8, "p": 1}
_LARGEST_COST = 2**20


class PassphraseSealer:
    """Implements the Sealer of services/backup."""

    def seal(self, text: str, passphrase: str) -> dict[str, Any]:
        """Encrypt with a fresh key: the same text sealed twice looks different."""
        salt = os.urandom(16)
        token = Fernet(_key(passphrase, salt, _COST)).encrypt(text.encode())
        return {"salt": base64.b64encode(salt).decode(), **_COST, "token": token.decode()}

    def unseal(self, sealed: Mapping[str, Any], passphrase: str) -> str:
        """Decrypt. Raises BackupUnusable for a wrong passphrase or a damaged text."""
        try:
            cost = {name: int(sealed[name]) for name in _COST}
            if cost["n"] * cost["r"] * cost["p"] > _LARGEST_COST * _COST["r"]:
                raise BackupUnusable(Message("backup.settings_damaged"))
            key = _key(passphrase, base64.b64decode(sealed["salt"]), cost)
            return Fernet(key).decrypt(str(sealed["token"])).decode()
        except InvalidToken as exc:
            raise BackupUnusable(Message("backup.wrong_passphrase")) from exc
        except (KeyError, TypeError, ValueError) as exc:
            raise BackupUnusable(Message("backup.settings_damaged")) from exc


def _key(passphrase: str, salt: bytes, cost: Mapping[str, int]) -> bytes:
    derived = Scrypt(salt=salt, length=32, **cost).derive(passphrase.encode())
    return base64.urlsafe_b64encode(derived)


class KeySealer:
    """Implements the Sealer of services/ports. `key` is 64 secret hexadecimal digits, different for
    each purpose: what was sealed for one is unreadable for another."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(bytes.fromhex(key)))

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except (InvalidToken, ValueError) as exc:
            raise SealBroken("sealed with another key, or damaged") from exc
