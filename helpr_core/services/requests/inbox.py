"""Requests that came while the database was down, kept in the state store until it is back.

Two entries for each: `person.HASH` holds the request and, being inserted, decides that one
person has one; `request.ID` leads from the friend's page to it, and for a while after the
draining to the row that answered it. Where that row is another browser's, the page goes on
telling what it told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.domain.messages import RECEIVED_CODE
from helpr_core.domain.plex import read_libraries
from helpr_core.domain.requests import InviteRequest, NewRequest, Note, Source, Status
from helpr_core.errors import EntryChanged, EntryExists, LogUnavailable, Unavailable
from helpr_core.services.ports import INBOX, Entry, InviteLog, Opened, StateStore

log = logging.getLogger(__name__)

CAPACITY = 1000
"""Requests at most; give or take what several workers take in within ten seconds."""

_PERSON = "person."
_REQUEST = "request."
_FULL_RETRY_SECONDS = 300
_COUNT_FRESH_SECONDS = 10.0
_LEADS_FOR = timedelta(days=30)
_TRIES = 5
_MOST_NOTES = 20
"""Of one request, so that its entry stays as small as the store wants it."""
_FIELDS = {one.name for one in fields(NewRequest)}


@dataclass(frozen=True, slots=True)
class InboxState:
    """How many requests wait for the database, and since when the oldest does."""

    waiting: int
    oldest: datetime | None


class Inbox:
    """`key_of` makes a keyed hash of an identity: a key of the store names nobody.

    All methods raise StateUnavailable; those that say so, LogUnavailable.
    """

    def __init__(
        self, state: StateStore, log: InviteLog, key_of: Callable[[str], str], clock: Clock
    ) -> None:
        self._state = state
        self._log = log
        self._key_of = key_of
        self._clock = clock
        self._counted: tuple[float, int] | None = None

    def keep(self, new: NewRequest) -> Opened:
        """Keep the request, or return the one that the same person has here already.

        Raises Unavailable when the inbox is full.
        """
        key = self._person(new.identity_key)
        for _ in range(_TRIES):
            entry = self._state.get(INBOX, key)
            if entry is not None:
                with suppress(EntryChanged):
                    return self._answered(entry, new)
                continue
            self._require_room()
            with suppress(EntryExists):
                entry = self._state.insert(INBOX, key, _stored(new))
                return Opened(self._led_to(entry), created=True)
        raise Unavailable("the inbox's entry kept appearing and vanishing")

    def find_answer(self, new: NewRequest) -> Opened | None:
        """The request of that person, if there is one; of this one only the note is kept."""
        entry = self._state.get(INBOX, self._person(new.identity_key))
        if entry is None:
            return None
        with suppress(EntryChanged):
            return self._answered(entry, new)
        raise Unavailable("the inbox's entry changed at this moment")

    def find(self, request_id: UUID) -> InviteRequest | None:
        """The request as it waits here; LogUnavailable where the database has it by now."""
        lead = self._state.get(INBOX, f"{_REQUEST}{request_id}")
        if lead is None:
            return None
        if "row" in lead.value:
            return self._log.get(UUID(lead.value["row"]))
        if "received" in lead.value:
            received = _as_row(_request(lead.value["received"]))
            return replace(received, error_code=RECEIVED_CODE)
        entry = self._state.get(INBOX, lead.value["person"])
        if entry is None or entry.value["request_id"] != str(request_id):
            return None
        return _as_row(_request(entry.value))

    def drain(self, until: float) -> int:
        """Hand over to the database, in the order in which they came; how many.

        Stops at `until` (of time.monotonic). A request is handed over once, whoever does it
        and dies: its request_id is unique in the database. Raises LogUnavailable.
        """
        drained = 0
        for entry in self._waiting():
            if time.monotonic() >= until:
                break
            self._hand_over(entry)
            drained += 1
        return drained

    def state(self) -> InboxState:
        """What waits here."""
        waiting = self._waiting()
        return InboxState(len(waiting), _request(waiting[0].value).timestamp if waiting else None)

    def _person(self, identity_key: str) -> str:
        return f"{_PERSON}{self._key_of(identity_key)}"

    def _waiting(self) -> Sequence[Entry]:
        entries = self._state.list(INBOX, _PERSON)
        return sorted(entries, key=lambda entry: _request(entry.value).timestamp)

    def _answered(self, entry: Entry, new: NewRequest) -> Opened:
        """The answer to somebody who asks for a person whose request waits here already.

        Raises EntryChanged when somebody else wrote at the same moment.
        """
        kept = _request(entry.value)
        own = new.browser_key != "" and new.browser_key == kept.browser_key
        notes = list(entry.value.get("notes", ()))
        known = {kept.note, *(note["text"] for note in notes)}
        if new.note and new.note not in known and len(notes) < _MOST_NOTES:
            notes.append({"at": new.timestamp.isoformat(), "text": new.note, "same_browser": own})
            self._state.replace(INBOX, entry.key, {**entry.value, "notes": notes}, entry.etag)
        return Opened(self._led_to(entry) if own else _as_row(kept), created=False, own=own)

    def _led_to(self, entry: Entry) -> InviteRequest:
        """The entry's request, with a way to it from its page.

        Made again for a repeat: whoever died between the two writes left none.
        """
        new = _request(entry.value)
        self._lead(new.request_id, {"person": entry.key})
        return _as_row(new)

    def _lead(self, request_id: UUID, target: Mapping[str, Any]) -> None:
        expires_at = self._clock() + _LEADS_FOR
        self._state.put(INBOX, f"{_REQUEST}{request_id}", target, expires_at)

    def _require_room(self) -> None:
        counted, now = self._counted, time.monotonic()
        if counted is None or now - counted[0] > _COUNT_FRESH_SECONDS:
            counted = (now, len(self._state.list(INBOX, _PERSON)))
        if counted[1] >= CAPACITY:
            self._counted = counted
            raise Unavailable("the inbox is full", _FULL_RETRY_SECONDS)
        self._counted = (counted[0], counted[1] + 1)

    def _hand_over(self, entry: Entry) -> None:
        new = _request(entry.value)
        opened = self._recorded(new)
        row = opened.row
        for note in entry.value.get("notes", ()):
            at = datetime.fromisoformat(note["at"])
            self._log.keep_note(row.request_id, Note(at, note["text"], note["same_browser"]))
        if row.request_id == new.request_id:
            self._state.delete(INBOX, f"{_REQUEST}{new.request_id}")
        elif opened.own:  # the person has another request in the record: that one answers
            self._lead(new.request_id, {"row": str(row.request_id)})
        else:  # ... from another browser, and this one may not see it
            self._lead(new.request_id, {"received": _stored(new)})
        # With its ETag: it may have been drained and filled again while we were at it.
        with suppress(EntryChanged):
            self._state.delete(INBOX, entry.key, entry.etag)
        log.info("drained request_id=%s row=%s", new.request_id, row.request_id)

    def _recorded(self, new: NewRequest) -> Opened:
        row = self._log.get(new.request_id)
        if row is not None:
            return Opened(row, created=False)  # somebody died after recording it
        try:
            return self._log.open(new)
        except LogUnavailable:
            # Perhaps the id is taken by now: another worker drains at the same moment.
            row = self._log.get(new.request_id)
            if row is None:
                raise
            return Opened(row, created=False)


def _stored(new: NewRequest) -> dict[str, Any]:
    # What would be sent at once waits in the queue; what waits for a yes goes on waiting.
    status = Status.QUEUED if new.status is Status.PENDING else new.status
    return {
        **asdict(new),
        "request_id": str(new.request_id),
        "timestamp": new.timestamp.isoformat(),
        "source": new.source.value,
        "status": status.value,
    }


def _request(stored: Mapping[str, Any]) -> NewRequest:
    # A newer version may have stored more.
    value = {name: one for name, one in stored.items() if name in _FIELDS}
    return NewRequest(
        **value
        | {
            "request_id": UUID(value["request_id"]),
            "timestamp": datetime.fromisoformat(value["timestamp"]),
            "source": Source.read(value["source"]),
            "libraries": read_libraries(value["libraries"]),
            "status": _kept_status(value["status"]),
        }
    )


def _kept_status(text: str) -> Status:
    # What a newer version meant is not known here: then the owner decides.
    status = Status.read(text)
    return Status.AWAITING_APPROVAL if status is Status.UNKNOWN else status


def _as_row(new: NewRequest) -> InviteRequest:
    """As it will stand in the record: kept, and nothing tried yet.

    `queued` also where a yes is needed: the owner has not been asked so far.
    """
    return InviteRequest(
        request_id=new.request_id,
        email_or_username=new.email_or_username,
        identity_key=new.identity_key,
        timestamp=new.timestamp,
        status=Status.QUEUED,
        error_code=None,
        error_message=None,
        source=new.source,
        server_name=new.server_name,
        libraries=new.libraries,
        client_key=new.client_key,
        attempts=0,
        next_attempt_at=None,
        sent_at=None,
        accepted_at=None,
        updated_at=new.timestamp,
        duration_ms=None,
        note=new.note,
        queued_since=new.timestamp,
        browser_key=new.browser_key,
    )
