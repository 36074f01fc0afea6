"""The content of Helpr's cookies: an id and its time of issue in seconds, signed."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from itsdangerous import BadSignature, Signer

# itsdangerous ignores non-base64 characters in a signature: the same stamp, spelled differently.
_STAMP = re.compile(r"[0-9a-f]{32}\.[0-9]{10,12}\.[A-Za-z0-9_-]{43}")


class Stamps:
    """Makes and reads `id.seconds.signature`, 90 characters of A-Z a-z 0-9 - _ . at most.

    A stamp is valid for one `key` and one `purpose` only.
    """

    def __init__(self, key: str, purpose: str) -> None:
        self._signer = signer(key, purpose)

    def make(self, stamp_id: str, at: datetime) -> str:
        """The stamp of that id (32 hexadecimal digits)."""
        return self._signer.sign(f"{stamp_id}.{int(at.timestamp())}").decode()

    def read(self, text: str) -> tuple[str, datetime] | None:
        """Id and time (aware UTC); None where it is not a stamp of ours."""
        if not _STAMP.fullmatch(text):
            return None
        try:
            stamp_id, _, seconds = self._signer.unsign(text).decode().partition(".")
        except BadSignature:
            return None  # not raised: the error quotes the cookie
        return stamp_id, datetime.fromtimestamp(int(seconds), UTC)


def signer(key: str, purpose: str) -> Signer:
    """Signs the content of a cookie, for one purpose only."""
    return Signer(key, salt=purpose, key_derivation="hmac", digest_method=hashlib.sha256)
