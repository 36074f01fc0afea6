"""What the owner set on the dashboard: kept in the state store, read by every worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from helpr_core.clock import Clock
from helpr_core.errors import (
    EntryChanged,
    EntryExists,
    FieldError,
    HelprError,
    InvalidInput,
    InvitesPaused,
    StateUnavailable,
)
from helpr_core.services.ports import SITE, Entry, StateStore

log = logging.getLogger(__name__)

KEY = "settings"
_FRESH_SECONDS = 30.0
"""How long a worker goes on with what it has read: a change reaches all within a minute."""
_REMEMBERED_CHANGES = 20


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The owner's decisions. 0 means none for `daily_cap`, for ever for `retention_days`.

    What is above `daily_cap` waits for the owner's yes.

    `title` "" means the title made of the server's name; `code_required` counts only where
    an invite code is set at all.
    """

    title: str = ""
    welcome: str = ""
    code_required: bool = True
    approval_required: bool = False
    paused: bool = False
    daily_cap: int = 20
    retention_days: int = 0

    def require_open(self) -> None:
        """Raise InvitesPaused while the owner takes no requests."""
        if self.paused:
            raise InvitesPaused("the owner paused invites")


NO_CODE = FieldError("code_required", "Set INVITE_CODE first: there is no code to ask for.")
NAMES = tuple(one.name for one in fields(SiteSettings))


@dataclass(frozen=True, slots=True)
class Change:
    """One save: who, when (aware UTC), and the fields whose value it changed."""

    version: int
    by: str
    at: datetime
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """The settings with their version (0: never saved) and the last changes, oldest first."""

    settings: SiteSettings = field(default_factory=SiteSettings)
    version: int = 0
    changes: tuple[Change, ...] = ()


class SettingsChanged(HelprError):
    """Somebody saved since the version that the caller had; nothing was stored.

    `saved` is what counts now, `missed` the changes the caller did not know of.
    """

    code = "settings_changed"

    def __init__(self, saved: Saved, *, since: int) -> None:
        super().__init__(f"the settings are at version {saved.version}, not {since}")
        self.saved = saved
        self.missed = tuple(one for one in saved.changes if one.version > since)


class StoredSettings:
    """Reads and saves them. `code_available` says whether INVITE_CODE is set."""

    def __init__(self, state: StateStore, clock: Clock, *, code_available: bool) -> None:
        self._state = state
        self._clock = clock
        self._code_available = code_available
        self._kept: tuple[float, SiteSettings] | None = None

    @property
    def code_available(self) -> bool:
        """Whether there is a code that could be required."""
        return self._code_available

    def current(self) -> SiteSettings:
        """The settings that count now, at most half a minute old.

        While the state store is down the last ones known go on; StateUnavailable where
        none are.
        """
        kept = self._kept
        if kept is not None and time.monotonic() - kept[0] < _FRESH_SECONDS:
            return kept[1]
        try:
            return self.saved().settings
        except StateUnavailable as exc:
            if kept is None:
                raise
            log.warning("settings not read, the last known count reason=%s", exc)
            self._kept = (time.monotonic(), kept[1])
            return kept[1]

    def saved(self) -> Saved:
        """What is stored now, with its version."""
        return self._keep(_saved(self._state.get(SITE, KEY)))

    def save(self, wanted: SiteSettings, version: int, by: str) -> Saved:
        """Store them if nobody saved since `version`; SettingsChanged when somebody did."""
        if not self._code_available:
            if wanted.code_required:
                raise InvalidInput(NO_CODE)
            # Not what the owner chose but all there was to choose: a code that is set one
            # day is to be asked for.
            wanted = replace(wanted, code_required=True)
        entry = self._state.get(SITE, KEY)
        before = _saved(entry)
        if before.version != version:
            raise SettingsChanged(before, since=version)
        after = _with_change(before, wanted, by, self._clock())
        try:
            if entry is None:
                self._state.insert(SITE, KEY, _stored(after))
            else:
                self._state.replace(SITE, KEY, _stored(after), entry.etag)
        except (EntryExists, EntryChanged) as exc:
            raise SettingsChanged(self.saved(), since=version) from exc
        return self._keep(after)

    def _keep(self, saved: Saved) -> Saved:
        self._kept = (time.monotonic(), saved.settings)
        return saved


def changed_fields(before: SiteSettings, after: SiteSettings) -> tuple[str, ...]:
    """The names of the fields in which the two differ."""
    return tuple(name for name in NAMES if getattr(before, name) != getattr(after, name))


def _with_change(before: Saved, wanted: SiteSettings, by: str, at: datetime) -> Saved:
    version = before.version + 1
    change = Change(version, by, at, changed_fields(before.settings, wanted))
    return Saved(wanted, version, (*before.changes, change)[-_REMEMBERED_CHANGES:])


def _stored(saved: Saved) -> dict[str, Any]:
    changes = [
        {"version": one.version, "by": one.by, "at": one.at.isoformat(), "fields": list(one.fields)}
        for one in saved.changes
    ]
    return {"settings": asdict(saved.settings), "version": saved.version, "changes": changes}


def _saved(entry: Entry | None) -> Saved:
    if entry is None:
        return Saved()
    value: Mapping[str, Any] = entry.value
    # A field that a later version added is absent in what an earlier one stored.
    known = {name: value["settings"][name] for name in NAMES if name in value["settings"]}
    return Saved(
        SiteSettings(**known),
        value["version"],
        tuple(
            Change(
                one["version"], one["by"], datetime.fromisoformat(one["at"]), tuple(one["fields"])
            )
            for one in value["changes"]
        ),
    )
