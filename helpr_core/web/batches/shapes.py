"""Batches as they are sent in, and as the owner sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from helpr_core.domain.batches import Batch, BatchLine, Line, Verdict, counts
from helpr_core.domain.history import Page
from helpr_core.services.requests.batches import Preview, Wish
from helpr_core.texts import Message, say
from helpr_core.web.libraries.shapes import PlexId, ServerId
from helpr_core.web.people.bodies import Days
from helpr_core.web.queries import EXACT, LENIENT, Cursor, Limit
from helpr_core.web.requests.shapes import OfferedLibrary
from helpr_core.web.whole import shown

MOST_BYTES = 256 * 1024
"""The largest body: 500 lines with long notes. Other bodies are smaller."""


def _uuid(given: object) -> UUID:
    if isinstance(given, UUID):
        return given
    try:
        return UUID(str(given))
    except ValueError as exc:
        raise ValueError(Message("field.uuid")) from exc


class BatchIn(BaseModel):
    """A list of friends, with defaults for lines that do not say otherwise.

    Columns are an address or name, and optionally libraries, days and a note; separated by tabs,
    semicolons, commas or bars, with or without a heading. At most 500 lines.
    """

    model_config = EXACT

    lines: str = Field(examples=["friend@example.com\nother@example.com;Movies;30;my cousin"])
    dry_run: bool = Field(False, description="Only say what would happen to each line.")
    server_id: ServerId = Field("", description="For all lines; without it, the default server.")
    libraries: list[PlexId] = Field(
        [], max_length=500, description="For lines that name none; else those that are shared."
    )
    access_days: Days | None = Field(None, description="For lines that name no days.")
    batch_id: Annotated[UUID, BeforeValidator(_uuid)] | None = Field(
        None,
        description="The same id again is the same batch; a dry run hands one out. Without one, "
        "the same list is one batch for the whole of a day (UTC).",
    )

    def wish(self) -> Wish:
        """The same for the use case."""
        return Wish(self.lines, tuple(self.libraries), self.access_days, self.server_id)


class BatchesQuery(BaseModel):
    """A page of batches."""

    model_config = LENIENT

    limit: Limit = 20
    cursor: Cursor = ""


class BatchQuery(BaseModel):
    """How much of a batch is wanted."""

    model_config = LENIENT

    lines: bool = Field(True, description="0: only the counts.")


class JudgedLine(BaseModel):
    """A line, and what would happen to it. `libraries` is empty for what is shared at that time."""

    line: int = Field(description="Its number in the text, from 1; several friends may share one.")
    email_or_username: str
    verdict: Verdict
    message: str
    suggestion: str | None = Field(None, description="The address that was likely meant.")
    libraries: list[OfferedLibrary]
    access_days: int | None = None
    note: str | None = None


class DryRunOut(BaseModel):
    """What would happen. `counts` has the verdicts that occur."""

    batch_id: UUID = Field(description="Send it along with the press that opens the batch.")
    lines: list[JudgedLine]
    counts: dict[str, int]
    seats_left: int | None = None
    plex_asked: bool = Field(
        description="Whether plex.tv said who has access already; else each line is tried."
    )


class BatchOpenedOut(BaseModel):
    """The batch that was opened, by this call or an identical earlier one."""

    batch_id: UUID


class OpenedLine(JudgedLine):
    """A line of a batch. `outcome` is its request's status, the verdict if it has none, or
    `deleted` once the request has been deleted because of its age."""

    outcome: str
    request_id: UUID | None = None
    error_code: str | None = None
    error_message: str | None = None
    sent_at: datetime | None = None
    accepted_at: datetime | None = None


class BatchOut(BaseModel):
    """A batch. `counts` has the outcomes that occur; `to_send` is how many lines were opened."""

    batch_id: UUID
    created_at: datetime
    state: Literal["working", "done"]
    counts: dict[str, int]
    to_send: int
    cancellable: bool = Field(description="Whether something may still be called off.")


class BatchWithLines(BatchOut):
    """A batch, with its lines if requested."""

    lines: list[OpenedLine] | None = None


class BatchesOut(BaseModel):
    """A page of batches, newest first; the last one has no next_cursor.

    `total` counts all pages.
    """

    batches: list[BatchOut]
    total: int
    next_cursor: str | None = None


class CancelledOut(BaseModel):
    """How many lines were called off."""

    cancelled: int


def dry_run_out(preview: Preview, batch_id: UUID) -> DryRunOut:
    """What would happen to each line."""
    return DryRunOut(
        batch_id=batch_id,
        lines=[JudgedLine(**_line(line)) for line in preview.lines],
        counts=counts(preview.lines),
        seats_left=preview.seats_left,
        plex_asked=preview.plex_asked,
    )


def batch_out(batch: Batch, lines: Sequence[BatchLine] | None = None) -> BatchWithLines:
    """A batch, with these lines."""
    return BatchWithLines(
        **_batch(batch), lines=None if lines is None else [_opened(one) for one in lines]
    )


def batches_out(page: Page[Batch], total: int) -> BatchesOut:
    """A page of batches."""
    return BatchesOut(
        batches=[BatchOut(**_batch(one)) for one in page.rows],
        total=total,
        next_cursor=page.next_cursor or None,
    )


def sentence(line: Line) -> str:
    """The text about a line besides its verdict."""
    return say(line.message or Message(f"batch.verdict.{line.verdict.value}"))


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "created_at": batch.created_at,
        "state": "done" if batch.is_over else "working",
        "counts": dict(batch.counts),
        "to_send": batch.to_send,
        "cancellable": bool(batch.counts.get("queued")),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "line": line.number,
        "email_or_username": line.who,
        "verdict": line.verdict,
        "message": sentence(line),
        "suggestion": line.suggestion or None,
        "libraries": [shown(OfferedLibrary, one) for one in line.libraries],
        "access_days": line.days,
        "note": line.note or None,
    }


def _opened(one: BatchLine) -> OpenedLine:
    request = one.request
    return OpenedLine(
        **_line(one.line),
        outcome=one.outcome,
        request_id=one.request_id,
        error_code=request.error_code if request else None,
        error_message=say(request.error_message) if request and request.error_message else None,
        sent_at=request.sent_at if request else None,
        accepted_at=request.accepted_at if request else None,
    )
