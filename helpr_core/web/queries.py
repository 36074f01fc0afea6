"""What several of the owner's queries have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

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
