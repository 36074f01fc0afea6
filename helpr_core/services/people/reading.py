"""Reading plex.tv's lists of people into the record, when due or on request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from helpr_core.clock import Clock, is_recent
from helpr_core.domain.people import seats_of
from helpr_core.domain.people_reading import Reading, Verdict, failed
from helpr_core.errors import StateUnavailable
from helpr_core.services.people.ports import LastReading, PeopleLog, PeopleSource
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.plex.errors import PlexError, PlexServerUnknown, PlexUnexpected
from helpr_core.services.ports import PLEX, StateStore

log = logging.getLogger(__name__)

OFTEN = timedelta(minutes=15)
SELDOM = timedelta(hours=6)
LOOKED_FOR = timedelta(minutes=15)
"""How long somebody who opened the page counts as looking."""
_HOME = timedelta(hours=24)
"""How long it may take until a new member of the Plex Home is counted."""
_LOOKED = "people-looked"
_NOTED_AGAIN = timedelta(minutes=1)


class PeopleReading:
    """`servers` returns the machine identifiers of the servers that Helpr manages."""

    def __init__(
        self,
        source: PeopleSource,
        people: PeopleLog,
        servers: Callable[[], Sequence[str]],
        breaker: CircuitBreaker,
        state: StateStore,
        clock: Clock,
    ) -> None:
        self._source = source
        self._people = people
        self._servers = servers
        self._breaker = breaker
        self._state = state
        self._clock = clock
        self._noted_at = clock() - LOOKED_FOR

    def refresh(self, *, for_owner: bool = False, confirm: bool = False) -> Reading:
        """Read now and take in the result: two calls. Whatever plex.tv says is in the result.

        With `confirm` the owner says that what the last suspicious list lacked is gone. Raises
        LogUnavailable, and SetupRequired if the server is not known.
        """
        if confirm:
            self._people.confirm_doubt()
        began_at = self._clock()
        managed: Sequence[str] = ()
        try:
            with self._breaker.guard(for_owner=for_owner):
                managed = self._servers()
                lists = self._source.read_lists(managed)
        except PlexError as exc:
            log.warning("people not read reason=%s", exc.code)
            return self._people.take_in(failed(began_at, self._clock(), exc.code), managed)
        reading = Reading(began_at, self._clock(), Verdict.OK, lists=lists)
        reading = self._people.take_in(reading, managed)
        if not reading.is_plausible:
            log.warning("list of people looks wrong code=%s", reading.code)
        return reading

    def count_seats(self) -> tuple[int, int, datetime]:
        """Read now: people, invited, and when that was true. Raises PlexError's leaves.

        If the list cannot be trusted, it uses the last plausible one.
        """
        began_at = self._clock()
        with self._breaker.guard(for_owner=True):
            managed = self._servers()
            self._read_home(self._people.last_reading())
            lists = self._source.read_lists(managed)
        self._people.take_in(Reading(began_at, self._clock(), Verdict.OK, lists=lists), managed)
        last = self._people.last_reading()
        used, pending = last.seats or seats_of(lists.rows, last.home)
        return used, pending, last.read_at or self._clock()

    def read_home_if_due(self) -> None:
        """Read who is in the owner's Plex Home, once a day: one call."""
        last = self._people.last_reading()
        if not self._breaker.may_ask():
            return
        try:
            with self._breaker.guard():
                self._read_home(last)
        except PlexError as exc:
            log.warning("members of the Plex Home not read reason=%s", exc.code)

    def _read_home(self, last: LastReading) -> None:
        now = self._clock()
        if last.home_read_at is not None and is_recent(last.home_read_at, _HOME, now):
            return
        try:
            self._people.note_home(self._source.read_home(), now)
        except (PlexUnexpected, PlexServerUnknown) as exc:  # the list is gone: those known stay
            log.warning("members of the Plex Home not listed reason=%s", exc.code)
            self._people.note_home(last.home, now)

    def refresh_if_due(self, *, something_is_due: bool) -> Reading | None:
        """Refresh if the last reading is too old, which depends on who needs it."""
        last = self._people.last_reading()
        if self._is_fresh(last, something_is_due=something_is_due):
            return None
        return self.refresh() if self._breaker.may_ask() else None

    def note_look(self) -> None:
        """Somebody is looking at the page: the lists are read more often for a while."""
        now = self._clock()
        if is_recent(self._noted_at, _NOTED_AGAIN, now):
            return
        self._noted_at = now
        try:
            self._state.put(PLEX, _LOOKED, {}, now + LOOKED_FOR)
        except StateUnavailable as exc:
            log.warning("look not noted reason=%s", exc)

    def _is_fresh(self, last: LastReading, *, something_is_due: bool) -> bool:
        if last.began_at is None:
            return False
        is_wrong = last.verdict is not Verdict.OK
        often = something_is_due or is_wrong or self._somebody_looks()
        return is_recent(last.began_at, OFTEN if often else SELDOM, self._clock())

    def _somebody_looks(self) -> bool:
        try:
            return self._state.get(PLEX, _LOOKED) is not None
        except StateUnavailable:
            return False
