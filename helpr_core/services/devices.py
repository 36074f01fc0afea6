"""Browsers in which the owner has signed in: a signed cookie says so, and opens nothing."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature

from helpr_core.clock import Clock
from helpr_core.services.sessions import signer

_TOKEN = re.compile(r"[0-9a-f]{32}\.[0-9]{10,12}\.[A-Za-z0-9_-]{43}")
LIFETIME = timedelta(days=400)
"""Longer than that no browser keeps a cookie (RFC 6265bis, section 5.5)."""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser; `id` is 32 hexadecimal digits."""

    id: str


class Devices:
    """Makes and reads the cookie's value. `key` as for Sessions: what ends every session makes
    every browser a stranger's again."""

    lifetime_seconds = int(LIFETIME.total_seconds())

    def __init__(self, key: str, clock: Clock) -> None:
        self._signer = signer(key, "helpr device")
        self._clock = clock

    def remember(self, device: Device | None) -> str:
        """The cookie's value, for 400 days from now; a browser keeps its id."""
        device_id = device.id if device else secrets.token_hex(16)
        return self._signer.sign(f"{device_id}.{int(self._clock().timestamp())}").decode()

    def find(self, token: str) -> Device | None:
        """The browser that the cookie's value stands for; None for a stranger's."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            device_id, _, seconds = self._signer.unsign(token).decode().partition(".")
        except BadSignature:
            return None
        age = self._clock() - datetime.fromtimestamp(int(seconds), UTC)
        return Device(device_id) if abs(age) < LIFETIME else None
