"""The record of requests, in the table `invite_requests`."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from helpr_core import first_use
from helpr_core.adapters.sql.batch_waits import is_taken_up
from helpr_core.adapters.sql.changes import NOW, Change, given, named, open_row
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.link_uses import NoUseLeft, require_room
from helpr_core.adapters.sql.models import OPEN_ROWS, invite_requests, links
from helpr_core.adapters.sql.notes import insert_note
from helpr_core.adapters.sql.rows import (
    BY_REQUEST_ID,
    OFFER_COLUMNS,
    OUTCOME_COLUMNS,
    fetch_one,
    outcome_values,
    terms_values,
)
from helpr_core.clock import utc_now
from helpr_core.domain.audit import Actor
from helpr_core.domain.links import LinkState
from helpr_core.domain.requests import (
    SETTLED,
    InviteRequest,
    NewRequest,
    Note,
    Outcome,
    Source,
    Status,
    answers_a_repeat,
)
from helpr_core.domain.terms import Terms
from helpr_core.domain.transitions import CANCELLED_CODE, OUTCOMES, Transition
from helpr_core.errors import LogUnavailable
from helpr_core.services.links.errors import over
from helpr_core.services.ports import Opened
from helpr_core.services.requests.errors import OtherServerFirst
from helpr_core.texts import Message

_TRIES = 5

_columns = invite_requests.c
_WANTED = _columns.request_id == sa.bindparam("wanted_id")
_SAME_SERVER = sa.func.coalesce(_columns.terms["server"].as_string(), "") == sa.bindparam(
    "wanted_server"
)

# Built once: constructing a statement takes longer than SQLite takes to run it.
_OPEN_ROW = sa.select(invite_requests).where(
    _columns.identity_key == sa.bindparam("wanted_key"), OPEN_ROWS
)
_NEWEST_OUTCOME = (
    sa.select(invite_requests)
    .where(
        _columns.identity_key == sa.bindparam("wanted_key"),
        _columns.status.in_(SETTLED),
        # A list that the owner called off says nothing about a person who asks.
        _columns.error_code.is_distinct_from(CANCELLED_CODE),
        _SAME_SERVER,
    )
    .order_by(_columns.updated_at.desc())
    .limit(1)
)
_ONE_OF_THIS_BROWSER = (
    sa.select(_columns.id)
    .where(
        _columns.identity_key == sa.bindparam("wanted_key"),
        _columns.browser_key == sa.bindparam("wanted_browser"),
        _SAME_SERVER,  # asking about one server proves nothing about another
        _columns.request_id != sa.bindparam("but_for"),  # the row that has just been inserted
    )
    .limit(1)
)
_DELETE = sa.delete(invite_requests).where(_WANTED)
_LINK = sa.select(links).where(links.c.link_id == sa.bindparam("wanted_link"))

# Not an open one, so that it conflicts with nobody's request.
_PING: dict[str, Any] = {
    **dict.fromkeys(("email_or_username", "identity_key", "server_name", "client_key"), ""),
    **{"status": Status.DENIED, "source": Source.OWNER, "libraries": [], "attempts": 0},
}
_INSERT_PING = sa.insert(invite_requests).returning(invite_requests)
_DELETE_PING = sa.delete(invite_requests).where(_columns.id == sa.bindparam("row_id"))


@cache
def _recorded(outcome: Status, *, with_offer: bool) -> Change:
    """The outcome of an attempt, unless another was recorded since it began."""
    names = (*OUTCOME_COLUMNS, *(OFFER_COLUMNS if with_offer else ()))
    queued_since = sa.func.coalesce(_columns.queued_since, NOW)
    return Change(
        OUTCOMES[outcome],
        _WANTED,
        _columns.attempts == sa.bindparam("attempts_before"),
        attempts=_columns.attempts + 1,
        queued_since=queued_since if outcome is Status.QUEUED else None,
        updated_at=NOW,
        **{name: given(name) for name in names},
    )


@cache
def _decided(transition: Transition, *names: str) -> Change:
    """A decision about a request, whatever was tried before; columns in `names` are given."""
    values = {name: given(name) for name in names}
    return Change(transition, _WANTED, next_attempt_at=None, updated_at=NOW, **values)


class SqlInviteLog:
    """InviteLog over SQLAlchemy; see the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, new: NewRequest, by: Actor, *, afresh: bool = False) -> Opened:
        """Record with the given status, or return the row that answers a repeat.

        The partial unique index decides between simultaneous submissions. The insert comes first
        and the search for a recent outcome second, in one transaction: the other order would miss a
        request that settles in between.
        """
        for _ in range(_TRIES):
            try:
                with self._database.begin() as connection:
                    opened = self._opened_or_found(connection, new, by, afresh=afresh)
            except NoUseLeft:
                return self._without_use(new, by)
            if opened is not None:
                self._keep_note_of(new, opened)
                return opened
            # It was open when we tried to insert and settled before we looked: again.
        raise LogUnavailable(Message("database.contended"))

    def _opened_or_found(
        self, connection: sa.Connection, new: NewRequest, by: Actor, *, afresh: bool
    ) -> Opened | None:
        row = open_row(connection, new, by)
        if row is None:
            found = self._answered(connection, new, by, _OPEN_ROW)
            if found and found.row.terms.server != new.server:
                _require_room(connection, new, None)
                raise OtherServerFirst(found.row)
            _require_room(connection, new, found)
            return found if found and is_taken_up(connection, found.row, by) else None
        return Opened(row, created=True) if afresh else self._opened(connection, new, by, row)

    def _without_use(self, new: NewRequest, by: Actor) -> Opened:
        """The answer for a browser that has a request; for any other, why the link is over."""
        found = self.find_answer(new, by)
        if found is not None and found.own:
            return found
        with self._database.single() as connection:
            row = connection.execute(_LINK, {"wanted_link": new.link_id}).one_or_none()
        to_link = first_use.module("helpr_core.adapters.sql.links").to_link
        raise over(to_link(row).state(new.timestamp) if row else LinkState.DISABLED)

    def _opened(
        self, connection: sa.Connection, new: NewRequest, by: Actor, row: InviteRequest
    ) -> Opened:
        """Settle what happens to the row just inserted."""
        before = self._answered(connection, new, by, _NEWEST_OUTCOME)
        if before is None:
            return Opened(row, created=True)
        if not row.holds_use:
            _require_room(connection, new, before)
        if answers_a_repeat(before.row.status, before.row.updated_at, new.timestamp):
            connection.rollback()
            return before
        return Opened(row, created=True) if before.own else _hidden(connection, new, by, row)

    def _answered(
        self, connection: sa.Connection, new: NewRequest, by: Actor, query: sa.Select[Any]
    ) -> Opened | None:
        """The person's row of that query, and whether this browser may see it."""
        wanted = {"wanted_key": new.identity_key}
        if query is not _OPEN_ROW:
            wanted["wanted_server"] = new.server
        found = fetch_one(connection, query, wanted)
        if found is None:
            return None
        values = {
            "wanted_key": new.identity_key,
            "wanted_server": new.server,
            "wanted_browser": new.browser_key,
            "but_for": new.request_id,
        }
        is_proven = by.is_owner or new.plex_user_id is not None
        own = is_proven or bool(
            new.browser_key and connection.execute(_ONE_OF_THIS_BROWSER, values).first()
        )
        return Opened(found, created=False, own=own)

    def find_answer(self, new: NewRequest, by: Actor) -> Opened | None:
        """The open row, or the recent outcome; for another browser any outcome."""
        with self._database.single() as connection:
            found = self._answered(connection, new, by, _OPEN_ROW)
            if found is not None and found.row.terms.server != new.server:
                found = None
            if found is None or not is_taken_up(connection, found.row, by):
                found = self._answered(connection, new, by, _NEWEST_OUTCOME)
                is_old = found is not None and not answers_a_repeat(
                    found.row.status, found.row.updated_at, new.timestamp
                )
                if found is None or (found.own and is_old):
                    return None
        self._keep_note_of(new, found)
        return found

    def keep_note(self, request_id: UUID, note: Note) -> None:
        """One statement; a note that the request already has is not stored twice."""
        with self._database.single() as connection:
            insert_note(connection, request_id, note)

    def _keep_note_of(self, new: NewRequest, opened: Opened) -> None:
        if new.note and new.note != opened.row.note:
            note = Note(new.timestamp, new.note, same_browser=opened.own)
            self.keep_note(opened.row.request_id, note)

    def get(self, request_id: UUID) -> InviteRequest | None:
        with self._database.single() as connection:
            return fetch_one(connection, BY_REQUEST_ID, {"wanted_id": request_id})

    def record(self, row: InviteRequest, outcome: Outcome, by: Actor) -> InviteRequest | None:
        """Write the outcome of the attempt that began with `row`, unless another came first."""
        values = {
            "wanted_id": row.request_id,
            "attempts_before": row.attempts,
            "now": outcome.at,
            **named(outcome_values(outcome)),
        }
        data = {"accepted": True} if outcome.accepted else None
        change = _recorded(outcome.status, with_offer=outcome.libraries is not None)
        changed = change(self._database, by, values, outcome.error_code, data)
        return changed[0] if changed else None

    def change(
        self,
        request_id: UUID,
        transition: Transition,
        now: datetime,
        by: Actor,
        terms: Terms | None = None,
    ) -> InviteRequest | None:
        """Take the row through that transition; it keeps the last attempt's outcome."""
        new = {} if terms is None else terms_values(terms)
        values = {"wanted_id": request_id, "now": now, **named(new)}
        changed = _decided(transition, *new)(self._database, by, values)
        return changed[0] if changed else None

    def ping(self) -> None:
        """Write a row and delete it again, in one transaction that nobody sees."""
        row_id = -secrets.randbits(60) - 1  # no number of the column's own is used up for it
        at = utc_now()
        values = _PING | {"id": row_id, "request_id": uuid4(), "timestamp": at, "updated_at": at}
        with self._database.begin() as connection:
            connection.execute(_INSERT_PING, values)
            connection.execute(_DELETE_PING, {"row_id": row_id})


def _require_room(connection: sa.Connection, new: NewRequest, found: Opened | None) -> None:
    """Raise NoUseLeft for a stranger with a link that is over: a different answer because the
    person has asked before would reveal that."""
    if new.link_id and new.takes_use and not (found and found.own):
        require_room(connection, new.link_id, new.timestamp)


def _hidden(connection: sa.Connection, new: NewRequest, by: Actor, opened: InviteRequest) -> Opened:
    """The request as stored for a browser that may not see it: queued, under an id that nobody
    learns. The browser knows the other one, `opened`, which it replaces."""
    connection.execute(_DELETE, {"wanted_id": new.request_id})
    status = Status.QUEUED if new.status is Status.PENDING else new.status
    row = open_row(
        connection,
        replace(new, request_id=uuid4(), status=status, browser_key="", note=""),
        by,
        holding=opened.holds_use,
    )
    if row is None:  # the person's place was free a moment ago in this very transaction
        raise LogUnavailable(Message("database.contended"))
    return Opened(row, created=True, own=False)
