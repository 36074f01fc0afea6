"""That housekeeping runs, once at a time, and what the last run came to: in the state store."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Report:
    """One run. `failures` has the error's code for each step that failed, and `told`, of those
    that the owner can do something about, what was found and what to do.

    `next_at`: when the next one is to follow, where the queue could not be worked off.
    """

    started_at: datetime
    finished_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    next_at: datetime | None = None
    told: Mapping[str, tuple[str, str]] = field(default_factory=dict)


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

    def finish(self, report: Report, lease: Entry | None) -> None:
        """Keep what came of it; never raises: the work is done."""
        value = {
            "started_at": report.started_at.isoformat(),
            "finished_at": report.finished_at.isoformat(),
            "counts": dict(report.counts),
            "failures": dict(report.failures),
            "next_at": report.next_at.isoformat() if report.next_at else None,
            "told": {step: list(words) for step, words in report.told.items()},
        }
        try:
            self._state.put(SITE, KEY, value)
            if lease is not None:
                self._release(lease)
        except StateUnavailable as exc:
            log.warning("run not stored reason=%s", exc)

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


def _report(entry: Entry) -> Report | None:
    value: Mapping[str, Any] = entry.value
    if "finished_at" not in value:
        return None
    return Report(
        datetime.fromisoformat(value["started_at"]),
        datetime.fromisoformat(value["finished_at"]),
        value["counts"],
        value["failures"],
        datetime.fromisoformat(next_at) if (next_at := value.get("next_at")) else None,
        {step: (found, fix) for step, (found, fix) in value.get("told", {}).items()},
    )
