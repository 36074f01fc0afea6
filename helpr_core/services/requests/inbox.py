"""Requests that the database cannot take yet, kept in the state store until it can.

It is down, or the person has an open request to another of the owner's servers, and the record has
one open request per person.

Two entries for each: `person.HASH` holds the request and, by insertion, ensures one per person and
server;
`request.ID` leads from the friend's page to it, and for a while after draining to the row that
answered it. If that row belongs to another browser, the page keeps saying what it said.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import field, replace
from datetime import datetime, timedelta
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.messages import BEHIND_CODE, RECEIVED_CODE
from helpr_core.domain.requests import InviteRequest, NewRequest, Note, Status, as_waiting
from helpr_core.errors import EntryChanged, LogUnavailable, Unavailable
from helpr_core.frozen import dataclass
from helpr_core.services.documents import Document, Found
from helpr_core.services.links.errors import LinkOver
from helpr_core.services.ports import INBOX, Entry, InviteLog, Opened, StateStore
from helpr_core.services.requests.errors import OtherServerFirst
from helpr_core.shapes import FLAT
from helpr_core.texts import ENGLISH, Message, current, speaking, tags

log = logging.getLogger(__name__)

CAPACITY = 1000
"""The most requests, give or take what several workers accept within ten seconds."""

_FULL_RETRY_SECONDS = 300
_COUNT_FRESH_SECONDS = 10.0
_LEADS_FOR = timedelta(days=30)
_TRIES = 5
_MOST_NOTES = 20
"""The most notes on one request, so that its entry stays within the store's limit."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A request that waits for the database, and the notes of those who asked again.

    `language` is the one the friend asked in, for later mails. `behind`: it waits for the end of
    the person's request to another server.
    """

    request: NewRequest = field(metadata=FLAT)
    notes: tuple[Note, ...] = ()
    language: str = ENGLISH
    behind: bool = False


@dataclass(frozen=True, slots=True)
class _Lead:
    """Where the friend's page finds the request: in the entry with that key, in that row of the
    record, or here as received, if the row in the record is another browser's."""

    person: str | None = None
    row: UUID | None = None
    received: NewRequest | None = None


_PERSON = Document(INBOX, "person.", _Waiting)
_REQUEST = Document(INBOX, "request.", _Lead)


@dataclass(frozen=True, slots=True)
class InboxState:
    """How many requests wait for the database, and since when the oldest has; how many others
    wait `behind` the same person's request to another server."""

    waiting: int
    oldest: datetime | None
    behind: int = 0


