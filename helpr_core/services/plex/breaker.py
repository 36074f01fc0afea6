"""Keeps an outage of plex.tv from costing every friend ten seconds.

Closed, everybody may ask. After a few quick failures, after the first that somebody waited for
in vain, or when plex.tv asks for patience, it opens: requests are queued at once. When the wait
is over one caller, decided by the state store, asks again: an answer closes it, another failure
doubles the wait. The owner may ask at any time, and an answer closes it as well.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from helpr_core.clock import Clock
from helpr_core.errors import (
    EntryChanged,
    EntryExists,
    PlexAnswerLost,
    PlexError,
    PlexLimited,
    PlexListsNothing,
    PlexPaused,
    PlexTrouble,
    PlexUnauthorized,
    PlexUnavailable,
    StateUnavailable,
)
from helpr_core.services.ports import PLEX, Entry, StateStore

log = logging.getLogger(__name__)

KEY = "breaker"
ENOUGH = 3
"""Failures in a row of one worker, or within a minute of all workers together."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(minutes=15)
"""However much patience plex.tv asks for: then one caller asks again."""
PROBE = timedelta(minutes=2)
"""How long the one who asks again may take: no attempt takes longer. Whoever dies with it
is followed by another then."""

_FRESH = timedelta(seconds=15)
_CLOCKS_DIFFER = timedelta(minutes=1)
"""Those of two workers, at most."""
_FAILURES_KEY = "breaker-failures"
_FAILURES_SECONDS = 60
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Opening:
    """Why and since when plex.tv is not asked, and until when (aware UTC).

    `wait` doubles from one failure to the next; `span` is how far ahead `until` was when it
    was set: further ahead than that it is only for a clock that was set back meanwhile.
    """

    code: str
    since: datetime
    until: datetime
    wait: timedelta
    span: timedelta

    def refusal(self) -> PlexPaused:
        """For whoever would ask now."""
        # Nothing is sent now, so that no answer can be lost, whatever it was that opened it.
        lost = self.code == PlexAnswerLost.code
        return PlexPaused(self.until, PlexUnavailable.code if lost else self.code)

    def is_over(self, now: datetime) -> bool:
        """Whether somebody may ask again."""
        return not now < self.until <= now + self.span + _CLOCKS_DIFFER


@dataclass(frozen=True, slots=True)
class _Known:
    """What this worker knows, and since when; None: closed."""

    read_at: datetime
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class _Probe:
    """The right to ask again; `etag` is None where the state store did not decide it.

    `owners`: it is the owner who asks, before the time has come.
    """

    opening: Opening
    etag: str | None
    owners: bool = False


