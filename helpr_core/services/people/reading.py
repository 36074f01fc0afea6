"""Reading plex.tv's lists of people into the record, when it is due or when somebody asks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from helpr_core.clock import Clock, is_recent
from helpr_core.domain.people_reading import Reading, Verdict, failed
from helpr_core.errors import PlexError, StateUnavailable
from helpr_core.services.people.ports import LastReading, PeopleLog, PeopleSource
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.ports import PLEX, StateStore

log = logging.getLogger(__name__)

OFTEN = timedelta(minutes=15)
SELDOM = timedelta(hours=6)
LOOKED_FOR = timedelta(minutes=15)
"""How long somebody who opened the page counts as looking."""
_LOOKED = "people-looked"
_NOTED_AGAIN = timedelta(minutes=1)


class PeopleReading:
    """`servers` gives the machine identifiers of the servers that Helpr looks after."""

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
        """Read now and take in what was read: two calls. Whatever plex.tv says is in the result.

        With `confirm` the owner says that what the last suspicious list lacked is gone.
        Raises LogUnavailable, and SetupRequired where nobody knows which server it is about.
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

    def refresh_if_due(self, *, something_is_due: bool) -> Reading | None:
        """The same where the last reading is old: how old, depends on who needs it."""
        last = self._people.last_reading()
        if self._is_fresh(last, something_is_due=something_is_due):
            return None
        return self.refresh() if self._breaker.may_ask() else None

    def note_look(self) -> None:
        """Somebody looks at the page: it is read more often for a while."""
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
