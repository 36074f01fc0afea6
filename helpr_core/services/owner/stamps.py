"""The content of Helpr's cookies, signed: an id, its time of issue in seconds, perhaps a note."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import NamedTuple

from itsdangerous import BadSignature, Signer

# itsdangerous ignores non-base64 characters in a signature: the same stamp, spelled differently.
_STAMP = re.compile(r"[0-9a-f]{32}\.[0-9]{10,12}(?:\.[A-Za-z0-9_-]{1,2000})?\.[A-Za-z0-9_-]{43}")


class Stamp(NamedTuple):
    """The content of a stamp; `at` is aware UTC."""

    id: str
    at: datetime
    note: str = ""


class Stamps:
    """Makes and reads `id.seconds.signature` or `id.seconds.note.signature`, in which only
    A-Z a-z 0-9 - _ . occur.

    A stamp is valid for one `key` and one `purpose` only.
    """

    def __init__(self, key: str, purpose: str) -> None:
        self._signer = signer(key, purpose)

    def make(self, stamp_id: str, at: datetime, note: str = "") -> str:
        """The stamp of that id (32 hexadecimal digits); the note is base64url."""
        said = f"{stamp_id}.{int(at.timestamp())}"
        return self._signer.sign(f"{said}.{note}" if note else said).decode()

    def read(self, text: str) -> Stamp | None:
        """Its content, or None if Helpr did not sign it."""
        if not _STAMP.fullmatch(text):
            return None
        try:
            stamp_id, seconds, *note = self._signer.unsign(text).decode().split(".")
        except BadSignature:
            return None  # not raised: the error quotes the cookie
        return Stamp(stamp_id, datetime.fromtimestamp(int(seconds), UTC), "".join(note))


def signer(key: str, purpose: str) -> Signer:
    """Signs the content of a cookie, for one purpose only."""
    return Signer(key, salt=purpose, key_derivation="hmac", digest_method=hashlib.sha256)
