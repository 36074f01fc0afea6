"""When housekeeping has to open the database next: a note in the state store.

A database that is free for some hours a month, or paid for by the hour, falls asleep when nobody
asks it anything. A look at the queue every five minutes would keep it awake day and night. So
whoever makes a row that somebody may have to come back for notes it first, and a run of
housekeeping opens the database when a note or a row says so, and every six hours in any case.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from helpr_core.clock import Clock, is_ahead, is_recent
from helpr_core.domain.audit import Actor
from helpr_core.domain.plex import Library
from helpr_core.domain.requests import OPEN, InviteRequest, NewRequest, Note, Outcome
from helpr_core.domain.transitions import Transition
from helpr_core.errors import EntryChanged, EntryExists, StateUnavailable
from helpr_core.services.ports import SITE, Entry, InviteLog, Opened, StateStore

log = logging.getLogger(__name__)

KEY = "database-due"
AT_LEAST_EVERY = timedelta(hours=6)
_NOTED_FOR = timedelta(minutes=5)
"""A worker that has just noted need not do so again for the next request."""
_LOOK_AGAIN = 2 * _NOTED_FOR
"""What came meanwhile was not noted, so the database is opened once more so long after a note."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a run found: whether the database is to be opened, and the note that said so."""

    is_due: bool
    note: Entry | None = None


class DatabaseDue:
    """`apart`: the state store is not in the database itself. Where it is, asking it wakes the
    database, so it is always due and nothing is noted."""

    def __init__(self, state: StateStore, clock: Clock, *, apart: bool) -> None:
        self._state = state
        self._clock = clock
        self._apart = apart
        self._noted_at: datetime | None = None

    def expect(self) -> None:
        """Note, before a row is written, that the next run has to look at it; never raises."""
        now = self._clock()
        if not self._apart or (self._noted_at and is_recent(self._noted_at, _NOTED_FOR, now)):
            return
        note = {"due_at": now.isoformat(), "noted_at": now.isoformat()}
        try:
            self._state.put(SITE, KEY, note)
        except StateUnavailable as exc:
            log.warning("row not announced reason=%s", exc)
            return
        self._noted_at = now

    def look(self) -> Look:
        """Whether this run opens the database. Never raises: what is not known is due."""
        if not self._apart:
            return Look(is_due=True)
        try:
            note = self._state.get(SITE, KEY)
        except StateUnavailable as exc:
            log.warning("database opened without a note reason=%s", exc)
            return Look(is_due=True)
        now = self._clock()
        is_due = note is None or now >= _time(note, "due_at") or _is_of_another_time(note, now)
        return Look(is_due, note)

    def settle(self, look: Look, next_due: datetime | None) -> None:
        """The database was seen to; `next_due` is when a row in it wants to be looked at.

        Whatever was noted since the look stays. Never raises: what is not kept is due again.
        """
        if not self._apart:
            return
        now = self._clock()
        due_at = min(next_due or now + AT_LEAST_EVERY, now + AT_LEAST_EVERY)
        kept = {}
        if look.note is not None and "noted_at" in look.note.value:
            again = _time(look.note, "noted_at") + _LOOK_AGAIN
            if now < again:
                due_at = min(due_at, again)
                kept["noted_at"] = look.note.value["noted_at"]
        value = {"due_at": due_at.isoformat(), "settled_at": now.isoformat(), **kept}
        try:
            if look.note is None:
                self._state.insert(SITE, KEY, value)
            else:
                self._state.replace(SITE, KEY, value, look.note.etag)
        except (EntryExists, EntryChanged):
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
        libraries: Sequence[Library] = (),
    ) -> InviteRequest | None:
        """As the port says."""
        if transition.after in OPEN:
            self._due.expect()
        return self._inner.change(request_id, transition, now, by, libraries)

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


def _is_of_another_time(note: Entry, now: datetime) -> bool:
    """Whether a clock that has been set back since wrote it: what it says is too late then."""
    return any(
        is_ahead(_time(note, name), now)
        for name in ("noted_at", "settled_at")
        if name in note.value
    )


def _time(note: Entry, name: str) -> datetime:
    return datetime.fromisoformat(note.value[name])
