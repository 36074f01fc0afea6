"""What Helpr knows about a Plex server: its libraries and whom they are shared with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from helpr_core.domain.identity_key import identity_key
from helpr_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Library:
    """A library; `id` is plex.tv's own (nine digits), never the server's local key.

    plex.tv calls it a section. A share takes the id: https://plex.tv/api/servers/{machine}.
    """

    id: int
    title: str = ""
    type: str = ""


def read_libraries(stored: object) -> tuple[Library, ...]:
    """Libraries as rows and state entries keep them.

    A newer version may have written more about each. Unreadable entries are left out: one of them
    must not hide the request that it belongs to.
    """
    entries = stored if isinstance(stored, list | tuple) else ()
    return tuple(
        Library(one["id"], str(one.get("title", "")), str(one.get("type", "")))
        for one in entries
        if isinstance(one, dict) and isinstance(one.get("id"), int)
    )


@dataclass(frozen=True, slots=True)
class Server:
    """The owner's server as plex.tv described it at `fetched_at` (aware UTC)."""

    machine_identifier: str
    name: str
    libraries: tuple[Library, ...]
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """A row in plex.tv's list of shares: a friend, or somebody invited."""

    id: str
    username: str
    email: str
    accepted: bool

    def is_for(self, identity: str) -> bool:
        """Whether this share is for the person who typed `identity`."""
        return identity_key(identity) in self.identity_keys

    @property
    def identity_keys(self) -> tuple[str, str]:
        """The keys under which this person is known; "" where Plex has no name or address."""
        return identity_key(self.username), identity_key(self.email)


@dataclass(frozen=True, slots=True)
class OwnerAccount:
    """The owner's account; `plex_pass` is None, and `id` 0, if the answer does not say."""

    name: str
    plex_pass: bool | None = None
    id: int = 0


def find_share(shares: Iterable[Share], identity: str) -> Share | None:
    """The share for that person, or None."""
    return next((share for share in shares if share.is_for(identity)), None)


SEAT_LIMIT = 100
"""The number of people an owner may share with: all servers and the owner's Plex Home together,
including pending invitations."""


@dataclass(frozen=True, slots=True)
class SeatHolders:
    """Who takes one of the account's seats, each person by some key; nobody is in both."""

    people: frozenset[str]
    invited: frozenset[str]

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.people) + len(self.invited)
