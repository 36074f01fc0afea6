"""What Helpr knows of a Plex server: its libraries and whom they are shared with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from helpr_core.domain.identity_key import identity_key


@dataclass(frozen=True, slots=True)
class Library:
    """A library; `id` is plex.tv's own (nine digits), never the server's local key.

    plex.tv calls it a section. A share takes the id: https://plex.tv/api/servers/{machine}.
    """

    id: int
    title: str
    type: str


@dataclass(frozen=True, slots=True)
class Server:
    """The owner's server as plex.tv described it at `fetched_at` (aware UTC)."""

    machine_identifier: str
    name: str
    libraries: tuple[Library, ...]
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class ServerAddresses:
    """Where the owner's server says that it can be reached, its own network first."""

    name: str
    machine_identifier: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A row of plex.tv's list of shares: a friend, or somebody invited."""

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


def find_share(shares: Iterable[Share], identity: str) -> Share | None:
    """The share for that person, or None."""
    return next((share for share in shares if share.is_for(identity)), None)


@dataclass(frozen=True, slots=True)
class NamedLibraries:
    """What a list of names came to: the libraries, and what is wrong with the rest."""

    libraries: tuple[Library, ...]
    problems: tuple[str, ...]


def resolve_names(names: Sequence[str], libraries: Sequence[Library]) -> NamedLibraries:
    """Find each name among the libraries.

    A name is a title (case does not matter) or an id in digits. Of two libraries with one
    title neither is taken: sharing the wrong one would be worse than asking.
    """
    found: list[Library] = []
    problems: list[str] = []
    for name in names:
        matches = _matches(name, libraries)
        if len(matches) == 1:
            found.extend(library for library in matches if library not in found)
        elif matches:
            ids = ", ".join(f"{library.id} ({library.type})" for library in matches)
            problems.append(f"“{name}” names {len(matches)} libraries; use an id: {ids}")
        else:
            problems.append(f"“{name}” is not a library of the server")
    return NamedLibraries(tuple(found), tuple(problems))


def _matches(name: str, libraries: Sequence[Library]) -> list[Library]:
    by_title = [lib for lib in libraries if lib.title.casefold() == name.casefold()]
    if by_title:
        return by_title
    return [lib for lib in libraries if name.isascii() and name == str(lib.id)]