class Inbox:
    """`key_of` makes a keyed hash of an identity: keys in the store name nobody.

    All methods raise StateUnavailable; where noted, LogUnavailable.
    """

    def __init__(
        self, state: StateStore, invite_log: InviteLog, key_of: Callable[[str], str], clock: Clock
    ) -> None:
        self._state = state
        self._invite_log = invite_log
        self._key_of = key_of
        self._clock = clock
        self._counted: tuple[float, int] | None = None

    def keep(self, new: NewRequest, *, behind: bool = False) -> Opened:
        """Store the request, or return the one that the same person already has here.

        `behind`: until the person's request to another server has ended.

        Raises Unavailable if the inbox is full.
        """
        document = self._of_person(new)
        for _ in range(_TRIES):
            found = document.find(self._state)
            with suppress(EntryChanged):
                if found.value is not None:
                    return self._answered(found, found.value, new)
                self._require_room()
                waiting = _Waiting(_to_wait(new), language=current().tag, behind=behind)
                document.swap(self._state, found, waiting)
                return Opened(self._led_to(document.key, waiting), created=True)
        raise Unavailable(Message("inbox.contended"))

    def find_answer(self, new: NewRequest) -> Opened | None:
        """That person's request, if there is one; only the note of the new one is kept."""
        found = self._of_person(new).find(self._state)
        if found.value is None:
            return None
        with suppress(EntryChanged):
            return self._answered(found, found.value, new)
        raise Unavailable(Message("inbox.contended"))

    def forget(self, identity_keys: Collection[str]) -> int:
        """Remove these people's requests; returns how many entries."""
        wanted = {_PERSON.named(self._key_of(key)).key for key in identity_keys}
        kept = [
            entry.key
            for entry, waiting in _PERSON.all(self._state)
            if entry.key in wanted or waiting.request.identity_key in identity_keys
        ]
        wanted.update(kept)
        for entry, lead in _REQUEST.all(self._state):
            received = lead.received
            if lead.person in wanted or (received and received.identity_key in identity_keys):
                kept.append(entry.key)
        for key in kept:
            self._state.delete(INBOX, key)
        return len(kept)

    def find(self, request_id: UUID) -> InviteRequest | None:
        """The request waiting here; LogUnavailable if it is in the database by now."""
        lead = _REQUEST.named(str(request_id)).find(self._state).value or _Lead()
        if lead.row is not None:
            return self._invite_log.get(lead.row)
        if lead.received is not None:
            return replace(as_waiting(lead.received), error_code=RECEIVED_CODE)
        if lead.person is None:
            return None
        kept = replace(_PERSON, key=lead.person).find(self._state).value
        if kept is None or kept.request.request_id != request_id:
            return None
        return _row_of(kept)

    def drain(self, until: float) -> int:
        """Hand over requests to the database, in order of arrival; returns how many.

        Stops at `until` (of time.monotonic). One that has to wait for the person's request to
        another server stays. A request is handed over once, even if a worker dies
        doing it: its request_id is unique in the database. Raises LogUnavailable.
        """
        drained = 0
        for entry, kept in self._waiting():
            if time.monotonic() >= until:
                break
            try:
                self._hand_over(entry, kept)
            except OtherServerFirst:
                self._leave_behind(entry, kept)
                continue
            drained += 1
        return drained

    def state(self) -> InboxState:
        """The inbox's state."""
        everything = self._waiting()
        waiting = [kept.request.timestamp for _, kept in everything if not kept.behind]
        behind = len(everything) - len(waiting)
        return InboxState(len(waiting), waiting[0] if waiting else None, behind)

    def _of_person(self, new: NewRequest) -> Document[_Waiting]:
        person = new.identity_key
        return _PERSON.named(self._key_of(f"{person}\n{new.server}" if new.server else person))

    def _waiting(self) -> list[tuple[Entry, _Waiting]]:
        return sorted(_PERSON.all(self._state), key=lambda one: one[1].request.timestamp)

    def _answered(self, found: Found[_Waiting], waiting: _Waiting, new: NewRequest) -> Opened:
        """The answer to a request for a person whose request already waits here.

        Raises EntryChanged if somebody else wrote at the same moment.
        """
        kept, notes, document = waiting.request, waiting.notes, self._of_person(new)
        is_proven = new.plex_user_id is not None
        own = is_proven or (new.browser_key != "" and new.browser_key == kept.browser_key)
        known = {kept.note, *(note.text for note in notes)}
        if new.note and new.note not in known and len(notes) < _MOST_NOTES:
            notes = (*notes, Note(new.timestamp, new.note, own))
            document.swap(self._state, found, replace(waiting, notes=notes))
        row = self._led_to(document.key, waiting) if own else _row_of(waiting)
        return Opened(row, created=False, own=own)

    def _led_to(self, key: str, waiting: _Waiting) -> InviteRequest:
        """The entry's request, with a way to it from its page.

        Written again for a repeat: a worker that died between the two writes left none.
        """
        self._lead(waiting.request, _Lead(person=key))
        return _row_of(waiting)

    def _lead(self, new: NewRequest, target: _Lead) -> None:
        document = _REQUEST.named(str(new.request_id))
        document.put(self._state, target, self._clock() + _LEADS_FOR)

    def _require_room(self) -> None:
        counted, now = self._counted, time.monotonic()
        if counted is None or now - counted[0] > _COUNT_FRESH_SECONDS:
            counted = (now, len(self._state.list(INBOX, _PERSON.key)))
        if counted[1] >= CAPACITY:
            self._counted = counted
            raise Unavailable(Message("inbox.full"), _FULL_RETRY_SECONDS)
        self._counted = (counted[0], counted[1] + 1)

    def _hand_over(self, entry: Entry, kept: _Waiting) -> None:
        new = _seen_to(kept.request)
        with speaking(kept.language if kept.language in tags() else ENGLISH):
            opened = self._recorded(new)
        row = opened.row
        for note in kept.notes:
            self._invite_log.keep_note(row.request_id, note)
        if row.request_id == new.request_id:
            self._state.delete(INBOX, _REQUEST.named(str(new.request_id)).key)
        elif opened.own:  # the person has another request in the record: that one answers
            self._lead(new, _Lead(row=row.request_id))
        else:  # ... from another browser, and this one may not see it
            self._lead(new, _Lead(received=new))
        # With its ETag: it may have been drained and filled again meanwhile.
        with suppress(EntryChanged):
            self._state.delete(INBOX, entry.key, entry.etag)
        log.info("drained request_id=%s row=%s", new.request_id, row.request_id)

    def _leave_behind(self, entry: Entry, kept: _Waiting) -> None:
        """Say of the entry what it waits for now."""
        if kept.behind:
            return
        document = replace(_PERSON, key=entry.key)
        with suppress(EntryChanged):  # somebody asked again; the next turn says it
            document.swap(self._state, Found(kept, entry), replace(kept, behind=True))

    def _recorded(self, new: NewRequest) -> Opened:
        row = self._invite_log.get(new.request_id)
        if row is not None:
            return Opened(row, created=False)  # a worker crashed after recording it
        try:
            return self._opened(new)
        except LogUnavailable:
            # The id may be taken by now: another worker may be draining at the same time.
            row = self._invite_log.get(new.request_id)
            if row is None:
                raise
            return Opened(row, created=False)

    def _opened(self, new: NewRequest) -> Opened:
        """The request as recorded; if it came too late for its link, it has failed, and its page
        says so."""
        try:
            return self._invite_log.open(new, FRIEND)
        except LinkOver as exc:
            late = replace(new, status=Status.FAILED, error_code=exc.code)
            return self._invite_log.open(late, FRIEND, afresh=True)


def _to_wait(new: NewRequest) -> NewRequest:
    """What would be sent at once is queued; what waits for approval still does."""
    return replace(new, status=Status.QUEUED) if new.status is Status.PENDING else new


def _seen_to(new: NewRequest) -> NewRequest:
    """A newer version's state is unknown here, so the owner decides."""
    if new.status is not Status.UNKNOWN:
        return new
    return replace(new, status=Status.AWAITING_APPROVAL)


def _row_of(waiting: _Waiting) -> InviteRequest:
    row = as_waiting(waiting.request)
    return replace(row, error_code=BEHIND_CODE) if waiting.behind else row
