"""What has to be done every few minutes: the queue, the inbox, what died, what is old.

Safe when two run at once and when one dies midway: rows are claimed in the database, one
worker each, and whoever dies with one leaves it `pending`, to be found out about later.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from helpr_core.clock import Clock
from helpr_core.domain.audit import REFUSED
from helpr_core.domain.requests import STALE_AFTER, InviteRequest, Status
from helpr_core.errors import (
    BackupFailed,
    HelprError,
    PlexLimited,
    PlexTrouble,
    PlexUnauthorized,
    SchemaBehind,
    SetupRequired,
    StateUnavailable,
)
from helpr_core.patience import within
from helpr_core.services.backup.folder import BackupFolder
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.ports import (
    KINDS,
    AuditLog,
    Entry,
    InviteQueue,
    MediaServer,
    StateStore,
)
from helpr_core.services.requests.attempt import Attempt
from helpr_core.services.requests.inbox import Inbox
from helpr_core.services.site.settings import StoredSettings
from helpr_core.services.upkeep.database_due import DatabaseDue, Look
from helpr_core.services.upkeep.pace import Pace
from helpr_core.services.upkeep.runs import Report, Runs

log = logging.getLogger(__name__)

_WORK_SECONDS = 100.0
"""After that nothing new is begun."""
_PLEX_SECONDS = 130.0
"""Nor is plex.tv waited for after that. What is left to write may take the stores half a minute
at their worst, and the Functions host ends all of it after three (functionTimeout in host.json)."""
_QUEUE_SECONDS = 85.0
_PACE_SECONDS = 0.1
"""From one invite to the next at the quickest; see Pace."""
_AFTER_TROUBLE = timedelta(seconds=30)
_SLOW_TROUBLES = frozenset({PlexUnauthorized.code, SetupRequired.code})
"""They last until the owner does something: the next run comes as ever."""
_LOOK_BACK = timedelta(days=30)
_LOOKED_AT = 500
_BATCH = 500
_PURGE_SECONDS = 20.0
_PURGED_AT_ONCE = 5000
_AUDIT_AT_LEAST = timedelta(days=365)
_REFUSALS_KEPT = timedelta(days=90)
_UNEXPECTED = "unexpected"
_LEFT = "left"
_WITHOUT_DATABASE = frozenset({"inbox", "expiry"})
"""The steps that open the database only where they find something for it."""

_COUNTED_AS = {
    Status.SUCCESS: "sent",
    Status.FAILED: "failed",
    Status.QUEUED: "queued_again",
    Status.AWAITING_APPROVAL: "awaiting_approval",
}


class Parts(Protocol):
    """What it works on. As methods: a step that cannot build its part fails alone."""

    def inbox(self) -> Inbox:
        """The requests that wait for the database."""

    def invite_queue(self) -> InviteQueue:
        """The requests that wait for Plex."""

    def attempt(self) -> Attempt:
        """One try."""

    def media(self) -> MediaServer:
        """plex.tv."""

    def catalog(self) -> ServerCatalog:
        """The server."""

    def breaker(self) -> CircuitBreaker:
        """Whether plex.tv is asked."""

    def site_settings(self) -> StoredSettings:
        """How long things are kept."""

    def audit_log(self) -> AuditLog:
        """What the owner did."""

    def state(self) -> StateStore:
        """The state store."""

    def upgrade_database(self) -> None:
        """Bring a long database up to date, however long it takes."""

    def database_due(self) -> DatabaseDue:
        """Whether the database is to be opened."""

    def housekeeping_runs(self) -> Runs:
        """The runs, this one included."""

    def backup_folder(self) -> BackupFolder | None:
        """Where a backup is made every day, if anywhere."""


class Housekeeping:
    """Call it; each step does what it can, whatever becomes of the others."""

    def __init__(
        self,
        parts: Parts,
        clock: Clock,
        *,
        seconds: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._parts = parts
        self._clock = clock
        self._seconds = seconds
        self._wait = wait
        # What died comes last: a row that kills its worker stops nothing but its own step.
        self._steps: dict[str, Callable[[Counter[str], float], None]] = {
            "inbox": self._drain_inbox,
            "server": self._look_again,
            "queue": self._work_queue,
            "acceptances": self._mark_accepted,
            "retention": self._delete_old,
            "expiry": self._purge_expired,
            "backup": self._back_up,
            "interrupted": self._settle_stale,
        }

    def __call__(self) -> Report | None:
        """One run; None when another is under way or just over."""
        lease: Entry | None = None
        try:
            lease = self._parts.housekeeping_runs().begin()
            if lease is None:
                return None
        except StateUnavailable as exc:
            log.warning("housekeeping without a lease reason=%s", exc)
        return self.run(lease, self._parts.database_due().look())

    def run(self, lease: Entry | None = None, look: Look | None = None) -> Report:
        """One run, whoever else is at it; without a look, the whole of it."""
        started_at, until = self._clock(), self._seconds() + _WORK_SECONDS
        counts: Counter[str] = Counter()
        failures: dict[str, str] = {}
        told: dict[str, tuple[str, str]] = {}
        try:
            for name, step in self._steps.items():
                if name not in _WITHOUT_DATABASE and not _is_due(look, counts):
                    continue
                failures[name] = _UNEXPECTED  # which it stays when something else is raised
                try:
                    with within(until - _WORK_SECONDS + _PLEX_SECONDS - self._seconds()):
                        self._take(step, counts, until)
                    del failures[name]
                except BackupFailed as exc:
                    log.warning("step failed step=%s reason=%s: %s", name, exc.code, exc)
                    failures[name], told[name] = exc.code, (str(exc), exc.fix)
                except HelprError as exc:
                    log.warning("step failed step=%s reason=%s", name, exc.code)
                    failures[name] = exc.code
            if look is not None and _is_due(look, counts) and not failures:
                self._settle(look)
        finally:
            next_at = None if "queue" in failures else self._next_at(counts)
            report = Report(started_at, self._clock(), dict(counts), failures, next_at, told)
            self._parts.housekeeping_runs().finish(report, lease)
        return report

    def _take(
        self, step: Callable[[Counter[str], float], None], counts: Counter[str], until: float
    ) -> None:
        try:
            step(counts, until)
        except SchemaBehind:
            # It would have kept a friend waiting. Here nobody waits, and what was kept
            # meanwhile is drained afterwards.
            self._parts.upgrade_database()
            step(counts, until)

    def _next_at(self, counts: Counter[str]) -> datetime | None:
        """When the next run is to follow, where something waits for it; None: as ever."""
        if not counts.pop(_LEFT, 0):
            return None
        try:
            opening = self._parts.breaker().read()
        except StateUnavailable:
            return None
        if opening is not None:
            return opening.until
        troubled = counts.get(_COUNTED_AS[Status.QUEUED], 0)
        return self._clock() + (_AFTER_TROUBLE if troubled else timedelta())

    def _settle(self, look: Look) -> None:
        try:
            next_due = self._parts.invite_queue().next_due()
        except HelprError as exc:
            log.warning("next look not known reason=%s", exc.code)
            return
        self._parts.database_due().settle(look, next_due)

    def _drain_inbox(self, counts: Counter[str], until: float) -> None:
        counts["drained"] += self._parts.inbox().drain(until)

    def _look_again(self, _counts: Counter[str], _until: float) -> None:
        """Read the server's libraries where the last answer was doubtful, or is old."""
        if not self._parts.breaker().may_ask():
            return
        try:
            self._parts.catalog().look_again()
        except PlexTrouble as exc:  # what is known stands, and the next run asks again
            log.warning("libraries not read again reason=%s", exc.code)

    def _work_queue(self, counts: Counter[str], until: float) -> None:
        """Every row that is due, until there is no more or plex.tv is in trouble."""
        until -= _WORK_SECONDS - _QUEUE_SECONDS
        if self._parts.invite_queue().mend_times(self._clock()):
            log.warning("the clock was set back: what it had put off is due")
        pace: Pace | None = None
        begun_at, taken = self._seconds(), 0
        counts[_LEFT] += 1
        while self._seconds() < until and self._parts.breaker().may_ask():
            asked_at = self._seconds()
            row = self._parts.invite_queue().claim_due(self._clock())
            if row is None:
                del counts[_LEFT]
                return
            settled = self._count(self._parts.attempt()(row), counts)
            pace = pace or Pace(self._parts.state(), self._clock)
            if settled.status is Status.QUEUED:
                self._note_trouble(settled, pace, taken, self._seconds() - begun_at, counts)
                return
            taken += 1
            gap = pace.gap_seconds(_PACE_SECONDS) - (self._seconds() - asked_at)
            if gap > 0:
                self._wait(min(gap, max(until - self._seconds(), 0.0)))

    def _note_trouble(
        self, row: InviteRequest, pace: Pace, taken: int, seconds: float, counts: Counter[str]
    ) -> None:
        if row.error_code in _SLOW_TROUBLES:
            del counts[_LEFT]
        if row.error_code == PlexLimited.code:
            opening = self._parts.breaker().read()
            patience = (opening.until - self._clock()).total_seconds() if opening else 0.0
            pace.learn(taken, seconds + max(patience, 0.0))

    def _settle_stale(self, counts: Counter[str], until: float) -> None:
        """Rows whose worker died: found out at plex.tv, sent only where it knows nothing."""
        while self._seconds() < until:
            now = self._clock()
            row = self._parts.invite_queue().claim_stale(now - STALE_AFTER, now)
            if row is None:
                return
            log.warning("found interrupted request_id=%s", row.request_id)
            self._count(self._parts.attempt().after_a_death(row), counts)

    def _mark_accepted(self, counts: Counter[str], until: float) -> None:
        """Whose invitation was accepted: one call, and none while nobody is waited for."""
        now = self._clock()
        rows = self._parts.invite_queue().unaccepted(now - _LOOK_BACK, _LOOKED_AT)
        if not rows or not self._parts.breaker().may_ask() or self._seconds() >= until:
            return
        with self._parts.breaker().guard():
            shares = self._parts.media().list_shares(self._parts.catalog().server())
        accepted = {key for share in shares if share.accepted for key in share.identity_keys}
        found = [row.request_id for row in rows if row.identity_key in accepted]
        if found:
            counts["accepted"] += self._parts.invite_queue().mark_accepted(found, now)

    def _delete_old(self, counts: Counter[str], until: float) -> None:
        """What is older than the owner wants it kept; what the owner did, a year at least.

        What others did at the owner's door, 90 days in any case.
        """
        now = self._clock()
        _in_batches(
            lambda: self._parts.audit_log().delete_older(now - _REFUSALS_KEPT, _BATCH, REFUSED),
            "deleted_actions",
            counts,
            lambda: self._seconds() < until,
        )
        days = self._parts.site_settings().current().retention_days
        if not days:
            return
        kept = timedelta(days=days)
        _in_batches(
            lambda: self._parts.invite_queue().delete_older(now - kept, _BATCH),
            "deleted",
            counts,
            lambda: self._seconds() < until,
        )
        audit_before = now - max(kept, _AUDIT_AT_LEAST)
        _in_batches(
            lambda: self._parts.audit_log().delete_older(audit_before, _BATCH),
            "deleted_actions",
            counts,
            lambda: self._seconds() < until,
        )

    def _purge_expired(self, counts: Counter[str], until: float) -> None:
        """All that is past, as far as the time goes: strangers can make it many."""
        until = min(until, self._seconds() + _PURGE_SECONDS)
        for kind in KINDS:
            _in_batches(
                partial(self._parts.state().purge_expired, kind, _PURGED_AT_ONCE),
                "purged",
                counts,
                lambda: self._seconds() < until,
                _PURGED_AT_ONCE,
            )

    def _back_up(self, counts: Counter[str], until: float) -> None:
        folder = self._parts.backup_folder()
        if folder is not None and self._seconds() < until:
            counts["backups"] += folder()

    @staticmethod
    def _count(row: InviteRequest, counts: Counter[str]) -> InviteRequest:
        counts[_COUNTED_AS.get(row.status, row.status.value)] += 1
        return row


def _is_due(look: Look | None, counts: Counter[str]) -> bool:
    """Whether the database is opened; where the inbox had something for it, it is open anyway."""
    return look is None or look.is_due or bool(counts["drained"])


def _in_batches(
    delete: Callable[[], int],
    name: str,
    counts: Counter[str],
    may_go_on: Callable[[], bool],
    batch: int = _BATCH,
) -> None:
    """Until one is not full: no statement holds the table for long."""
    while may_go_on():
        deleted = delete()
        counts[name] += deleted
        if deleted < batch:
            return
