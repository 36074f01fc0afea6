"""People with access to the owner's servers: what plex.tv lists, and what Helpr keeps.

plex.tv is the authority on shares, and Helpr on promises: until when, and for which libraries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.plex import Library
from helpr_core.frozen import dataclass


class ShareState(StrEnum):
    """The state of one person's access to one server."""

    PENDING = "pending"
    ACTIVE = "active"
    REMOVING = "removing"
    GONE = "gone"
    UNKNOWN = "unknown"

    @classmethod
    def read(cls, stored: str) -> ShareState:
        """A stored state; one from a newer version is `unknown`."""
        return cls(stored) if stored in cls._value2member_map_ else cls.UNKNOWN


class LiveTv(StrEnum):
    """What a person may do with live television."""

    NONE = "none"
    WATCH = "watch"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What a person may do on all the owner's servers; the last three are Plex's filters.

    A filter such as `contentRating=G,PG|label=Kids` is stored decoded; "" filters nothing.
    """

    downloads: bool = False
    live_tv: LiveTv = LiveTv.NONE
    subtitles: bool = False
    movies: str = ""
    television: str = ""
    music: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of plex.tv's lists: somebody's access, or a pending invitation.

    `share_id` stays the same from the invitation to the end. `account_id` is plex.tv's own id of
    the person, None for an address without an account. `libraries` are those currently shared, None
    if the list did not say; with `all_libraries` future ones are included.
    """

    share_id: str
    server_id: str
    server_name: str
    accepted: bool
    account_id: int | None = None
    username: str = ""
    email: str = ""
    title: str = ""
    home: bool = False
    libraries: tuple[Library, ...] | None = None
    all_libraries: bool = False
    invited_at: datetime | None = None
    accepted_at: datetime | None = None
    restrictions: Restrictions | None = None

    @property
    def address_key(self) -> str:
        """The key of the address, or ""."""
        return identity_key(self.email)

    @property
    def who(self) -> str:
        """The person's key within one reading."""
        return f"id:{self.account_id}" if self.account_id else f"address:{self.address_key}"


@dataclass(frozen=True, slots=True)
class Lists:
    """Both of plex.tv's lists for all servers, as read.

    `left` and `ended` are ids of shares whose rows report their end, by the friend or the owner.
    `unread` counts rows that could not be read. `paths_gone` names the lists that plex.tv no longer
    has, for the owner; `owner_id` is the owner's own account; `servers` are those that the lists
    cover, None: all servers.
    """

    rows: tuple[Listed, ...]
    unread: int = 0
    paged: bool = False
    paths_gone: tuple[str, ...] = ()
    left: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    servers: frozenset[str] | None = None
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One person's access to one server, as Helpr stores it.

    `promised` are the ids of the promised libraries, None if nothing was promised. `missing_since`
    is when a plausible reading first lacked the share; `removed_at` is when plex.tv last agreed to
    remove it for us. With `access_days` the end is calculated: from the acceptance, or from the
    sending if there is none yet. `told_days` is how many days were left when somebody was last told
    about the end. Times are aware UTC.
    """

    server_id: str
    server_name: str
    state: ShareState
    share_id: str = ""
    libraries: tuple[Library, ...] = ()
    all_libraries: bool = False
    promised: tuple[int, ...] | None = None
    invited_at: datetime | None = None
    accepted_at: datetime | None = None
    access_until: datetime | None = None
    gone_at: datetime | None = None
    gone_reason: str = ""
    source: str = "plex"
    link_id: str = ""
    request_id: UUID | None = None
    missing_since: datetime | None = None
    removed_at: datetime | None = None
    access_days: int | None = None
    told_days: int | None = None
    drift: tuple[Drift, ...] = ()

    @property
    def is_listed(self) -> bool:
        """Whether plex.tv listed it in the last plausible reading."""
        return self.state is not ShareState.GONE


@dataclass(frozen=True, slots=True)
class Drift:
    """A difference between a share and what was promised: `kind` is stable, `since` aware UTC."""

    kind: str
    since: datetime
    detail: Mapping[str, Any]
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """An account, or an address without one, that has or had access.

    `promised` are the promised restrictions, by field; while `restrictions_due`, no list has shown
    them yet. No name is kept of a person who was `erased`.
    """

    person_id: UUID
    account_id: int | None = None
    username: str = ""
    email: str = ""
    title: str = ""
    home: bool = False
    exempt: bool = False
    note: str = ""
    restrictions: Restrictions | None = None
    shares: tuple[Share, ...] = ()
    promised: Mapping[str, Any] = field(default_factory=dict)
    restrictions_due: bool = False
    erased: bool = False

    @property
    def address_key(self) -> str:
        """The key of the address, or ""."""
        return identity_key(self.email)

    @property
    def name(self) -> str:
        """The name to show for the person."""
        return self.title or self.username or self.email

    @property
    def identity_keys(self) -> frozenset[str]:
        """The keys under which the person may have asked."""
        return frozenset({self.address_key, identity_key(self.username)} - {""})

    @property
    def invitee(self) -> str:
        """What plex.tv is given to invite this person again: the address if known."""
        return self.email or self.username

    def share_on(self, server_id: str) -> Share | None:
        """The share on that server."""
        return next((one for one in self.shares if one.server_id == server_id), None)


def read_restrictions(stored: object) -> Restrictions | None:
    """Restrictions as stored in rows; what a newer version added is ignored."""
    if not isinstance(stored, Mapping):
        return None
    live_tv = str(stored.get("live_tv", ""))
    return Restrictions(
        downloads=stored.get("downloads") is True,
        live_tv=LiveTv(live_tv) if live_tv in LiveTv._value2member_map_ else LiveTv.NONE,
        subtitles=stored.get("subtitles") is True,
        movies=str(stored.get("movies") or ""),
        television=str(stored.get("television") or ""),
        music=str(stored.get("music") or ""),
    )


def seats_of(rows: Sequence[Listed], home: Sequence[int]) -> tuple[int, int]:
    """People with access and people invited: each takes one seat, on however many servers.

    `home` are the account ids in the owner's Plex Home, without the owner.
    """
    people = {row.who for row in rows if row.accepted} | {f"id:{one}" for one in home}
    return len(people), len({row.who for row in rows} - people)
