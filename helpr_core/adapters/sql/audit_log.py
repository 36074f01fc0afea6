"""Who did what: the table `audit_events`, and requests' changes from the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.by_name import from_row
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import AUDITED, audit_events, events
from helpr_core.adapters.sql.paging import Listing, Position, to_cursor, to_position
from helpr_core.domain.audit import Actor, AuditEvent, Door
from helpr_core.domain.events import Event
from helpr_core.domain.history import Page, Total
from helpr_core.domain.people_events import PeopleEventKind
from helpr_core.domain.requests import Status

_columns = audit_events.c

Placed = tuple[Position, AuditEvent]


class _Rows(NamedTuple):
    """Some rows of one table: those after a position, newest first, and how many there are."""

    page: Any
    count: Any


def _rows(table: sa.Table, at: sa.Column[datetime], *conditions: Any) -> _Rows:
    end = sa.tuple_(sa.bindparam("timestamp", type_=at.type), sa.bindparam("id"))
    place = sa.tuple_(at, table.c.id)
    page = (
        sa.select(table)
        .where(place < end, *conditions)
        .order_by(at.desc(), table.c.id.desc())
        .limit(sa.bindparam("most"))
    )
    columns: tuple[Any, ...] = (sa.func.count(), sa.func.count().filter(place >= end))
    return _Rows(page, sa.select(*columns).select_from(table).where(*conditions))


def _delete_older(*conditions: sa.ColumnElement[bool]) -> Any:
    oldest = (
        sa.select(_columns.id)
        .where(_columns.timestamp < sa.bindparam("than"), *conditions)
        .order_by(_columns.timestamp)
        .limit(sa.bindparam("most"))
    )
    return sa.delete(audit_events).where(_columns.id.in_(oldest))


_APPEND = sa.insert(audit_events)
_ACTIONS = _rows(audit_events, _columns.timestamp)
_ACTIONS_ON = _rows(audit_events, _columns.timestamp, _columns.target == sa.bindparam("target"))
_CHANGES = _rows(
    events,
    events.c.at,
    AUDITED,
    sa.or_(
        events.c.request_id.is_not(None),
        events.c.link_id.is_not(None),
        events.c.kind.in_(list(PeopleEventKind)),
    ),
)
_CHANGES_OF_PERSON = _rows(events, events.c.at, events.c.person_id == sa.bindparam("person_id"))
_PERSON = "person:"
"""The prefix of a person's id as a target."""
_CHANGES_OF = _rows(events, events.c.at, events.c.request_id == sa.bindparam("request_id"))
_CHANGES_OF_LINK = _rows(events, events.c.at, events.c.link_id == sa.bindparam("link_id"))
_LINK = "link:"
"""The prefix of a link's id as a target."""
_DELETE_OLDER = _delete_older()
_DELETE_OLDER_OF_ACTION = _delete_older(_columns.action == sa.bindparam("action"))


