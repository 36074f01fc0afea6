"""What is known about the owner's server: from memory, the state store, or plex.tv."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import field
from datetime import timedelta
from threading import Lock

from helpr_core.clock import Clock
from helpr_core.domain.plex import Server
from helpr_core.domain.server_list import Doubt, missing_from, weigh
from helpr_core.errors import StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.kept import Kept
from helpr_core.once import Once
from helpr_core.patience import seconds_left
from helpr_core.services.documents import Document
from helpr_core.services.plex.errors import PlexListsNothing, PlexServerUnknown, PlexUnavailable
from helpr_core.services.ports import PLEX, MediaServer, StateStore
from helpr_core.shapes import FLAT
from helpr_core.texts import Message

log = logging.getLogger(__name__)

_FRESH = timedelta(minutes=1)
"""How long a worker keeps what it has read: what another learns reaches all."""

_TURN_SECONDS = 20.0
_ASK_AGAIN = timedelta(minutes=1)
_OLD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Known:
    """The server as known, and what is doubtful about plex.tv's last answer."""

    server: Server = field(metadata=FLAT)
    doubt: Doubt | None = None


class ServerCatalog:
    """Keeps the server for the worker and, through the state store, for the next one.

    `key` stands for the server and the account in the state store, so that another server name or
    another plex.tv does not get the first one's data.

    A single answer from plex.tv does not outweigh what is known: see `domain.server_list`.
    """

    def __init__(self, media: MediaServer, state: StateStore, key: str, clock: Clock) -> None:
        self._media = media
        self._state = state
        self._document = Document(PLEX, key, Known)
        self._clock = clock
        self._lock = Lock()
        self._kept = Kept("server", self._stored, _FRESH, clock)
        self._asked = Once(self._first)
        self.not_found: PlexServerUnknown | PlexListsNothing | None = None
        """Why this worker knows no server although plex.tv answered."""

    def known(self, *, fresh: bool = False) -> Server | None:
        """The server without calling plex.tv; None if nobody has asked yet.

        With `fresh`, as all workers know it now, not as this one has known it for a minute.
        """
        known = self._known(fresh=fresh)
        return known.server if known else None

    def doubt(self) -> Doubt | None:
        """What plex.tv's last answer lacked, while that is in doubt; without a call."""
        known = self._known()
        return known.doubt if known else None

    def server(self) -> Server:
        """The server; plex.tv is called only if neither memory nor store has it."""
        known = self._known()
        if known is not None:
            return known.server
        return self._asked.get().server  # threads of a cold worker call plex.tv once

    def refresh(self) -> Server:
        """Ask plex.tv again: for the libraries, or for everything when the server is gone.

        Returns what counts from now on; `doubt` says what the answer lacked.
        """
        with self._turn():
            return self._refreshed()[0]

    def second_opinion(self) -> Server:
        """What plex.tv says now, trusted or not: for an invite that it has just refused.

        Raises PlexListsNothing for an answer that nothing can be compared with.
        """
        with self._turn():
            _, answer = self._refreshed()
        if not answer.libraries:
            raise PlexListsNothing
        return answer

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One at a time; a caller behind a slow plex.tv waits no longer than for its own call."""
        if not self._lock.acquire(timeout=seconds_left(_TURN_SECONDS)):
            raise PlexUnavailable(Message("plex.others_asking"), timed_out=True)
        try:
            yield
        finally:
            self._lock.release()

    def look_again(self) -> None:
        """Ask plex.tv again if the last answer was doubtful a minute ago, or is an hour old."""
        known, now = self._known(), self._clock()
        if known is None:
            return
        last, wait = known.server.fetched_at, _OLD
        if known.doubt is not None:
            last, wait = known.doubt.last, _ASK_AGAIN
        if not timedelta() <= now - last < wait:  # also where a clock was set back
            self.refresh()

    def _refreshed(self) -> tuple[Server, Server]:
        """What counts now, and what was answered. Call it with the lock held."""
        known = self._kept.last or self._stored()
        if known is None:
            server = self._first().server
            return server, server
        answer = self._answer(known.server)
        if missing_from(answer, known.server):
            log.warning("plex.tv's list lacks libraries, asked once more")
            answer = self._answer(known.server)
        if not answer.libraries and answer.machine_identifier != known.server.machine_identifier:
            raise PlexListsNothing
        server, doubt = weigh(answer, known.server, known.doubt)
        if doubt is not None:
            log.warning("plex.tv's list not believed missing=%d", len(doubt.missing))
        return self._keep(Known(server, doubt)).server, answer

    def _answer(self, known: Server) -> Server:
        """The libraries of the known server, or of its replacement if it is gone.

        It is gone only if plex.tv says so twice in a row: a namesake could be another server.
        """
        with suppress(PlexServerUnknown):
            return self._media.fetch_libraries(known)
        try:
            return self._media.fetch_libraries(known)
        except PlexServerUnknown:
            # A server that was set up again has a new machine identifier.
            return self._media.fetch_server(known.machine_identifier)

    def _first(self) -> Known:
        """Nothing is known yet: plex.tv's answer must at least not be empty."""
        try:
            server = self._found()
        except (PlexServerUnknown, PlexListsNothing) as exc:
            self.not_found = exc
            raise
        self.not_found = None
        return self._keep(Known(server))

    def _found(self) -> Server:
        try:
            server = self._media.fetch_server()
        except PlexServerUnknown:
            server = self._media.fetch_server()  # it may be missing in one answer only
        if not server.libraries:
            server = self._media.fetch_libraries(server)
        if not server.libraries:
            raise PlexListsNothing
        return server

    def _known(self, *, fresh: bool = False) -> Known | None:
        known = self._kept.renew() if fresh else self._kept.get()
        if known is None:
            self._kept.expire()  # another worker may get to know it at any moment
        return known

    def _keep(self, known: Known) -> Known:
        self._kept.put(known)
        try:
            self._document.put(self._state, known)
        except StateUnavailable as exc:
            # The next cold worker asks plex.tv itself; this one is fine.
            log.warning("server not stored reason=%s", exc)
        return known

    def _stored(self) -> Known | None:
        """From the state store, or else as last known to this worker."""
        try:
            known = self._document.find(self._state).value
        except StateUnavailable as exc:
            log.warning("stored server not read reason=%s", exc)
            return self._kept.last
        # An earlier version trusted, and stored, an answer without libraries.
        return known if known and known.server.libraries else self._kept.last
