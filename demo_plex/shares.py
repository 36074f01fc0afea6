"""The demo's data: libraries, servers, and rows of people with access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from demo_plex.people import Person

MACHINE_IDENTIFIER = "de30" * 10
OTHER_MACHINE_IDENTIFIER = "0de3" * 10
OTHER_SERVER_NAME = "Cabin"
"""Another server of the owner's, which plex.tv lists among the account's when it is told to."""


@dataclass(frozen=True, slots=True)
class DemoLibrary:
    """A library; plex.tv shares by `id` (nine digits), the server itself says `key`."""

    id: int
    key: int
    type: str
    title: str


LIBRARIES = (
    DemoLibrary(118181361, 1, "movie", "Movies"),
    DemoLibrary(118181362, 2, "show", "TV Shows"),
    DemoLibrary(118181363, 3, "artist", "Music"),
    DemoLibrary(118181364, 4, "movie", "Kids"),
)
OTHER_LIBRARIES = (DemoLibrary(118182361, 1, "movie", "Cabin films"),)

DEFAULT_SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "allowSync": False,
        "allowChannels": False,
        "allowCameraUpload": False,
        "allowSubtitleAdmin": False,
        "allowTuners": 0,
        "filterMovies": "",
        "filterTelevision": "",
        "filterMusic": "",
        "filterPhotos": None,
        "filterAll": None,
    }
)
"""What a person without restrictions has; all ten are there in every answer."""


@dataclass(frozen=True, slots=True)
class DemoServer:
    """One of the owner's servers."""

    machine_identifier: str
    name: str
    libraries: tuple[DemoLibrary, ...]


@dataclass(frozen=True, slots=True)
class DemoShare:
    """One row of a server's shares; not accepted while `accepted_at` is None.

    `library_ids` is None when every library is shared, also one that is added later. Times
    are seconds since 1970. `invite_listed` turns False when only the friend request of a
    pending share was taken back: plex.tv then leaves the row behind. A row with `deleted_at`
    or `left_at` is still listed for all servers together, and gives no access. `server` is the
    machine identifier of another server; "" is the first one.
    """

    id: int
    person: Person
    library_ids: tuple[int, ...] | None
    invited_at: int
    accepted_at: int | None = None
    invite_listed: bool = True
    server: str = ""
    deleted_at: int | None = None
    left_at: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether the person has access, rather than an invitation that waits."""
        return self.accepted_at is not None

    @property
    def ended(self) -> bool:
        """Whether the row is only history."""
        return self.deleted_at is not None or self.left_at is not None


@dataclass(frozen=True, slots=True)
class AccountShare:
    """A share as plex.tv lists those of all servers, with the person's settings beside it."""

    share: DemoShare
    server: DemoServer
    settings: Mapping[str, Any]
    home: bool