class SqlAuditLog:
    """AuditLog over SQLAlchemy; see the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, event: AuditEvent) -> None:
        """Keep it."""
        with self._database.single() as connection:
            connection.execute(_APPEND, _values(event))

    def page(self, limit: int, cursor: str = "", target: str = "") -> Page[AuditEvent]:
        """Newest first, `limit` events; only of one target if it is named."""
        # One row more than wanted shows whether there is another page.
        after, most = to_position(cursor, Listing.AUDIT), limit + 1
        with self._database.single() as connection:
            found = [
                *_actions(connection, after, most, target),
                *_changes(connection, after, most, target),
            ]
        found.sort(key=lambda one: one[0], reverse=True)
        shown = found[:limit]
        more = len(found) > limit
        return Page(
            [event for _, event in shown], to_cursor(shown[-1][0], Listing.AUDIT) if more else ""
        )

    def count(self, cursor: str = "", target: str = "") -> Total:
        """How many events there are, and how many of them come before this page."""
        after = to_position(cursor, Listing.AUDIT)
        with self._database.single() as connection:
            counted = [
                connection.execute(one.rows.count, one.values).one()
                for one in (_actions_wanted(after, target), _changes_wanted(after, target))
                if one is not None
            ]
        return Total(sum(row[0] for row in counted), sum(row[1] for row in counted))

    def delete_older(self, than: datetime, limit: int, action: str = "") -> int:
        statement = _DELETE_OLDER_OF_ACTION if action else _DELETE_OLDER
        values = {"than": than, "action": action, "most": limit}
        with self._database.single() as connection:
            return connection.execute(statement, values).rowcount


# Two tables in one order: actions have even numbers, changes odd ones.


class _Wanted(NamedTuple):
    """Rows, and the values that say which ones and from where on."""

    rows: _Rows
    values: dict[str, Any]


def _actions_wanted(after: Position, target: str) -> _Wanted:
    values = {"timestamp": after.timestamp, "id": (after.id + 1) // 2}
    return (
        _Wanted(_ACTIONS_ON, {**values, "target": target}) if target else _Wanted(_ACTIONS, values)
    )


def _changes_wanted(after: Position, target: str) -> _Wanted | None:
    """None for a target without changes: only requests, links and people have some."""
    values: dict[str, Any] = {"timestamp": after.timestamp, "id": after.id // 2}
    if not target:
        return _Wanted(_CHANGES, values)
    rows, name, given = _CHANGES_OF, "request_id", target
    if target.startswith(_LINK):
        rows, name, given = _CHANGES_OF_LINK, "link_id", target.removeprefix(_LINK)
    elif target.startswith(_PERSON):
        rows, name, given = _CHANGES_OF_PERSON, "person_id", target.removeprefix(_PERSON)
    try:
        return _Wanted(rows, values | {name: UUID(given)})
    except ValueError:
        return None


def _actions(connection: sa.Connection, after: Position, most: int, target: str) -> list[Placed]:
    rows, values = _actions_wanted(after, target)
    found = connection.execute(rows.page, values | {"most": most})
    return [(Position(row.timestamp, 2 * row.id), _action(row)) for row in found]


def _changes(connection: sa.Connection, after: Position, most: int, target: str) -> list[Placed]:
    wanted = _changes_wanted(after, target)
    if wanted is None:
        return []
    found = connection.execute(wanted.rows.page, wanted.values | {"most": most})
    return [(Position(row.at, 2 * row.id + 1), _change(row)) for row in found]


def _values(event: AuditEvent) -> dict[str, Any]:
    return {
        "timestamp": event.at,
        "door": event.actor.door,
        "actor": event.actor.name,
        "action": event.action,
        "target": event.target,
        "before": event.before if event.before is None else dict(event.before),
        "after": event.after if event.after is None else dict(event.after),
        "reference": event.actor.reference,
    }


def _action(row: sa.Row[Any]) -> AuditEvent:
    return AuditEvent(
        at=row.timestamp,
        actor=_actor(row),
        action=row.action,
        target=row.target,
        before=_object(row.before),
        after=_object(row.after),
    )


def _change(row: sa.Row[Any]) -> AuditEvent:
    if row.link_id is None:
        return _event(row).as_action()
    data = _object(row.data) or {}
    before, after = _object(data.get("before")), _object(data.get("after"))
    return AuditEvent(row.at, _actor(row), row.kind, f"{_LINK}{row.link_id}", before, after)


def _event(row: sa.Row[Any]) -> Event:
    before, after = _status(row.from_status), _status(row.to_status)
    data = _object(row.data)
    return from_row(Event, row, actor=_actor(row), before=before, after=after, data=data)


def _actor(row: sa.Row[Any]) -> Actor:
    return Actor(Door.read(row.door), row.actor, row.reference)


def _status(text: str | None) -> Status | None:
    return None if text is None else Status.read(text)


def _object(stored: object) -> Mapping[str, Any] | None:
    """A JSON object as it was written; anything unreadable from another version is left out."""
    return stored if isinstance(stored, dict) else None
