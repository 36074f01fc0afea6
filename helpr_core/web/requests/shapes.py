"""Requests as the owner sees them, and what the owner did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from helpr_core.domain.audit import AuditEvent, Door
from helpr_core.domain.history import Page
from helpr_core.domain.messages import friend_message
from helpr_core.domain.requests import InviteRequest, Source, Status
from helpr_core.services.requests.owners import actions
from helpr_core.texts import say
from helpr_core.web.libraries.shapes import STRICT, PlexId
from helpr_core.web.public.shapes import Confirmed


class OfferedLibrary(BaseModel):
    """A library as a request has it."""

    id: int
    title: str
    type: str


class NoteOut(BaseModel):
    """A word from somebody who asked again for the same person."""

    at: datetime
    text: str
    same_browser: bool = Field(
        description="From the browser that opened the request; else anybody may have written it."
    )


class Row(BaseModel):
    """A request. `error_message` is for the owner, `friend_sees` what its page says now.

    `note` came with the request, `notes` with later submissions for the same person.
    """

    request_id: UUID
    email_or_username: str
    timestamp: datetime
    status: Status
    error_code: str | None = None
    error_message: str | None = None
    friend_sees: str
    source: Source
    server_name: str
    libraries: list[OfferedLibrary]
    note: str | None = None
    notes: list[NoteOut] | None = None
    attempts: int
    next_attempt_at: datetime | None = None
    queued_since: datetime | None = None
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    updated_at: datetime
    duration_ms: int | None = None
    actions: list[Literal["retry", "approve", "deny"]]


class Event(BaseModel):
    """Something the owner did. `before` and `after` hold what changed."""

    at: datetime
    door: Door
    actor: str
    action: str
    target: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reference: str


class Story(Row):
    """A request with what the owner did to it, oldest first."""

    events: list[Event]


class InvitesOut(BaseModel):
    """A page of the log, newest first; without next_cursor it is the last."""

    invites: list[Row]
    next_cursor: str | None = None


class AuditOut(BaseModel):
    """A page of what the owner did, newest first."""

    events: list[Event]
    next_cursor: str | None = None


class OwnerInviteIn(BaseModel):
    """Whom the owner invites, and to which libraries: the shared ones when none are named."""

    model_config = STRICT

    email_or_username: str = Field(examples=["friend@example.com"])
    libraries: list[PlexId] | None = Field(None, max_length=500)
    confirmed: Confirmed = ""


def row_out(row: InviteRequest) -> Row:
    """A request as the owner sees it."""
    return Row(**_row(row))


def story_out(row: InviteRequest, events: Sequence[AuditEvent]) -> Story:
    """A request with its events; they come newest first, and a story is told forwards."""
    return Story(**_row(row), events=[_event(event) for event in reversed(events)])


def invites_out(page: Page[InviteRequest]) -> InvitesOut:
    """A page of the log."""
    return InvitesOut(
        invites=[row_out(row) for row in page.rows], next_cursor=page.next_cursor or None
    )


def audit_out(page: Page[AuditEvent]) -> AuditOut:
    """A page of events."""
    return AuditOut(
        events=[_event(event) for event in page.rows], next_cursor=page.next_cursor or None
    )


def _event(event: AuditEvent) -> Event:
    return Event(
        at=event.at,
        door=event.actor.door,
        actor=event.actor.name,
        action=event.action,
        target=event.target,
        before=dict(event.before) if event.before is not None else None,
        after=dict(event.after) if event.after is not None else None,
        reference=event.reference,
    )


def _row(row: InviteRequest) -> dict[str, Any]:
    return {
        "request_id": row.request_id,
        "email_or_username": row.email_or_username,
        "timestamp": row.timestamp,
        "status": row.status,
        "error_code": row.error_code,
        "error_message": row.error_message,
        "friend_sees": say(friend_message(row).heading),
        "source": row.source,
        "server_name": row.server_name,
        "libraries": [
            OfferedLibrary(id=one.id, title=one.title, type=one.type) for one in row.libraries
        ],
        "note": row.note or None,
        "notes": [
            NoteOut(at=one.at, text=one.text, same_browser=one.same_browser) for one in row.notes
        ]
        or None,
        "attempts": row.attempts,
        "next_attempt_at": row.next_attempt_at,
        "queued_since": row.queued_since,
        "sent_at": row.sent_at,
        "accepted_at": row.accepted_at,
        "updated_at": row.updated_at,
        "duration_ms": row.duration_ms,
        "actions": list(actions(row.status)),
    }
