"""Conditions rather than events: each is reported once, when it begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from helpr_core.clock import Clock
from helpr_core.errors import StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.notices.ports import Due, Outbox
from helpr_core.services.plex.errors import PlexUnauthorized
from helpr_core.services.plex.seats import SeatCount
from helpr_core.services.upkeep.runs import Runs

LONG = timedelta(hours=1)
"""How long a request waits for Plex before the owner is notified."""
MANY_SEATS = 90
_FEW_AGAIN = 85
"""Reported again only after the number was lower: one person coming and going is not news."""
TOKEN, SEATS, LATE_ALARM = "token_refused", "seats", "housekeeping_late"


@dataclass(frozen=True, slots=True)
class Watch:
    """Raises and ends alarms. `seats` is what is known about them without calling Plex."""

    outbox: Outbox
    seats: Callable[[], SeatCount | None]
    runs: Callable[[], Runs]
    clock: Clock

    def __call__(self, *, from_housekeeping: bool) -> None:
        """Check all conditions. Raises LogUnavailable."""
        raised = self.outbox.alarms()
        self._token_and_waiting(set(raised))
        self._seats(raised=SEATS in raised)
        self._housekeeping(raised=LATE_ALARM in raised, runs_now=from_housekeeping)

    def _token_and_waiting(self, raised: set[str]) -> None:
        now = self.clock()
        queued = self.outbox.queued(now)
        refused = any(one["error_code"] == PlexUnauthorized.code for one in queued)
        if refused and TOKEN not in raised:
            self.outbox.raise_alarm(TOKEN, "token_refused", now, Due(code=PlexUnauthorized.code))
        elif not refused and TOKEN in raised:
            self.outbox.end_alarm(TOKEN)
        for one in queued:
            name, since = f"waiting:{one['request_id']}", one["queued_since"]
            if since is not None and now - since >= LONG and name not in raised:
                about = Due(request_id=one["request_id"], code=one["error_code"])
                self.outbox.raise_alarm(name, "waiting", now, about)
        waiting = {f"waiting:{one['request_id']}" for one in queued}
        for name in raised:
            if name.startswith("waiting:") and name not in waiting:
                self.outbox.end_alarm(name)

    def _seats(self, *, raised: bool) -> None:
        count = self.seats()
        if count is None:
            return
        taken = count.used + count.pending
        if taken >= MANY_SEATS and not raised:
            data = {"used": count.used, "pending": count.pending, "limit": count.limit}
            self.outbox.raise_alarm(SEATS, "seats", self.clock(), Due(data=data))
        elif taken < _FEW_AGAIN and raised:
            self.outbox.end_alarm(SEATS)

    def _housekeeping(self, *, raised: bool, runs_now: bool) -> None:
        """Housekeeping cannot report that it does not run; other code has to."""
        if runs_now:
            if raised:
                self.outbox.end_alarm(LATE_ALARM)
            return
        try:
            last = self.runs().last()
        except StateUnavailable:
            return  # unknown, and the overview says why
        if last.is_late(self.clock()) and not raised:
            self.outbox.raise_alarm(LATE_ALARM, "housekeeping_late", self.clock(), Due())
