"""The only place where a request's state changes: the row, and the event that reports it.

Both in one transaction. PostgreSQL does it in one statement, which is one round trip; SQLite,
whose statements cost no trip, in two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from helpr_core import texts
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.link_uses import Moves, NoUseLeft, holds_use, take, take_for
from helpr_core.adapters.sql.models import OPEN_ROWS, UtcDateTime, events, invite_requests
from helpr_core.adapters.sql.rows import NEW_COLUMNS, new_values, to_request
from helpr_core.adapters.sql.upsert import insert
from helpr_core.domain.audit import Actor, Door
from helpr_core.domain.requests import OPEN, InviteRequest, NewRequest
from helpr_core.domain.transitions import OPENED, Transition

NOW = sa.bindparam("now", type_=UtcDateTime())
"""When the change happens: the event's time, and the row's if the change sets it."""

_columns = invite_requests.c
_NEW = "new_"
"""The prefix for parameters named after columns: SQLAlchemy reserves the bare names."""


def given(name: str) -> Any:
    """The value of that column, from the parameters (see `named`)."""
    return sa.bindparam(f"{_NEW}{name}", type_=_columns[name].type)


def named(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns' values as the parameters that `given` reads."""
    return {f"{_NEW}{name}": value for name, value in values.items()}


_DATA = sa.bindparam("event_data", type_=events.c.data.type)
_DATA_CAST = sa.cast(_DATA, events.c.data.type)
"""For PostgreSQL, to which a bare text in a SELECT is a text. To SQLite a cast is a conversion."""


def _note(request_id: Any, before: Any, after: Any, data: Any) -> Any:
    """Write an event for each row that these columns describe."""
    names = ("kind", "door", "actor", "reference", "code")
    texts: dict[str, Any] = {name: sa.bindparam(f"event_{name}") for name in names}
    event = {
        **{"at": NOW, "request_id": request_id, **texts},
        **{"from_status": before, "to_status": after, "data": data},
    }
    columns = [sa.type_coerce(value, events.c[name].type) for name, value in event.items()]
    return sa.insert(events).from_select(list(event), sa.select(*columns))


