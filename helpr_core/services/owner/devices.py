"""Browsers in which the owner has signed in before, recognised by a signed cookie."""

from __future__ import annotations

import secrets
from datetime import timedelta

from helpr_core.clock import Clock
from helpr_core.frozen import dataclass
from helpr_core.services.owner.stamps import Stamps

OWNERS = timedelta(days=400)
"""For browsers where the owner has signed in. No browser keeps a cookie longer (RFC 6265bis,
section 5.5)."""
FRIENDS = timedelta(days=90)
"""For browsers where a friend has asked."""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser; `id` is 32 hexadecimal digits."""

    id: str


class Devices:
    """Makes and reads the cookie's value, a stamp for one `purpose`: a cookie for another
    is not accepted. With another `key` every browser is unknown again."""

    def __init__(
        self,
        key: str,
        clock: Clock,
        purpose: str = "helpr device",
        lifetime: timedelta = OWNERS,
    ) -> None:
        self._stamps = Stamps(key, purpose)
        self._lifetime = lifetime
        self._clock = clock

    @property
    def lifetime_seconds(self) -> int:
        """How long a cookie is valid."""
        return int(self._lifetime.total_seconds())

    def remember(self, device: Device | None) -> str:
        """The cookie's value, valid from now on; a known browser keeps its id."""
        device_id = device.id if device else secrets.token_hex(16)
        return self._stamps.make(device_id, self._clock())

    def find(self, token: str) -> Device | None:
        """The browser of that cookie value; None for an unknown one."""
        stamp = self._stamps.read(token)
        if stamp is None or abs(self._clock() - stamp.at) >= self._lifetime:
            return None
        return Device(stamp.id)
