"""Requests as the owner sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, WithJsonSchema

from helpr_core.domain.audit import AuditEvent
from helpr_core.domain.history import InviteFilter, Page, Total
from helpr_core.domain.messages import friend_message
from helpr_core.domain.requests import InviteRequest, Source, Status
from helpr_core.services.requests.owners import actions
from helpr_core.texts import Message, say
from helpr_core.web.audit.shapes import Event, event_out
from helpr_core.web.libraries.shapes import PlexId, ServerId
from helpr_core.web.public.shapes import Confirmed
from helpr_core.web.queries import (
    EXACT,
    LENIENT,
    Cursor,
    Limit,
    Moment,
    RowsBefore,
    RowsInAll,
    WithTotal,
)
from helpr_core.web.texts import Line
from helpr_core.web.whole import Whole, shown


def _moment(text: object, *, days_later: int) -> datetime:
    """A day (its midnight UTC, `days_later`) or an RFC 3339 time, as aware UTC."""
    try:
        given = datetime.fromisoformat(str(text))
        if len(str(text)) == len("2026-01-31"):
            given = datetime.combine(given, time.min, UTC) + timedelta(days=days_later)
        if given.tzinfo is not None:
            return given.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # unreadable or out-of-range times are as wrong as ones without a zone
    raise ValueError(Message("field.moment"))


_MOMENT = WithJsonSchema(
    {
        "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}],
        "description": "A UTC day or an RFC 3339 time.",
    }
)


def _listed(text: object) -> object:
    return text.split(",") if isinstance(text, str) else text


class FilterQuery(BaseModel):
    """Which requests are wanted."""

    model_config = LENIENT

    status: Annotated[frozenset[Status], BeforeValidator(_listed)] = Field(
        frozenset(), description="One or more states, separated by commas."
    )
    search: Annotated[Line, StringConstraints(max_length=100)] = Field(
        "", description="A part of the name or e-mail address; case does not matter."
    )
    since: Annotated[
        datetime | None, BeforeValidator(lambda text: _moment(text, days_later=0)), _MOMENT
    ] = None
    until: Annotated[
        datetime | None, BeforeValidator(lambda text: _moment(text, days_later=1)), _MOMENT
    ] = Field(None, description="Of a day: to its end.")
    link: UUID | None = Field(None, description="Only those that came by the link of this id.")

    def filter(self) -> InviteFilter:
        """The same for the record."""
        return InviteFilter(self.status, self.search, self.since, self.until, self.link)


class InvitesQuery(FilterQuery):
    """A page of the log."""

    limit: Limit = 20
    cursor: Cursor = ""
    total: WithTotal = False


class ExportQuery(FilterQuery):
    """What goes into the file."""


class OfferedLibrary(BaseModel):
    """A library in a request."""

    id: int
    title: str
    type: str


class NoteOut(BaseModel):
    """A note from somebody who asked again for the same person."""

    at: datetime
    text: str
    same_browser: bool = Field(
        description="From the browser that opened the request; else anybody may have written it."
    )


class Row(BaseModel):
    """A request. `error_message` is for the owner, `friend_sees` what its page says now; both in
    the requested language.

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
    link_id: UUID | None = None
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


class Story(Row):
    """A request with what the owner did to it, oldest first."""

    events: list[Event]


class InvitesOut(Whole):
    """A page of the log, newest first."""

    invites: list[Row]
    next_cursor: str | None = None
    total: RowsInAll = None
    before: RowsBefore = None


class OwnerInviteIn(BaseModel):
    """Whom the owner invites, to which server (the default one if none is named), and to which
    libraries: the shared ones if none are named."""

    model_config = EXACT

    email_or_username: str = Field(examples=["friend@example.com"])
    server_id: ServerId = ""
    libraries: list[PlexId] | None = Field(None, max_length=500)
    access_from: Moment | None = Field(
        None, description="Nothing is sent before; at most a year ahead."
    )
    confirmed: Confirmed = ""


def row_out(row: InviteRequest) -> Row:
    """A request as the owner sees it."""
    return shown(Row, row, **_row(row))


def story_out(row: InviteRequest, events: Sequence[AuditEvent]) -> Story:
    """A request with its events, which arrive newest first and are shown oldest first."""
    told = [event_out(event) for event in reversed(events)]
    return shown(Story, row, events=told, **_row(row))


def invites_out(page: Page[InviteRequest], total: Total | None = None) -> InvitesOut:
    """A page of the log."""
    return InvitesOut(
        invites=[row_out(row) for row in page.rows],
        next_cursor=page.next_cursor or None,
        total=total.rows if total else None,
        before=total.before if total else None,
    )


def _row(row: InviteRequest) -> dict[str, Any]:
    return {
        "error_message": row.error_message and say(row.error_message),
        "friend_sees": say(friend_message(row).heading),
        "libraries": [shown(OfferedLibrary, one) for one in row.libraries],
        "note": row.note or None,
        "notes": [shown(NoteOut, one) for one in row.notes] or None,
        "actions": list(actions(row.status)),
    }
