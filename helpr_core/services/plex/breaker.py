"""Keeps an outage of plex.tv from costing every friend ten seconds.

Everybody may call until plex.tv is in trouble: after a few quick failures, after the first call
that timed out, or when plex.tv asks for patience. Then a time is stored for all workers, and nobody
calls until then: requests are queued at once. After it, each worker may call again with one thread:
an answer ends the pause, another failure doubles it. The owner may call at any time, and an answer
then ends the pause as well.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from helpr_core.clock import Clock, is_ahead
from helpr_core.errors import StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.kept import Kept
from helpr_core.services.documents import Document
from helpr_core.services.plex.errors import (
    PlexAnswerLost,
    PlexError,
    PlexLimited,
    PlexListsNothing,
    PlexPaused,
    PlexTrouble,
    PlexUnauthorized,
    PlexUnavailable,
)
from helpr_core.services.ports import PLEX, StateStore

log = logging.getLogger(__name__)

KEY = "breaker"
ENOUGH = 3
"""Quick failures in a row of one worker."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(minutes=15)
"""The longest pause, however much patience plex.tv asks for."""
PROBE = timedelta(minutes=2)
"""How long others wait for the thread that probes: no attempt takes longer."""
_FRESH = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Pause:
    """Why and since when plex.tv is not called, and until when (aware UTC).

    The wait doubles with each failure; `noted_at` is when `until` was set.
    """

    code: str
    since: datetime
    until: datetime
    wait_seconds: float
    noted_at: datetime

    def refusal(self) -> PlexPaused:
        """The error for callers that would call plex.tv now."""
        # Nothing is sent now, so no answer can be lost, whatever caused the pause.
        lost = self.code == PlexAnswerLost.code
        return PlexPaused(self.until, PlexUnavailable.code if lost else self.code)

    def is_over(self, now: datetime) -> bool:
        """Whether plex.tv may be called again; also true if a clock that was ahead set it."""
        return self.until <= now or is_ahead(self.noted_at, now)


def _with_its_time(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The previous version did not store when it was noted."""
    return {"noted_at": value.get("since"), **value}


_DOCUMENT = Document(PLEX, KEY, Pause, _with_its_time)


class CircuitBreaker:
    """Shared by all workers through the state store; each knows its own failures at once.

    While all is well, a worker reads the store every fifteen seconds. While the store is down, each
    worker goes by what it knows.
    """

    def __init__(self, state: StateStore, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._lock = Lock()
        self._kept = Kept("breaker", self._read, _FRESH, clock)
        self._failures = 0

    @contextmanager
    def guard(self, *, for_owner: bool = False) -> Iterator[None]:
        """Wraps calls to plex.tv; raises PlexPaused instead of entering during a pause.

        The owner is never kept out. It learns from the PlexError raised in the block, or from its
        absence.
        """
        probed = self._enter(for_owner=for_owner)
        try:
            yield
        except PlexError as exc:
            # A refused token is a quick answer, and the owner can fix it at any moment:
            # no reason to make anybody wait. Nor is a list with nothing in it.
            quick = isinstance(exc, PlexUnauthorized | PlexListsNothing)
            if isinstance(exc, PlexTrouble) and not quick:
                self._note_failure(exc, probed, for_owner=for_owner)
            else:
                self._note_answer(probed)
            raise
        self._note_answer(probed)

    def may_ask(self) -> bool:
        """Whether `guard` would admit a call now, as far as this worker knows."""
        pause = self._kept.get()
        return pause is None or pause.is_over(self._clock())

    def read(self) -> Pause | None:
        """The pause as stored now, None if there is none. Raises StateUnavailable."""
        return self._know(_DOCUMENT.find(self._state).value)

    def _enter(self, *, for_owner: bool) -> Pause | None:
        """The pause that an answer ends: the one noted by the entering thread, or found for the
        owner. None if everybody may call."""
        pause = self._kept.get()
        if pause is None:
            return None
        now = self._clock()
        if not for_owner and not pause.is_over(now):
            raise pause.refusal()
        try:
            stored = _DOCUMENT.find(
                self._state
            ).value  # it may have been ended, or prolonged, since it was read
        except StateUnavailable:
            stored = pause
        if stored is None:
            self._know(None)
        elif not for_owner or stored.is_over(now):
            return self._probe(stored)
        return stored

    def _probe(self, pause: Pause) -> Pause:
        """Let one thread of this worker call, and have all others wait for the result.

        Workers that read the end of a pause at the same time all call, one thread each.
        """
        now = self._clock()
        taken = replace(pause, until=now + PROBE, noted_at=now)
        with self._lock:
            for each in (pause, self._kept.last):
                if each is not None and not each.is_over(now):
                    raise each.refusal()
            self._kept.put(taken)
        try:
            _DOCUMENT.put(self._state, taken)
        except StateUnavailable as exc:
            log.warning("asked again without telling other workers reason=%s", exc)
        return taken

    def _note_answer(self, probed: Pause | None) -> None:
        self._failures = 0
        if probed is None:
            # Nor does an answer to a question asked before the pause end it: plex.tv may
            # have asked for patience since.
            return
        log.warning("plex.tv answers again")
        try:
            stored = _DOCUMENT.find(self._state).value
            if stored is not None and stored != probed:
                return  # another's, which is read within seconds
            self._state.delete(PLEX, KEY)
        except StateUnavailable as exc:
            log.warning("end of the pause not stored reason=%s", exc)
        self._know(None)

    def _note_failure(self, error: PlexTrouble, probed: Pause | None, *, for_owner: bool) -> None:
        with self._lock:
            self._failures += 1
            in_a_row = self._failures
        asked_for = timedelta(seconds=error.retry_after_seconds or 0)
        at_once = isinstance(error, PlexLimited) or error.timed_out or bool(asked_for)
        if probed is None and not at_once and in_a_row < ENOUGH:
            return
        now = self._clock()
        since, wait = now, FIRST_WAIT
        if probed is not None:
            since = probed.since
            wait = timedelta(seconds=probed.wait_seconds)
            wait = wait if for_owner else min(wait * 2, LONGEST_WAIT)
        span = max(wait, min(asked_for, LONGEST_PAUSE))
        log.warning("plex.tv is not asked for %d s reason=%s", span.total_seconds(), error.code)
        mine = None if for_owner else probed
        pause = Pause(error.code, since, now + span, wait.total_seconds(), now)
        self._know(self._pause(pause, mine))

    def _pause(self, pause: Pause, mine: Pause | None) -> Pause:
        """Store it, unless another worker's lasts longer: plex.tv's Retry-After is obeyed."""
        try:
            stored = _DOCUMENT.find(self._state).value
            if (
                stored is not None
                and stored != mine
                and stored.until >= pause.until
                and not stored.is_over(pause.noted_at)
            ):
                return stored
            _DOCUMENT.put(self._state, pause)
        except StateUnavailable as exc:
            log.warning("pause not stored reason=%s", exc)
        return pause

    def _read(self) -> Pause | None:
        try:
            pause = _DOCUMENT.find(self._state).value
        except StateUnavailable:
            return self._kept.last
        self._note_end(pause)
        return pause

    def _know(self, pause: Pause | None) -> Pause | None:
        self._note_end(pause)
        return self._kept.put(pause)

    def _note_end(self, pause: Pause | None) -> None:
        """It has ended, here or elsewhere: the count starts again."""
        if pause is None and self._kept.last is not None:
            self._failures = 0
