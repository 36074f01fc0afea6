"""Browsers that were here before: a signed cookie says so."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature

from helpr_core.clock import Clock
from helpr_core.services.owner.sessions import signer

_TOKEN = re.compile(r"[0-9a-f]{32}\.[0-9]{10,12}\.[A-Za-z0-9_-]{43}")
OWNERS = timedelta(days=400)
"""Where the owner has signed in. Longer no browser keeps a cookie (RFC 6265bis, section 5.5)."""
FRIENDS = timedelta(days=90)
"""Where a friend has asked."""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser; `id` is 32 hexadecimal digits."""

    id: str


class Devices:
    """Makes and reads the cookie's value, of 90 characters at most, for one `purpose`: a cookie
    of another is none here. With another `key` every browser is a stranger's again."""

    def __init__(
        self,
        key: str,
        clock: Clock,
        purpose: str = "helpr device",
        lifetime: timedelta = OWNERS,
    ) -> None:
        self._signer = signer(key, purpose)
        self._lifetime = lifetime
        self._clock = clock

    @property
    def lifetime_seconds(self) -> int:
        """How long a cookie is good for."""
        return int(self._lifetime.total_seconds())

    def remember(self, device: Device | None) -> str:
        """The cookie's value, good from now on; a browser keeps its id."""
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
        return Device(device_id) if abs(age) < self._lifetime else None