class Change:
    """Calls write to the rows that are in a state from which the transition may start.

    `conditions` say which of them; with `first` it is one, in this order, and PostgreSQL skips
    those that others hold. Each is built once: constructing a statement takes longer than SQLite
    takes to run it.
    """

    def __init__(
        self,
        transition: Transition,
        *conditions: sa.ColumnElement[bool],
        first: Sequence[sa.ColumnElement[Any]] = (),
        **values: Any,
    ) -> None:
        self._name = transition.name
        self._may_collide = transition.after in OPEN and not set(transition.before) <= set(OPEN)
        self._moves = moves = Moves(transition)
        wanted = sa.select(
            _columns.id, _columns.request_id, _columns.status, *moves.columns()
        ).where(_columns.status.in_(transition.before), *conditions)
        if first:
            wanted = wanted.order_by(*first, _columns.id).limit(1)
        update = (
            sa.update(invite_requests)
            .values(status=transition.after, **values, **moves.values())
            .returning(invite_requests)
        )
        # In PostgreSQL a row is locked first, then checked again under the lock.
        locked = wanted.with_for_update(skip_locked=bool(first)).cte("wanted")
        changed = update.where(_columns.id == locked.c.id).cte("changed")
        noted = _note(locked.c.request_id, locked.c.status, transition.after, _DATA_CAST)
        self._in_one = sa.select(changed).add_cte(noted.cte("noted"))
        if moves:
            self._in_one = self._in_one.add_cte(moves.in_one(locked).cte("moved_uses"))
            self._move = moves.alone()
        found = wanted.subquery()
        noted = _note(found.c.request_id, found.c.status, transition.after, _DATA)
        self._note = noted.returning(events.c.request_id)
        self._write = update.where(_columns.request_id.in_(sa.bindparam("noted", expanding=True)))

    def __call__(
        self,
        database: Database,
        by: Actor,
        parameters: Mapping[str, Any],
        code: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Sequence[InviteRequest]:
        """The changed rows; none if the person in one has another open row."""
        values = {**parameters, **_event_values(self._name, by, code, data)}
        is_postgresql = database.dialect == "postgresql"
        with database.single() if is_postgresql else database.begin() as connection:
            try:
                if is_postgresql:
                    return _requests(connection.execute(self._in_one, values))
                noted = connection.execute(self._note, values).scalars().all()
                if not noted:
                    return ()
                values["noted"] = noted
                if self._moves:
                    connection.execute(self._move, values)
                return _requests(connection.execute(self._write, values))
            except IntegrityError:
                if not self._may_collide:
                    raise
                connection.rollback()
                return ()


def open_row(
    connection: sa.Connection, new: NewRequest, by: Actor, *, holding: bool | None = None
) -> InviteRequest | None:
    """Insert the request with its event; None if the person has an open row.

    A request through a link also takes one of its uses, or raises NoUseLeft; nothing may be
    committed then. `holding`: no use is taken, but it says whether this request holds one from now
    on.
    """
    data = {"source": new.source.value}
    spoken = texts.current().tag
    if by.door is Door.FRIEND and spoken != texts.ENGLISH:
        data["language"] = spoken  # for a later mail
    takes = holding is None and new.takes_use
    values = {
        **named({**new_values(new), "holds_use": bool(holding)}),
        **_event_values(OPENED, by, new.error_code, data),
        **{"now": new.timestamp, "link": new.link_id},
    }
    if connection.dialect.name == "postgresql":
        row = connection.execute(_open_in_one(takes), values).one_or_none()
        if row is not None and takes and row.holds_use and not row.taken:
            raise NoUseLeft
    else:
        row = connection.execute(_insert("sqlite", takes), values).one_or_none()
        if row is not None:
            connection.execute(_NOTE_OPENED, values)
        if row is not None and takes and row.holds_use:
            take(connection, values)
    return to_request(row) if row else None


def open_rows(connection: sa.Connection, news: Sequence[NewRequest], by: Actor) -> frozenset[UUID]:
    """Insert many requests at once, each with its event, in a few statements whatever their number.
    Returns the ids of those opened: none for a person who has an open row."""
    if not news:
        return frozenset()
    rows = connection.execute(
        _insert_many(connection.dialect.name), [new_values(new) for new in news]
    )
    opened = frozenset(rows.scalars())
    noted = [_opened_event(new, by) for new in news if new.request_id in opened]
    if noted:
        connection.execute(_NOTE_MANY, noted)
    return opened


@cache
def _insert_many(dialect: str) -> Any:
    return (
        insert(dialect, invite_requests)
        .on_conflict_do_nothing(index_elements=["identity_key"], index_where=OPEN_ROWS)
        .returning(_columns.request_id)
    )


def _opened_event(new: NewRequest, by: Actor) -> dict[str, Any]:
    return {
        "at": new.timestamp,
        "kind": OPENED,
        "request_id": new.request_id,
        "door": by.door,
        "actor": by.name,
        "reference": by.reference,
        "to_status": new.status,
        "data": {"source": new.source.value},
    }


_NOTE_MANY = sa.insert(events)


@cache
def _insert(dialect: str, takes: bool) -> Any:
    holds = {"holds_use": holds_use(given("link_id"), given("identity_key"))} if takes else {}
    return (
        insert(dialect, invite_requests)
        .values({name: given(name) for name in NEW_COLUMNS} | holds)
        .on_conflict_do_nothing(index_elements=["identity_key"], index_where=OPEN_ROWS)
        .returning(invite_requests)
    )


@cache
def _open_in_one(takes: bool) -> Any:
    opened = _insert("postgresql", takes).cte("opened")
    noted = _note(opened.c.request_id, None, opened.c.status, _DATA_CAST)
    if not takes:
        return sa.select(opened).add_cte(noted.cte("noted"))
    taken = take_for(opened).cte("taken")
    took = sa.select(sa.func.count()).select_from(taken).scalar_subquery().label("taken")
    return sa.select(opened, took).add_cte(noted.cte("noted"))


_NOTE_OPENED = _note(given("request_id"), None, given("status"), _DATA)


def _requests(rows: sa.CursorResult[Any]) -> Sequence[InviteRequest]:
    return [to_request(row) for row in rows]


def _event_values(
    kind: str, by: Actor, code: str | None, data: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "event_kind": kind,
        "event_door": by.door,
        "event_actor": by.name,
        "event_reference": by.reference,
        "event_code": code,
        "event_data": data,
    }
