"""Where notices go: a channel's kind, its ticks, its quiet hours, and when it is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from helpr_core.domain.notices import DEFAULT_KINDS, NoticeKind
from helpr_core.domain.vocabulary import Vocabulary
from helpr_core.frozen import dataclass


class ChannelKind(Vocabulary):
    """How a channel is reached."""

    APPRISE = "apprise"
    WEBHOOK = "webhook"
    EMAIL = "email"
    FRIENDS = "friends"
    UNKNOWN = "unknown"


RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""One for each of the first failures in a row; after that, the last one."""

GIVEN_UP = timedelta(days=1)
"""How long a message is retried, and how long a channel may fail before it is red."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every day from `begins` to `ends` in that time zone; across midnight if `ends` is earlier."""

    begins: time
    ends: time
    time_zone: str = "UTC"

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours at `now` (aware UTC) end; None outside quiet hours."""
        local = now.astimezone(zone(self.time_zone))
        if self.begins == self.ends or not self._covers(local.time()):
            return None
        over = datetime.combine(local.date(), self.ends, local.tzinfo)
        return (over if over > local else over + timedelta(days=1)).astimezone(now.tzinfo)

    def _covers(self, at: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends

    def as_json(self) -> dict[str, str]:
        """As it is stored."""
        return {
            "begins": f"{self.begins:%H:%M}",
            "ends": f"{self.ends:%H:%M}",
            "time_zone": self.time_zone,
        }


def is_time_zone(name: str) -> bool:
    """Whether this machine has the time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone(name: str) -> ZoneInfo:
    """The time zone with that name, or UTC if this machine does not have it."""
    return ZoneInfo(name if is_time_zone(name) else "UTC")


def quiet_hours(stored: object) -> QuietHours | None:
    """What was stored; None if it is unreadable, such as another version's."""
    if not isinstance(stored, Mapping):
        return None
    try:
        return QuietHours(
            time.fromisoformat(str(stored["begins"])),
            time.fromisoformat(str(stored["ends"])),
            str(stored.get("time_zone") or "UTC"),
        )
    except (KeyError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel and its state. `sealed` is its encrypted address; "" for one from the environment.

    `service` is the service behind it (Discord, ntfy …). `failing_since` is the time of the first
    failure in a row, `next_attempt_at` that of the next try.
    """

    channel_id: UUID
    kind: ChannelKind
    service: str
    label: str
    created_at: datetime
    events: tuple[NoticeKind, ...] = DEFAULT_KINDS
    enabled: bool = True
    language: str = ""
    quiet: QuietHours | None = None
    from_environment: bool = False
    sealed: str = field(default="", repr=False)
    attempts: int = 0
    next_attempt_at: datetime | None = None
    failing_since: datetime | None = None
    last_ok_at: datetime | None = None
    last_error: Mapping[str, Any] | None = None

    def is_red(self, now: datetime) -> bool:
        """Whether nothing has got through for a day."""
        return self.failing_since is not None and now - self.failing_since >= GIVEN_UP

    def wants(self, kind: NoticeKind, at: datetime) -> bool:
        """Whether the channel reports what happened then: nothing from before it existed."""
        return self.enabled and kind in self.events and at >= self.created_at


def next_try(failures: int, now: datetime) -> datetime:
    """When a channel is tried again after that many failures in a row."""
    return now + RETRIES[min(failures, len(RETRIES)) - 1]
