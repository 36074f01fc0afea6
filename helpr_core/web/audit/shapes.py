"""The audit log's shapes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from helpr_core.domain.audit import AuditEvent, Door
from helpr_core.domain.history import Page, Total
from helpr_core.web.queries import LENIENT, Cursor, Limit, RowsBefore, RowsInAll, WithTotal
from helpr_core.web.texts import Line
from helpr_core.web.whole import Whole, shown


class AuditQuery(BaseModel):
    """A page of who did what."""

    model_config = LENIENT

    limit: Limit = 20
    cursor: Cursor = ""
    total: WithTotal = False
    target: Annotated[Line, StringConstraints(max_length=255)] = Field(
        "", description="Only what was done to this: a request's id, settings, libraries."
    )


class Event(BaseModel):
    """Something that was done or changed, with the values in `before` and `after`.

    By the owner (`session`, `key`), by a friend, or by Helpr itself (`system`).
    """

    at: datetime
    door: Door
    actor: str
    action: str
    target: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reference: str


class AuditOut(Whole):
    """A page of who did what, newest first."""

    events: list[Event]
    next_cursor: str | None = None
    total: RowsInAll = None
    before: RowsBefore = None


def audit_out(page: Page[AuditEvent], total: Total | None = None) -> AuditOut:
    """A page of events."""
    return AuditOut(
        events=[event_out(event) for event in page.rows],
        next_cursor=page.next_cursor or None,
        total=total.rows if total else None,
        before=total.before if total else None,
    )


def event_out(event: AuditEvent) -> Event:
    """One thing that was done."""
    return shown(
        Event,
        event,
        door=event.actor.door,
        actor=event.actor.name,
        before=dict(event.before) if event.before is not None else None,
        after=dict(event.after) if event.after is not None else None,
        reference=event.actor.reference,
    )