class CircuitBreaker:
    """Shared by all workers through the state store; each knows its own failures at once.

    While all is well a worker reads the store once in fifteen seconds. While the store is
    down each worker goes by what it knows.
    """

    def __init__(self, state: StateStore, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._lock = Lock()
        self._known: _Known | None = None
        self._failures = 0

    @contextmanager
    def guard(self, *, for_owner: bool = False) -> Iterator[None]:
        """Around what asks plex.tv; PlexPaused instead of entering while it is open.

        Nothing keeps the owner out. Learns from the PlexError that leaves the block, or from
        there being none.
        """
        probe = self._enter(for_owner=for_owner)
        try:
            yield
        except PlexError as exc:
            # A refused token is a quick answer, and stops being one when the owner mends it:
            # no reason to make anybody wait. Nor is a list with nothing in it.
            quick = isinstance(exc, PlexUnauthorized | PlexListsNothing)
            if isinstance(exc, PlexTrouble) and not quick:
                self._note_failure(exc, probe)
            else:
                self._note_answer(probe)
            raise
        self._note_answer(probe)

    def may_ask(self) -> bool:
        """Whether `guard` would let somebody in now, as far as this worker knows."""
        opening = self._current()
        return opening is None or opening.is_over(self._clock())

    def read(self) -> Opening | None:
        """The opening as it is stored now, None while closed. Raises StateUnavailable."""
        entry = self._state.get(PLEX, KEY)
        return self._know(_opening(entry) if entry else None)

    def _enter(self, *, for_owner: bool) -> _Probe | None:
        opening = self._current()
        if opening is None:
            return None
        if not opening.is_over(self._clock()):
            if for_owner:
                return self._owners_probe(opening)
            raise opening.refusal()
        try:
            return self._take_probe(opening)
        except StateUnavailable:
            return self._take_probe_alone(opening)

    def _current(self) -> Opening | None:
        known, now = self._known, self._clock()
        # Not by a clock that was set back: the store is read then.
        if known is not None and timedelta() <= now - known.read_at < _FRESH:
            return known.opening
        try:
            entry = self._state.get(PLEX, KEY)
        except StateUnavailable:
            opening = known.opening if known else None
        else:
            opening = _opening(entry) if entry else None
        with self._lock:
            if self._known is known:  # else somebody learned more while we were reading
                self._remember(now, opening)
            return self._known.opening if self._known else None

    def _take_probe(self, opening: Opening) -> _Probe | None:
        """The right to ask; None when it is closed by now; PlexPaused for all others."""
        for _ in range(_TRIES):
            entry, now = self._state.get(PLEX, KEY), self._clock()
            if entry is None:
                self._know(None)
                return None
            opening = _opening(entry)
            if not opening.is_over(now):
                break
            taken = replace(opening, until=now + PROBE, span=PROBE)
            try:
                entry = self._state.replace(PLEX, KEY, _stored(taken), entry.etag)
            except EntryChanged:
                continue
            self._know(taken)
            return _Probe(taken, entry.etag)
        self._know(opening)
        raise opening.refusal()

    def _take_probe_alone(self, opening: Opening) -> _Probe:
        """Without the store one thread of this worker asks, and not of all workers."""
        now = self._clock()
        taken = replace(opening, until=now + PROBE, span=PROBE)
        with self._lock:
            known = self._known
            if known and known.opening and not known.opening.is_over(now):
                raise known.opening.refusal()
            self._remember(now, taken)
        return _Probe(taken, None)

    def _owners_probe(self, opening: Opening) -> _Probe | None:
        """The owner asks at any time; an answer ends the opening that is there now."""
        try:
            entry = self._state.get(PLEX, KEY)
        except StateUnavailable:
            return _Probe(opening, None, owners=True)
        return _Probe(_opening(entry), entry.etag, owners=True) if entry else None

    def _note_answer(self, probe: _Probe | None) -> None:
        self._failures = 0
        if probe is None:
            # Nor does an answer to a question asked before the opening end it: plex.tv may
            # have asked for patience since.
            return
        log.warning("plex.tv answers again")
        if probe.etag is None:
            self._know(None)  # what the store has, somebody asks about who has the right from it
            return
        try:
            self._state.delete(PLEX, KEY, probe.etag)
        except EntryChanged:
            return  # another opened it meanwhile; it is read within seconds
        except StateUnavailable as exc:
            log.warning("end of the pause not stored reason=%s", exc)
        self._know(None)

    def _note_failure(self, error: PlexTrouble, probe: _Probe | None) -> None:
        with self._lock:
            self._failures += 1
            in_a_row = self._failures
        asked_for = timedelta(seconds=error.retry_after_seconds or 0)
        at_once = isinstance(error, PlexLimited) or error.timed_out or bool(asked_for)
        now = self._clock()
        since, wait = now, FIRST_WAIT
        if probe is not None:
            since, wait = probe.opening.since, probe.opening.wait
            if not probe.owners:
                wait = min(wait * 2, LONGEST_WAIT)
        elif not at_once and in_a_row < ENOUGH and self._failures_of_all() < ENOUGH:
            return
        span = max(wait, min(asked_for, LONGEST_PAUSE))
        opening = Opening(error.code, since, now + span, wait, span)
        seconds = span.total_seconds()
        log.warning("plex.tv is not asked for %d s reason=%s", seconds, error.code)
        try:
            self._open(opening, None if probe and probe.owners else probe)
        except StateUnavailable:
            self._know(opening)

    def _failures_of_all(self) -> int:
        try:
            return self._state.increment(PLEX, _FAILURES_KEY, 1, _FAILURES_SECONDS).value
        except StateUnavailable:
            return 0

    def _open(self, opening: Opening, probe: _Probe | None) -> None:
        """Store it, unless somebody else's lasts longer: plex.tv's patience is obeyed."""
        for _ in range(_TRIES):
            entry = self._state.get(PLEX, KEY)
            if entry is not None and (probe is None or entry.etag != probe.etag):
                there = _opening(entry)
                if there.until >= opening.until and not there.is_over(self._clock()):
                    self._know(there)
                    return
            try:
                if entry is None:
                    self._state.insert(PLEX, KEY, _stored(opening))
                else:
                    self._state.replace(PLEX, KEY, _stored(opening), entry.etag)
            except (EntryExists, EntryChanged):
                continue
            break
        self._know(opening)

    def _know(self, opening: Opening | None) -> Opening | None:
        with self._lock:
            self._remember(self._clock(), opening)
        return opening

    def _remember(self, now: datetime, opening: Opening | None) -> None:
        """Call it with the lock."""
        if opening is None and self._known is not None and self._known.opening is not None:
            self._failures = 0  # it was closed, here or elsewhere: the count starts anew
        self._known = _Known(now, opening)


def _stored(opening: Opening) -> dict[str, Any]:
    return {
        "code": opening.code,
        "since": opening.since.isoformat(),
        "until": opening.until.isoformat(),
        "wait_seconds": round(opening.wait.total_seconds()),
        "span_seconds": round(opening.span.total_seconds()),
    }


def _opening(entry: Entry) -> Opening:
    value: Mapping[str, Any] = entry.value
    return Opening(
        value["code"],
        datetime.fromisoformat(value["since"]),
        datetime.fromisoformat(value["until"]),
        timedelta(seconds=value["wait_seconds"]),
        timedelta(seconds=value.get("span_seconds", LONGEST_PAUSE.total_seconds())),
    )
