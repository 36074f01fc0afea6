"""What the owner's API reads from a query."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from helpr_core.domain.history import InviteFilter
from helpr_core.domain.requests import Status
from helpr_core.texts import Message
from helpr_core.web.texts import Line

LENIENT = ConfigDict(hide_input_in_errors=True)


def _moment(text: object, *, days_later: int) -> datetime:
    """A day (its midnight UTC, `days_later`) or an RFC 3339 time, as aware UTC."""
    try:
        given = datetime.fromisoformat(str(text))
        if len(str(text)) == len("2026-01-31"):
            given = datetime.combine(given, time.min, UTC) + timedelta(days=days_later)
        if given.tzinfo is not None:
            return given.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # what cannot be read or reckoned with is as wrong as what lacks its zone
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

    def filter(self) -> InviteFilter:
        """The same for the record."""
        return InviteFilter(self.status, self.search, self.since, self.until)


Limit = Annotated[int, Field(ge=1, le=100, description="Rows on a page.")]
Cursor = Annotated[
    str,
    StringConstraints(max_length=200),
    Field(description="next_cursor of the page before; nothing for the newest."),
]


class InvitesQuery(FilterQuery):
    """A page of the log."""

    limit: Limit = 20
    cursor: Cursor = ""


class ExportQuery(FilterQuery):
    """What goes into the file."""


class AuditQuery(BaseModel):
    """A page of what the owner did."""

    model_config = LENIENT

    limit: Limit = 20
    cursor: Cursor = ""
    target: Annotated[Line, StringConstraints(max_length=255)] = Field(
        "", description="Only what was done to this: a request's id, settings, libraries."
    )


class StatsQuery(BaseModel):
    """How far back, today included."""

    model_config = LENIENT

    days: Annotated[int, Field(ge=1, le=365)] = 30


class LibrariesQuery(BaseModel):
    """Whether plex.tv is asked."""

    model_config = LENIENT

    refresh: bool = Field(False, description="1 asks plex.tv instead of what is known.")
