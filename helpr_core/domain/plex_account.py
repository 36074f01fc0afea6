"""A person's account at Plex, as it describes itself after a sign-in."""

from __future__ import annotations

import re

from helpr_core.domain.identity import Identity, parse_identity
from helpr_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class FriendAccount:
    """`id` stays when name or address change. A managed user has neither name nor address."""

    id: int
    username: str
    email: str
    confirmed: bool = True
    restricted: bool = False

    @property
    def identity(self) -> Identity:
        """The person by the name that Plex shows, otherwise by the address, or else by the id."""
        for name in (self.username, self.email):
            try:
                return parse_identity(name)
            except ValueError:
                continue
        return parse_identity(f"Plex account {self.id}")


PIN_CODE = re.compile(r"[A-Za-z0-9]{4,64}")


@dataclass(frozen=True, slots=True)
class Pin:
    """What somebody signs in to Plex with; `code` is for Plex's own page."""

    id: int
    code: str
