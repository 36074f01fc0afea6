"""What the owner did, in the table `audit_events`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import audit_events
from helpr_core.adapters.sql.paging import Position, to_cursor, to_position
from helpr_core.domain.audit import Actor, AuditEvent, Door
from helpr_core.domain.history import Page

_columns = audit_events.c


def _page(*conditions: sa.ColumnElement[bool]) -> Any:
    place = sa.tuple_(_columns.timestamp, _columns.id)
    end = sa.tuple_(sa.bindparam("timestamp", type_=_columns.timestamp.type), sa.bindparam("id"))
    return (
        sa.select(audit_events)
        .where(place < end, *conditions)
        .order_by(_columns.timestamp.desc(), _columns.id.desc())
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
_PAGE = _page()
_PAGE_OF_TARGET = _page(_columns.target == sa.bindparam("target"))
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
        """Newest first, `limit` events; of one target only where it is named."""
        # One more than wanted tells whether there is a page after this one.
        values = {**to_position(cursor)._asdict(), "target": target, "most": limit + 1}
        with self._database.single() as connection:
            rows = connection.execute(_PAGE_OF_TARGET if target else _PAGE, values).all()
        shown = rows[:limit]
        more = len(rows) > limit
        return Page(
            [_event(row) for row in shown],
            to_cursor(Position(shown[-1].timestamp, shown[-1].id)) if more else "",
        )

    def delete_older(self, than: datetime, limit: int, action: str = "") -> int:
        """Delete events older than that, of one action only where it is named; how many."""
        statement = _DELETE_OLDER_OF_ACTION if action else _DELETE_OLDER
        values = {"than": than, "action": action, "most": limit}
        with self._database.single() as connection:
            return connection.execute(statement, values).rowcount


def _values(event: AuditEvent) -> dict[str, Any]:
    return {
        "timestamp": event.at,
        "door": event.actor.door,
        "actor": event.actor.name,
        "action": event.action,
        "target": event.target,
        "before": event.before if event.before is None else dict(event.before),
        "after": event.after if event.after is None else dict(event.after),
        "reference": event.reference,
    }


def _event(row: sa.Row[Any]) -> AuditEvent:
    return AuditEvent(
        at=row.timestamp,
        actor=Actor(Door(row.door), row.actor),
        action=row.action,
        target=row.target,
        reference=row.reference,
        before=row.before,
        after=row.after,
    )
