"""What the owner sees of the things that run by themselves: queue, inbox, breaker, timer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from helpr_core.clock import Clock
from helpr_core.domain.advice import advise
from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.history import QueueState
from helpr_core.errors import BackupFailed, LogUnavailable, StateUnavailable, Unavailable
from helpr_core.services.backup.folder import BackupFolder
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.ports import InviteQueue
from helpr_core.services.requests.inbox import Inbox
from helpr_core.services.upkeep.runs import Failure, Runs
from helpr_core.services.upkeep.sightings import Sightings
from helpr_core.texts import Message, sentences

LATE = timedelta(minutes=15)
DEAD = timedelta(hours=1)
_BACKUP_LATE = timedelta(days=2)
_BACKUP = "backup"
"""The check's name, and that of housekeeping's step."""

_NOT_KNOWN = "Mend the store that does not answer, then look again."
_RUN_IT = (
    "Nothing is lost, but what waits goes on waiting. On Azure restart the Function App; "
    "anywhere, `python -m helpr_core housekeeping` runs it once."
)
_TRIED_AGAIN = "Each step is tried again every 5 minutes."
_NO_CHANGES = "Mend the database. Until then nothing is saved under Settings and Libraries."
_NO_COPY = (
    "Mend the state store; the copy is then written within 5 minutes. Until then workers read the "
    "database, and one that starts may go on with what was chosen before."
)
_NO_BACKUP = "Run `python -m helpr_core housekeeping`; it makes one, or says what is in the way."


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What it reads is given as functions: building a part may fail, too."""

    invite_queue: Callable[[], InviteQueue]
    inbox: Callable[[], Inbox]
    breaker: Callable[[], CircuitBreaker]
    housekeeping_runs: Callable[[], Runs]
    sightings: Callable[[], Sightings]
    settle_decisions: Callable[[], None]
    backup_folder: Callable[[], BackupFolder | None]
    clock: Clock
    on_azure: bool

    @property
    def looks(self) -> dict[str, Callable[[], Check]]:
        """The checks by name; none of them asks plex.tv."""
        looks: dict[str, Callable[[], Check]] = {
            "queue": self._queue,
            "housekeeping": self._housekeeping,
            "breaker": self._breaker,
            "inbox": self._inbox,
            "decisions": self._decisions,
            "ceilings": lambda: self.sightings().ceilings(),
            _BACKUP: self._backup,
        }
        return {name: partial(_known, name, look) for name, look in looks.items()}

    def checks(self) -> tuple[Check, ...]:
        """All of them."""
        return tuple(look() for look in self.looks.values())

    def _queue(self) -> Check:
        return _queue(self.invite_queue().state(), self.clock())

    def _housekeeping(self) -> Check:
        last = self.housekeeping_runs().last()
        age = self.clock() - last.at
        ago = f"{_length(age)} ago"
        if age > LATE:
            detail = f"ran last {ago}" if last.report else f"has not run since {ago}"
            # One's own computer sleeps at night, and its timer with it; Azure has no reason to.
            dead = age > DEAD and self.on_azure
            return Check(
                "housekeeping", Severity.ERROR if dead else Severity.WARNING, detail, _RUN_IT
            )
        if last.report is None:
            return Check("housekeeping", Severity.OK, Message("check.housekeeping.not_yet"))
        failures = {
            step: failure for step, failure in last.report.failures.items() if step != _BACKUP
        }  # a backup has a check of its own
        if failures:
            return Check(
                "housekeeping",
                Severity.WARNING,
                f"ran {ago}, but not all of it worked: {self._told(failures)}",
                " ".join(dict.fromkeys([*(one.fix for one in failures.values()), _TRIED_AGAIN])),
            )
        return Check("housekeeping", Severity.OK, Message("check.housekeeping.ok", age=age))

    def _told(self, failures: Mapping[str, Failure]) -> str:
        now = self.clock()
        return "; ".join(
            f"{step} has failed for {_length(now - one.since)} ({one.found})"
            for step, one in failures.items()
        )

    def _breaker(self) -> Check:
        pause = self.breaker().read()
        if pause is None:
            return Check("breaker", Severity.OK, Message("check.breaker.ok"))
        until = pause.until.astimezone(UTC)
        since = _length(self.clock() - pause.since)
        return Check(
            "breaker",
            Severity.WARNING,
            f"plex.tv is not asked: in trouble for {since}; tried again after {until:%H:%M:%S} UTC",
            sentences(Message("check.breaker.fix"), advise(pause.code)),
        )

    def _backup(self) -> Check:
        """Whether a backup was made when one was due: what the last try found, then the folder."""
        folder = self.backup_folder()
        if folder is None:
            return Check(_BACKUP, Severity.OK, Message("check.backup.off"))
        report = self.housekeeping_runs().last().report
        try:
            newest = folder.newest()
        except BackupFailed as exc:
            return Check(_BACKUP, Severity.WARNING, str(exc), exc.fix)
        if report is not None and _BACKUP in report.failures:
            failure = report.failures[_BACKUP]
            return Check(_BACKUP, Severity.WARNING, failure.found, failure.fix)
        if newest is None:
            return Check(_BACKUP, Severity.OK, Message("check.backup.not_yet"))
        if self.clock().date() - newest > _BACKUP_LATE:
            return Check(_BACKUP, Severity.WARNING, f"the newest is of {newest}", _NO_BACKUP)
        return Check(_BACKUP, Severity.OK, Message("check.backup.ok", day=newest))

    def _inbox(self) -> Check:
        state = self.inbox().state()
        if not state.waiting or state.oldest is None:
            return Check("inbox", Severity.OK, Message("check.inbox.ok"))
        since = _length(self.clock() - state.oldest)
        return Check(
            "inbox",
            Severity.WARNING,
            f"{_requests(state.waiting)} for the database, the oldest for {since}",
            "Once the database answers they go there by themselves, within 5 minutes.",
        )

    def _decisions(self) -> Check:
        """Whether what the owner chose counts everywhere; what can be mended is, on the way."""
        try:
            self.settle_decisions()
        except LogUnavailable as exc:
            told = f"what you chose counts, but cannot be changed: {exc}"
            return Check("decisions", Severity.WARNING, told, _NO_CHANGES)
        except StateUnavailable as exc:
            told = f"what you chose is saved, but its copy cannot be written: {exc}"
            return Check("decisions", Severity.WARNING, told, _NO_COPY)
        return Check("decisions", Severity.OK, Message("check.decisions.ok"))


def _known(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except Unavailable as exc:
        return Check(name, Severity.WARNING, f"not known: {exc}", _NOT_KNOWN)


def _queue(queue: QueueState, now: datetime) -> Check:
    found, fixes = [], []
    if queue.queued and queue.oldest:
        oldest = _length(now - queue.oldest)
        found.append(f"{_requests(queue.queued)} for Plex, the oldest for {oldest}")
        fixes.append("They are tried again by themselves; the reason stands in each.")
    if queue.stale:
        found.append(f"{queue.stale} stopped in the middle")
        fixes.append("Housekeeping finds out from plex.tv what became of those that stopped.")
    if not found:
        return Check("queue", Severity.OK, Message("check.queue.ok"))
    return Check("queue", Severity.WARNING, "; ".join(found), " ".join(fixes))


def _requests(count: int) -> str:
    return "1 request waits" if count == 1 else f"{count} requests wait"


def _length(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h"
