"""Who did what: the table `audit_events`, and requests' changes from the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import AUDITED, audit_events, events
from helpr_core.adapters.sql.paging import Position, to_cursor, to_position
from helpr_core.domain.audit import Actor, AuditEvent, Door
from helpr_core.domain.events import Event
from helpr_core.domain.history import Page
from helpr_core.domain.people_events import PeopleEventKind
from helpr_core.domain.requests import Status

_columns = audit_events.c

Placed = tuple[Position, AuditEvent]


def _page(table: sa.Table, at: sa.Column[datetime], *conditions: Any) -> Any:
    end = sa.tuple_(sa.bindparam("timestamp", type_=at.type), sa.bindparam("id"))
    return (
        sa.select(table)
        .where(sa.tuple_(at, table.c.id) < end, *conditions)
        .order_by(at.desc(), table.c.id.desc())
        .limit(sa.bindparam("most"))
    )


def _delete_older(*conditions: sa.ColumnElement[bool]) -> Any:
    oldest = (
        sa.select(_columns.id)
        .where(_columns.timestamp < sa.bindparam("than"), *conditions)
        .order_by(_columns.timestamp)
        .limit(sa.bindparam("most"))
    )
    return sa.delete(audit_events).where(_columns.id.in_(oldest))


_APPEND = sa.insert(audit_events)
_ACTIONS = _page(audit_events, _columns.timestamp)
_ACTIONS_ON = _page(audit_events, _columns.timestamp, _columns.target == sa.bindparam("target"))
_CHANGES = _page(
    events,
    events.c.at,
    AUDITED,
    sa.or_(
        events.c.request_id.is_not(None),
        events.c.link_id.is_not(None),
        events.c.kind.in_(list(PeopleEventKind)),
    ),
)
_CHANGES_OF_PERSON = _page(events, events.c.at, events.c.person_id == sa.bindparam("person_id"))
_PERSON = "person:"
"""The prefix of a person's id as a target."""
_CHANGES_OF = _page(events, events.c.at, events.c.request_id == sa.bindparam("request_id"))
_CHANGES_OF_LINK = _page(events, events.c.at, events.c.link_id == sa.bindparam("link_id"))
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
        after, most = to_position(cursor), limit + 1
        with self._database.single() as connection:
            found = [
                *_actions(connection, after, most, target),
                *_changes(connection, after, most, target),
            ]
        found.sort(key=lambda one: one[0], reverse=True)
        shown = found[:limit]
        more = len(found) > limit
        return Page([event for _, event in shown], to_cursor(shown[-1][0]) if more else "")

    def delete_older(self, than: datetime, limit: int, action: str = "") -> int:
        """Delete events older than that, only of one action if it is named; returns how many."""
        statement = _DELETE_OLDER_OF_ACTION if action else _DELETE_OLDER
        values = {"than": than, "action": action, "most": limit}
        with self._database.single() as connection:
            return connection.execute(statement, values).rowcount


# Two tables in one order: actions have even numbers, changes odd ones.


def _actions(connection: sa.Connection, after: Position, most: int, target: str) -> list[Placed]:
    values = {"timestamp": after.timestamp, "id": (after.id + 1) // 2, "most": most}
    rows = connection.execute(_ACTIONS_ON if target else _ACTIONS, {**values, "target": target})
    return [(Position(row.timestamp, 2 * row.id), _action(row)) for row in rows]


def _changes(connection: sa.Connection, after: Position, most: int, target: str) -> list[Placed]:
    values: dict[str, Any] = {"timestamp": after.timestamp, "id": after.id // 2, "most": most}
    statement = _CHANGES
    if target:
        try:
            if target.startswith(_LINK):
                statement, values["link_id"] = _CHANGES_OF_LINK, UUID(target.removeprefix(_LINK))
            elif target.startswith(_PERSON):
                person_id = UUID(target.removeprefix(_PERSON))
                statement, values["person_id"] = _CHANGES_OF_PERSON, person_id
            else:
                statement, values["request_id"] = _CHANGES_OF, UUID(target)
        except ValueError:
            return []  # nothing but requests, links and people has changes
    rows = connection.execute(statement, values)
    return [(Position(row.at, 2 * row.id + 1), _change(row)) for row in rows]


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
    return Event(
        at=row.at,
        kind=row.kind,
        actor=_actor(row),
        request_id=row.request_id,
        before=_status(row.from_status),
        after=_status(row.to_status),
        code=row.code,
        data=_object(row.data),
        person_id=row.person_id,
    )


def _actor(row: sa.Row[Any]) -> Actor:
    return Actor(Door.read(row.door), row.actor, row.reference)


def _status(text: str | None) -> Status | None:
    return None if text is None else Status.read(text)


def _object(stored: object) -> Mapping[str, Any] | None:
    """A JSON object as it was written; anything unreadable from another version is left out."""
    return stored if isinstance(stored, dict) else None
