"""That housekeeping runs, once at a time, and how the last run went: kept in the state store."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from helpr_core.clock import Clock, is_ahead
from helpr_core.errors import EntryChanged, EntryExists, StateUnavailable
from helpr_core.services.ports import SITE, Entry, StateStore

log = logging.getLogger(__name__)

KEY = "housekeeping"
_LEASE_KEY = "housekeeping-lease"
_LEASE = timedelta(minutes=4)
"""Longer than a run can take (functionTimeout in host.json ends it after three minutes)."""
_ENOUGH = timedelta(minutes=2)
"""Several processes have the same timer: who comes so soon after a run leaves it at that."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step failed: the error's code, what was found, and what to do.

    `since` is when it failed first, with no success between that and now.
    """

    code: str
    since: datetime
    found: str
    fix: str


@dataclass(frozen=True, slots=True)
class Report:
    """One run; `failures` has the steps that failed.

    `next_at`: when the next one is to follow, where the queue could not be worked off.
    """

    started_at: datetime
    finished_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, Failure] = field(default_factory=dict)
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run, None before the first; `expected_since` is when one was first missed."""

    report: Report | None
    expected_since: datetime

    @property
    def at(self) -> datetime:
        """From when on the age counts."""
        return self.report.finished_at if self.report else self.expected_since


class Runs:
    """The lease saves double work. Nothing depends on it: rows are claimed in the database."""

    def __init__(self, state: StateStore, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def begin(self) -> Entry | None:
        """A lease to give to `finish`; None while another run is under way or just over.

        Raises StateUnavailable.
        """
        now = self._clock()
        lease = self._take_lease(now)
        if lease is None:
            return None
        stored = self._state.get(SITE, KEY)
        report = _report(stored) if stored else None
        if report is not None and _is_enough(report, now):
            self._release(lease)
            return None
        return lease

    def finish(self, report: Report, lease: Entry | None) -> Report:
        """Keep the report, with each failure dated from its beginning. Never raises: the work
        is done."""
        try:
            if report.failures:
                report = replace(report, failures=self._dated(report.failures))
            self._state.put(SITE, KEY, _stored(report))
            if lease is not None:
                self._release(lease)
        except StateUnavailable as exc:
            log.warning("run not stored reason=%s", exc)
        return report

    def _dated(self, failures: Mapping[str, Failure]) -> dict[str, Failure]:
        entry = self._state.get(SITE, KEY)
        last = _report(entry) if entry else None
        before = last.failures if last else {}
        return {
            step: replace(failure, since=min(failure.since, before[step].since))
            if step in before
            else failure
            for step, failure in failures.items()
        }

    def last(self) -> LastRun:
        """The last run; the first look notes that one is expected. Raises StateUnavailable."""
        entry = self._state.get(SITE, KEY)
        if entry is None:
            now = self._clock()
            try:
                self._state.insert(SITE, KEY, {"expected_since": now.isoformat()})
            except EntryExists:
                return self.last()
            return LastRun(None, now)
        report = _report(entry)
        last = (
            LastRun(report, report.finished_at)
            if report is not None
            else LastRun(None, datetime.fromisoformat(entry.value["expected_since"]))
        )
        now = self._clock()
        if not is_ahead(last.at, now):
            return last
        # Noted by a clock that has been set back since: one is expected from now on.
        self._state.put(SITE, KEY, {"expected_since": now.isoformat()})
        return LastRun(None, now)

    def _take_lease(self, now: datetime) -> Entry | None:
        """The lease; None where another has it."""
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
            # Taken by a clock that has been set back since: nobody holds it for so long.
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


def _stored(report: Report) -> dict[str, Any]:
    return {
        "started_at": report.started_at.isoformat(),
        "finished_at": report.finished_at.isoformat(),
        "counts": dict(report.counts),
        "next_at": report.next_at.isoformat() if report.next_at else None,
        "failures": {step: failure.code for step, failure in report.failures.items()},
        "told": {step: [one.found, one.fix] for step, one in report.failures.items()},
        "since": {step: one.since.isoformat() for step, one in report.failures.items()},
    }


def _report(entry: Entry) -> Report | None:
    value: Mapping[str, Any] = entry.value
    if "finished_at" not in value:
        return None
    return Report(
        datetime.fromisoformat(value["started_at"]),
        datetime.fromisoformat(value["finished_at"]),
        value["counts"],
        {step: _failure(step, value) for step in value["failures"]},
        datetime.fromisoformat(next_at) if (next_at := value.get("next_at")) else None,
    )


def _failure(step: str, value: Mapping[str, Any]) -> Failure:
    """As the version before stored it, too: only few had words, and none a beginning."""
    code = value["failures"][step]
    found, fix = value.get("told", {}).get(step, (code, ""))
    since = value.get("since", {}).get(step, value["finished_at"])
    return Failure(code, datetime.fromisoformat(since), found, fix)
