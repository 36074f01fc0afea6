"""What the owner set on the dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any

from helpr_core.clock import Clock
from helpr_core.domain.decisions import Decision
from helpr_core.errors import (
    EntryChanged,
    FieldError,
    HelprError,
    InvalidInput,
    InvitesPaused,
    StateUnavailable,
)
from helpr_core.frozen import dataclass
from helpr_core.services.decisions import Decided
from helpr_core.services.documents import Document
from helpr_core.services.ports import SITE
from helpr_core.services.site.site_code import CodeKeeper, SiteCode
from helpr_core.texts import Message

FRESH = timedelta(seconds=30)
"""How long a worker keeps what it has read: a change reaches all within a minute."""
_REMEMBERED_CHANGES = 20
SEVERAL_LINES = "several lines"
"""Marks a text that may have line breaks."""


class Section(Enum):
    """Marks a field's section on the settings page."""

    PAGE = "page"
    WHO = "who"
    LIMITS = "limits"
    PEOPLE = "people"
    PUT_RIGHT = "put_right"
    LISTS = "lists"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class Longest:
    """Marks a text's limit."""

    characters: int


@dataclass(frozen=True, slots=True)
class UpTo:
    """Marks a number that is never negative, and at most this."""

    number: int


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The owner's decisions. 0 means no cap for `daily_cap`, and forever for `retention_days`.

    Requests above `daily_cap` wait for approval.

    `title` "" means the title made from the owner's and the server's names, `owner_name` "" the
    name of the Plex account. `guide` is Markdown that friends read once they are in. `contact` is
    how friends reach the owner. `invite_code` is encrypted where it is stored. `code_required` only
    counts if there is such a code, or INVITE_CODE; `links_only` makes friends use a link or a code
    in any case.

    `mail_friends`: friends get mails, if there is a mail server.

    An invitation that nobody has accepted after `stale_days` is taken back; 0 means never. The
    owner is notified `ends_soon_days` before access ends, and again the day before; 0 means never.
    `put_right_…` is drift that is repaired without asking, `read_…` which of plex.tv's lists of
    people are read. A browser at the dashboard that rests for `idle_minutes` is signed out, 0 is
    never.

    The only list of the settings: what is sent, answered and shown is made from it. A new field
    needs a Section and a default, which applies until something is saved. Its label is
    `ui.field.NAME` in the catalogues; `ui.field_hint.NAME` is shown below it if there is one.
    """

    title: Annotated[str, Longest(80), Section.PAGE] = ""
    owner_name: Annotated[str, Longest(60), Section.PAGE] = ""
    contact: Annotated[str, Longest(120), Section.PAGE] = ""
    welcome: Annotated[str, Longest(500), SEVERAL_LINES, Section.PAGE] = ""
    guide: Annotated[str, Longest(4000), SEVERAL_LINES, Section.PAGE] = ""
    invite_code: Annotated[str, Longest(100), Section.WHO] = ""
    code_required: Annotated[bool, Section.WHO] = True
    links_only: Annotated[bool, Section.WHO] = False
    approval_required: Annotated[bool, Section.WHO] = False
    paused: Annotated[bool, Section.WHO] = False
    mail_friends: Annotated[bool, Section.WHO] = False
    daily_cap: Annotated[int, UpTo(10_000), Section.LIMITS] = 20
    retention_days: Annotated[int, UpTo(3650), Section.LIMITS] = 0
    stale_days: Annotated[int, UpTo(3650), Section.PEOPLE] = 30
    ends_soon_days: Annotated[int, UpTo(365), Section.PEOPLE] = 7
    put_right_more_libraries: Annotated[bool, Section.PUT_RIGHT] = False
    put_right_fewer_libraries: Annotated[bool, Section.PUT_RIGHT] = False
    put_right_all_libraries: Annotated[bool, Section.PUT_RIGHT] = False
    put_right_library_rebuilt: Annotated[bool, Section.PUT_RIGHT] = False
    put_right_restrictions: Annotated[bool, Section.PUT_RIGHT] = False
    read_account_lists: Annotated[bool, Section.LISTS] = True
    read_invitation_list: Annotated[bool, Section.LISTS] = True
    read_server_lists: Annotated[bool, Section.LISTS] = True
    idle_minutes: Annotated[int, UpTo(720), Section.SIGN_IN] = 0

    @property
    def put_right(self) -> frozenset[str]:
        """The kinds of drift that are repaired automatically."""
        prefix = "put_right_"
        chosen = asdict(self).items()
        return frozenset(name.removeprefix(prefix) for name, on in chosen if on and prefix in name)

    @property
    def idle(self) -> timedelta | None:
        """How long a browser that is signed in may rest."""
        return timedelta(minutes=self.idle_minutes) if self.idle_minutes else None

    @property
    def soon_days(self) -> tuple[int, ...]:
        """How many days before an end the owner is notified: then, and on the day before."""
        return tuple(sorted({self.ends_soon_days, 1})) if self.ends_soon_days else ()

    def require_open(self) -> None:
        """Raise InvitesPaused while the owner takes no requests."""
        if self.paused:
            raise InvitesPaused("the owner paused invites")


NO_CODE = FieldError("code_required", Message("field.set_invite_code_first"))
DEFAULTS = asdict(SiteSettings())
"""Every setting by its name."""


@dataclass(frozen=True, slots=True)
class Change:
    """One save: by whom, when (aware UTC), and which fields it changed."""

    version: int
    by: str
    at: datetime
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saved(Decision):
    """The settings, and the last changes, oldest first."""

    settings: SiteSettings = field(default_factory=SiteSettings)
    changes: tuple[Change, ...] = ()


DOCUMENT = Document(SITE, "settings", Saved)


class SettingsChanged(HelprError):
    """Somebody has saved since the caller's version; nothing was stored.

    `saved` is the current state, `missed` the changes the caller did not know about.
    """

    code = "settings_changed"

    def __init__(self, saved: Saved, *, since: int) -> None:
        super().__init__(f"version={saved.version} since={since}")
        self.saved = saved
        self.missed = tuple(one for one in saved.changes if one.version > since)


class StoredSettings:
    """Reads and saves them. What it gives has the invite code as friends type it."""

    def __init__(self, decided: Decided[Saved], clock: Clock, codes: CodeKeeper) -> None:
        self._decided = decided
        self._clock = clock
        self._codes = codes

    def current(self) -> SiteSettings:
        """The current settings, at most half a minute old.

        While both stores are down, the last known ones; StateUnavailable if there are none.
        """
        return self._opened(self._decided.current()).settings

    def shown(self) -> SiteSettings:
        """The settings for a page, which a new site has before its database first answers."""
        return self._opened(self._decided.shown()).settings

    def saved(self) -> Saved:
        """What is stored now, with its version."""
        return self._opened(self._decided.newest())

    def code(self) -> SiteCode:
        """The invite code that counts; while nobody can tell what the owner has set, INVITE_CODE
        or none."""
        try:
            return self._codes.of(self._decided.shown().settings.invite_code)
        except StateUnavailable:
            return self._codes.of("")

    def asks_for_code(self, settings: SiteSettings) -> bool:
        """Whether friends need a code or a link."""
        return settings.links_only or (settings.code_required and self.code().exists)

    def code_to_hand_out(self) -> str:
        """The code that belongs into the link for friends; "" where they need none."""
        try:
            is_needed = self.asks_for_code(self.shown())
        except StateUnavailable:
            is_needed = True
        return self.code().text if is_needed else ""

    def save(self, given: Mapping[str, Any], version: int, by: str) -> Saved:
        """Store these fields if nobody has saved since `version`; otherwise SettingsChanged.

        Others stay as they are, and None restores a field's default. Raises InvalidInput, and
        LogUnavailable while the database is down: nothing is saved then.
        """
        stored = self._decided.recorded()
        before = self._opened(stored)
        if before.version != version:
            raise SettingsChanged(before, since=version)
        chosen = {name: DEFAULTS[name] if one is None else one for name, one in given.items()}
        sealed = self._codes.sealed(
            chosen.get("invite_code", before.settings.invite_code), stored.settings.invite_code
        )
        if not self._codes.of(sealed).exists:
            if given.get("code_required"):
                raise InvalidInput(NO_CODE)
            # Not the owner's choice but the only one possible: a code that is set one day must be
            # asked for.
            chosen["code_required"] = True
        wanted = replace(before.settings, **chosen)
        change = Change(version + 1, by, self._clock(), changed_fields(before.settings, wanted))
        changes = (*before.changes, change)[-_REMEMBERED_CHANGES:]
        try:
            saved = Saved(replace(wanted, invite_code=sealed), changes)
            return self._opened(self._decided.save(saved, stored, by))
        except EntryChanged as exc:
            raise SettingsChanged(self.saved(), since=version) from exc

    def _opened(self, saved: Saved) -> Saved:
        sealed = saved.settings.invite_code
        if not sealed:
            return saved
        text = self._codes.stored(sealed).text
        return replace(saved, settings=replace(saved.settings, invite_code=text))


def changed_fields(before: SiteSettings, after: SiteSettings) -> tuple[str, ...]:
    """The names of the fields in which the two differ."""
    return tuple(name for name in DEFAULTS if getattr(before, name) != getattr(after, name))
