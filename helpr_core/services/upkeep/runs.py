"""One run of housekeeping at a time, and how the last one went: kept in the state store."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Any

from helpr_core.clock import Clock, is_ahead
from helpr_core.errors import EntryChanged, EntryExists, StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.documents import Document
from helpr_core.services.ports import SITE, Entry, StateStore
from helpr_core.shapes import FLAT
from helpr_core.texts import Words

log = logging.getLogger(__name__)

KEY = "housekeeping"
_LEASE_KEY = "housekeeping-lease"
_LEASE = timedelta(minutes=4)
"""Longer than a run can take (functionTimeout in host.json ends it before that)."""
_LATE = timedelta(minutes=15)
_FIRST_LATE = timedelta(hours=1)
"""Right after the set-up Helpr may not have been started yet."""
_ENOUGH = timedelta(minutes=2)
"""Several processes have the same timer: one that fires this soon after a run does nothing."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step failed: the error's code, what was found, and what to do about it.

    `since` is when it first failed without a success since. In `found` and `fix` the previous
    version has English sentences, without which it reads nothing.
    """

    code: str
    since: datetime
    words: Words
    advice: Words
    found: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One run; `failures` has the steps that failed.

    `next_at`: when the next one should follow, if the queue could not be emptied.
    """

    started_at: datetime
    finished_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, Failure] = field(default_factory=dict)
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Stored:
    """The last run's report, or since when the first one has been expected."""

    report: Report | None = field(default=None, metadata=FLAT)
    expected_since: datetime | None = None


def _with_words(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Earlier versions stored English, and before that the codes alone with words for a few."""
    told, since = value.get("told", {}), value.get("finished_at")
    failures = {}
    for step, failure in value.get("failures", {}).items():
        if isinstance(failure, str):
            found, fix = told.get(step, (failure, ""))
            failure = {"code": failure, "since": since, "found": found, "fix": fix}
        english = {"words": failure.get("found", ""), "advice": failure.get("fix", "")}
        failures[step] = {**english, **failure}
    return {**value, "failures": failures}


_DOCUMENT = Document(SITE, KEY, _Stored, _with_words)


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run, None before the first; `expected_since` is when one was first missed."""

    report: Report | None
    expected_since: datetime

    @property
    def at(self) -> datetime:
        """The time from which its age counts."""
        return self.report.finished_at if self.report else self.expected_since

    def is_late(self, now: datetime) -> bool:
        """Whether the next run is overdue."""
        return now - self.at > (_LATE if self.report else _FIRST_LATE)


class Runs:
    """The lease avoids duplicate work. Nothing depends on it: rows are claimed in the database."""

    def __init__(self, state: StateStore, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def begin(self) -> Entry | None:
        """A lease to pass to `finish`; None if another run is under way or has just ended.

        Raises StateUnavailable.
        """
        now = self._clock()
        lease = self._take_lease(now)
        if lease is None:
            return None
        report = self._report()
        if report is not None and _is_enough(report, now):
            self._release(lease)
            return None
        return lease

    def finish(self, report: Report, lease: Entry | None) -> Report:
        """Store the report, with each failure dated from its start. Never raises: the work is
        done."""
        try:
            if report.failures:
                report = replace(report, failures=self._dated(report.failures))
            _DOCUMENT.put(self._state, _Stored(report))
            if lease is not None:
                self._release(lease)
        except StateUnavailable as exc:
            log.warning("run not stored reason=%s", exc)
        return report

    def _dated(self, failures: Mapping[str, Failure]) -> dict[str, Failure]:
        last = self._report()
        before = last.failures if last else {}
        return {
            step: replace(failure, since=min(failure.since, before[step].since))
            if step in before
            else failure
            for step, failure in failures.items()
        }

    def last(self) -> LastRun:
        """The last run; the first call notes that one is expected. Raises StateUnavailable."""
        found, now = _DOCUMENT.find(self._state), self._clock()
        stored = found.value or _Stored()
        report, expected = stored.report, stored.expected_since
        if report is not None and not is_ahead(report.finished_at, now):
            return LastRun(report, report.finished_at)
        if report is None and expected is not None and not is_ahead(expected, now):
            return LastRun(None, expected)
        # The very first call, or a note from a clock that has been set back since.
        try:
            _DOCUMENT.swap(self._state, found, _Stored(expected_since=now))
        except EntryChanged:
            return self.last()
        return LastRun(None, now)

    def _report(self) -> Report | None:
        stored = _DOCUMENT.find(self._state).value
        return stored.report if stored else None

    def _take_lease(self, now: datetime) -> Entry | None:
        """The lease; None if another has it."""
        for _ in range(2):
            try:
                taken = {"taken_at": now.isoformat()}
                return self._state.insert(SITE, _LEASE_KEY, taken, now + _LEASE)
            except EntryExists:
                there = self._state.get(SITE, _LEASE_KEY)
            if there is None:
                continue  # given back at this moment
            if not is_ahead(there.expires_at or now, now + _LEASE):
                return None
            # Taken by a clock that has been set back since: nobody holds it that long.
            self._release(there)
        return None

    def _release(self, lease: Entry) -> None:
        try:
            self._state.delete(SITE, _LEASE_KEY, lease.etag)
        except EntryChanged:
            log.info("the lease was another's by now")


def _is_enough(report: Report, now: datetime) -> bool:
    if report.next_at is not None and report.next_at <= now:
        return False  # something is left to do
    return timedelta(0) <= now - report.started_at < _ENOUGH
