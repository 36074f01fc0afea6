"""When housekeeping must open the database next: a note in the state store.

A database with some free hours a month, or billed by the hour, goes to sleep when it is not used.
Checking the queue every five minutes would keep it awake day and night. So code that creates a row
which must be revisited notes that first, and housekeeping opens the database when a note or a row
says so, and every six hours in any case.
"""

from __future__ import annotations

import logging
from dataclasses import field
from datetime import datetime, timedelta
from uuid import UUID

from helpr_core.clock import Clock, is_ahead, is_recent
from helpr_core.domain.audit import Actor
from helpr_core.domain.requests import OPEN, InviteRequest, NewRequest, Note, Outcome
from helpr_core.domain.terms import Terms
from helpr_core.domain.transitions import Transition
from helpr_core.errors import EntryChanged, StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.documents import Document, Found
from helpr_core.services.ports import SITE, InviteLog, Opened, StateStore

log = logging.getLogger(__name__)

KEY = "database-due"
AT_LEAST_EVERY = timedelta(hours=6)
_NOTED_FOR = timedelta(minutes=5)
"""A worker that has just written the note need not do so again for the next request."""
_LOOK_AGAIN = 2 * _NOTED_FOR
"""Rows created meanwhile were not noted, so the database is opened once more this long after a
note."""


@dataclass(frozen=True, slots=True)
class Due:
    """The note: when the database is due, when a row was announced, and when all work was done."""

    due_at: datetime
    noted_at: datetime | None = None
    settled_at: datetime | None = None

    def is_of_another_time(self, now: datetime) -> bool:
        """Whether a clock that has been set back since wrote it: then its times are too late."""
        return any(at is not None and is_ahead(at, now) for at in (self.noted_at, self.settled_at))


_DOCUMENT = Document(SITE, KEY, Due)


@dataclass(frozen=True, slots=True)
class Look:
    """What a run found: whether to open the database, and the note that said so."""

    is_due: bool
    note: Found[Due] = field(default_factory=Found)


class DatabaseDue:
    """`apart`: the state store is separate from the database. If not, reading it wakes the database
    anyway, so that is always due and nothing is noted."""

    def __init__(self, state: StateStore, clock: Clock, *, apart: bool) -> None:
        self._state = state
        self._clock = clock
        self._apart = apart
        self._noted_at: datetime | None = None

    def expect(self) -> None:
        """Note, before a row is written, that the next run must look at it; never raises."""
        now = self._clock()
        if not self._apart or (self._noted_at and is_recent(self._noted_at, _NOTED_FOR, now)):
            return
        try:
            _DOCUMENT.put(self._state, Due(now, noted_at=now))
        except StateUnavailable as exc:
            log.warning("row not announced reason=%s", exc)
            return
        self._noted_at = now

    def look(self) -> Look:
        """Whether this run opens the database. Never raises: if unknown, it is due."""
        if not self._apart:
            return Look(is_due=True)
        try:
            found = _DOCUMENT.find(self._state)
        except StateUnavailable as exc:
            log.warning("database opened without a note reason=%s", exc)
            return Look(is_due=True)
        now, note = self._clock(), found.value
        is_due = note is None or now >= note.due_at or note.is_of_another_time(now)
        return Look(is_due, found)

    def settle(self, look: Look, next_due: datetime | None) -> None:
        """The database has been worked through; `next_due` is when the next row in it is due.

        Anything noted since the look stays. Never raises: what cannot be stored is due again.
        """
        if not self._apart:
            return
        now = self._clock()
        due_at = min(next_due or now + AT_LEAST_EVERY, now + AT_LEAST_EVERY)
        noted_at = look.note.value.noted_at if look.note.value else None
        if noted_at is not None and now < noted_at + _LOOK_AGAIN:
            due_at = min(due_at, noted_at + _LOOK_AGAIN)
        else:
            noted_at = None
        try:
            _DOCUMENT.swap(self._state, look.note, Due(due_at, noted_at, now))
        except EntryChanged:
            log.info("a row was announced meanwhile")
        except StateUnavailable as exc:
            log.warning("next look not noted reason=%s", exc)


class AnnouncingLog:
    """An InviteLog that notes each row before it is made or claimed.

    Noted first: a worker may die at any moment after the row is committed.
    """

    def __init__(self, inner: InviteLog, due: DatabaseDue) -> None:
        self._inner = inner
        self._due = due

    def open(self, new: NewRequest, by: Actor, *, afresh: bool = False) -> Opened:
        """As the port says."""
        self._due.expect()
        return self._inner.open(new, by, afresh=afresh)

    def change(
        self,
        request_id: UUID,
        transition: Transition,
        now: datetime,
        by: Actor,
        terms: Terms | None = None,
    ) -> InviteRequest | None:
        """As the port says."""
        if transition.after in OPEN:
            self._due.expect()
        return self._inner.change(request_id, transition, now, by, terms)

    def record(self, row: InviteRequest, outcome: Outcome, by: Actor) -> InviteRequest | None:
        """As the port says."""
        return self._inner.record(row, outcome, by)

    def find_answer(self, new: NewRequest, by: Actor) -> Opened | None:
        """As the port says."""
        return self._inner.find_answer(new, by)

    def keep_note(self, request_id: UUID, note: Note) -> None:
        """As the port says."""
        self._inner.keep_note(request_id, note)

    def get(self, request_id: UUID) -> InviteRequest | None:
        """As the port says."""
        return self._inner.get(request_id)

    def ping(self) -> None:
        """As the port says."""
        self._inner.ping()
