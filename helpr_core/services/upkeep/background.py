"""What the owner sees of the background work: queue, inbox, breaker, timer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from helpr_core.clock import Clock
from helpr_core.domain.advice import advise
from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.history import QueueState
from helpr_core.errors import BackupFailed, LogUnavailable, StateUnavailable, Unavailable
from helpr_core.frozen import dataclass
from helpr_core.services.backup.folder import BackupFolder
from helpr_core.services.notices.ports import ChannelLog
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.record_ports import InviteQueue
from helpr_core.services.requests.inbox import Inbox
from helpr_core.services.upkeep.notice_checks import NOTICES, notices_check
from helpr_core.services.upkeep.runs import Failure, Runs
from helpr_core.services.upkeep.sightings import Sightings
from helpr_core.texts import Message, Words, clauses, sentences

_DEAD = timedelta(hours=1)
_BACKUP_LATE = timedelta(days=2)
_BACKUP = "backup"
"""The check's name, and that of housekeeping's step."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Its sources are given as functions, because building a part may fail, too."""

    invite_queue: Callable[[], InviteQueue]
    inbox: Callable[[], Inbox]
    breaker: Callable[[], CircuitBreaker]
    housekeeping_runs: Callable[[], Runs]
    sightings: Callable[[], Sightings]
    settle_decisions: Callable[[], None]
    backup_folder: Callable[[], BackupFolder | None]
    channel_log: Callable[[], ChannelLog]
    names_channels: bool
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
            NOTICES: lambda: notices_check(
                self.channel_log().all(), self.clock(), some_named=self.names_channels
            ),
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
        if last.is_late(self.clock()):
            which = "late" if last.report else "never"
            # One's own computer, and its timer, may sleep at night; Azure has no reason to.
            dead = age > _DEAD and self.on_azure
            return Check(
                "housekeeping",
                Severity.ERROR if dead else Severity.WARNING,
                Message(f"check.housekeeping.{which}", age=age),
                Message("check.housekeeping.late_fix"),
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
                Message("check.housekeeping.failed", age=age, failures=self._told(failures)),
                sentences(
                    *dict.fromkeys(one.advice for one in failures.values()),
                    Message("check.housekeeping.again"),
                ),
            )
        return Check("housekeeping", Severity.OK, Message("check.housekeeping.ok", age=age))

    def _told(self, failures: Mapping[str, Failure]) -> Words:
        now = self.clock()
        return clauses(
            *(
                Message(
                    "check.housekeeping.failure", step=step, since=now - one.since, found=one.words
                )
                for step, one in failures.items()
            )
        )

    def _breaker(self) -> Check:
        pause = self.breaker().read()
        if pause is None:
            return Check("breaker", Severity.OK, Message("check.breaker.ok"))
        since = self.clock() - pause.since
        return Check(
            "breaker",
            Severity.WARNING,
            Message("check.breaker.paused", since=since, until=pause.until),
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
            return Check(_BACKUP, Severity.WARNING, exc.words, exc.fix)
        if report is not None and _BACKUP in report.failures:
            failure = report.failures[_BACKUP]
            return Check(_BACKUP, Severity.WARNING, failure.words, failure.advice)
        if newest is None:
            return Check(_BACKUP, Severity.OK, Message("check.backup.not_yet"))
        if self.clock().date() - newest > _BACKUP_LATE:
            return Check(
                _BACKUP,
                Severity.WARNING,
                Message("check.backup.old", day=newest),
                Message("check.backup.old_fix"),
            )
        return Check(_BACKUP, Severity.OK, Message("check.backup.ok", day=newest))

    def _inbox(self) -> Check:
        state = self.inbox().state()
        if not state.waiting or state.oldest is None:
            behind = Message("check.inbox.behind", count=state.behind)
            found = behind if state.behind else Message("check.inbox.ok")
            return Check("inbox", Severity.OK, found)
        oldest = self.clock() - state.oldest
        return Check(
            "inbox",
            Severity.WARNING,
            Message("check.inbox.waiting", count=state.waiting, oldest=oldest),
            Message("check.inbox.waiting_fix"),
        )

    def _decisions(self) -> Check:
        """Whether the owner's choices apply everywhere; what can be repaired is repaired on the
        way."""
        try:
            self.settle_decisions()
        except LogUnavailable as exc:
            told = Message("check.decisions.not_saved", because=exc.words)
            return Check(
                "decisions", Severity.WARNING, told, Message("check.decisions.not_saved_fix")
            )
        except StateUnavailable as exc:
            told = Message("check.decisions.no_copy", because=exc.words)
            return Check(
                "decisions", Severity.WARNING, told, Message("check.decisions.no_copy_fix")
            )
        return Check("decisions", Severity.OK, Message("check.decisions.ok"))


def _known(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except Unavailable as exc:
        return Check(
            name,
            Severity.WARNING,
            Message("check.not_known", because=exc.words),
            Message("check.not_known_fix"),
        )


def _queue(queue: QueueState, now: datetime) -> Check:
    found, fixes = [], []
    if queue.queued and queue.oldest:
        oldest = now - queue.oldest
        found.append(Message("check.queue.waiting", count=queue.queued, oldest=oldest))
        fixes.append(Message("check.queue.waiting_fix"))
    if queue.stale:
        found.append(Message("check.queue.stopped", count=queue.stale))
        fixes.append(Message("check.queue.stopped_fix"))
    if not found:
        return Check("queue", Severity.OK, Message("check.queue.ok"))
    return Check("queue", Severity.WARNING, clauses(*found), sentences(*fixes))
