"""What several of the owner's queries have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from helpr_core.texts import Message

LENIENT = ConfigDict(hide_input_in_errors=True)
STRICT = ConfigDict(strict=True, hide_input_in_errors=True)
EXACT = ConfigDict(strict=True, hide_input_in_errors=True, extra="forbid")
"""For orders: one with a misspelt field would be carried out without it."""

Limit = Annotated[int, Field(ge=1, le=100, description="Rows on a page.")]
Cursor = Annotated[
    str,
    StringConstraints(max_length=200),
    Field(description="next_cursor of the page before; nothing for the newest."),
]
WithTotal = Annotated[bool, Field(description="Count the rows of all pages, too.")]
RowsInAll = Annotated[int | None, Field(description="Rows on all pages, where that was asked for.")]
RowsBefore = Annotated[int | None, Field(description="Those of them on newer pages.")]


def _moment(given: object) -> datetime:
    """An RFC 3339 time as aware UTC."""
    try:
        moment = datetime.fromisoformat(str(given))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # as wrong as one without a zone
    raise ValueError(Message("field.time"))


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
