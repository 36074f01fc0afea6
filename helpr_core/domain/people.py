"""People with access to the owner's servers: what plex.tv lists, and what Helpr keeps of it.

plex.tv is the truth about shares, and Helpr about promises: until when, and for which libraries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.plex import Library


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
    """What a person may do on all servers of the owner; the last three are Plex's filters.

    A filter such as `contentRating=G,PG|label=Kids` is kept decoded; "" filters nothing.
    """

    downloads: bool = False
    live_tv: LiveTv = LiveTv.NONE
    subtitles: bool = False
    movies: str = ""
    television: str = ""
    music: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of plex.tv's lists that stands for access or for an invitation that waits.

    `share_id` is the same from the invitation to the end. `account_id` is plex.tv's own id of
    the person, None for an address that has no account. `libraries` are those that are open at
    present, None where the list did not say; with `all_libraries` later ones are open too.
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
        """One key for one person within one reading."""
        return f"id:{self.account_id}" if self.account_id else f"address:{self.address_key}"


@dataclass(frozen=True, slots=True)
class Lists:
    """Both of plex.tv's lists over all servers, as they were read.

    `left` and `ended` are ids of shares whose rows tell of their end, by the friend or the owner.
    `unread` counts rows that could not be understood. `paths_gone` names the lists that plex.tv
    has no longer, for the owner; `owner_id` is the owner's own account; `servers` limits
    what the lists speak of, None: all servers.
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
    """One person's access to one server, as Helpr keeps it.

    `promised` are the ids of the libraries that were promised, None where nothing was.
    `missing_since` is when a plausible reading lacked it for the first time; `removed_at` is
    when plex.tv last said yes to taking it away for us. With `access_days` the end is counted:
    from the acceptance, until then from the sending. `told_days` is how near the end was when
    somebody was last told of it. Times are aware UTC.
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
        """Whether plex.tv had it when it was last read plausibly."""
        return self.state is not ShareState.GONE


@dataclass(frozen=True, slots=True)
class Drift:
    """How a share differs from what was promised: `kind` is stable, `since` aware UTC."""

    kind: str
    since: datetime
    detail: Mapping[str, Any]
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """An account, or an address without one, that has or had access.

    `promised` are the restrictions that were promised, by their fields; while
    `restrictions_due`, no list has shown them yet. Of one who was `erased` no name is kept.
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
        """What the person is called."""
        return self.title or self.username or self.email

    @property
    def identity_keys(self) -> frozenset[str]:
        """The keys under which the person may have asked."""
        return frozenset({self.address_key, identity_key(self.username)} - {""})

    @property
    def invitee(self) -> str:
        """What plex.tv gets when this person is invited again: the address if known."""
        return self.email or self.username

    def share_on(self, server_id: str) -> Share | None:
        """The share of that server."""
        return next((one for one in self.shares if one.server_id == server_id), None)


def read_restrictions(stored: object) -> Restrictions | None:
    """Restrictions as rows keep them; what a newer version wrote is passed over."""
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
    """People with access and people invited: each takes one seat, however many servers.

    `home` are the account ids of the owner's Plex Home, the owner left out.
    """
    people = {row.who for row in rows if row.accepted} | {f"id:{one}" for one in home}
    return len(people), len({row.who for row in rows} - people)
