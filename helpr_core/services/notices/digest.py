"""The weekly summary: who came, whose access ends, what failed, and the seats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from helpr_core.clock import Clock
from helpr_core.domain.notices import OPENED
from helpr_core.frozen import dataclass
from helpr_core.services.notices.ports import Due, Outbox
from helpr_core.services.people.ports import PeopleSummary
from helpr_core.services.plex.seats import SeatCount

_AT = time(8)
"""On Mondays, UTC."""
_WEEK = timedelta(days=7)
_LATE = timedelta(days=1)
"""After this the week is no longer news, even for a channel that is enabled on a Thursday."""
_NAMED = 10
_PREFIX = "digest:"
_COUNTED = {
    "asked": (OPENED,),
    "came": ("accepted",),
    "ended": ("ended", "removed", "gone"),
    "failed": ("failed",),
}


@dataclass(frozen=True, slots=True)
class Digest:
    """Writes the week's event once, when it is due. Raises LogUnavailable."""

    outbox: Outbox
    people: Callable[[int, int], PeopleSummary]
    seats: Callable[[], SeatCount | None]
    clock: Clock

    def __call__(self) -> None:
        """On most days there is nothing to write."""
        now = self.clock()
        monday = datetime.combine(now.date() - timedelta(days=now.weekday()), _AT, now.tzinfo)
        if not monday <= now < monday + _LATE:
            return
        name = f"{_PREFIX}{monday:%G-W%V}"
        raised = self.outbox.alarms()
        if name in raised:
            return
        if self.outbox.raise_alarm(name, "digest", now, Due(data=self._week(monday))):
            for old in raised:
                if old.startswith(_PREFIX):
                    self.outbox.end_alarm(old)

    def _week(self, until: datetime) -> dict[str, Any]:
        counted = self.outbox.count_events(until - _WEEK, until)
        week: dict[str, Any] = {
            name: sum(counted.get(kind, 0) for kind in kinds) for name, kinds in _COUNTED.items()
        }
        summary = self.people(_WEEK.days, _NAMED)
        week["ends_soon"] = [one.name for one in summary.ends_soon if one.until >= until]
        seats = self.seats()
        if seats is not None:
            week |= {"used": seats.used, "pending": seats.pending, "limit": seats.limit}
        return week
