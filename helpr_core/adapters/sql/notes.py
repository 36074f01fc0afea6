"""What people write when they ask again: rows of `request_notes`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.models import request_notes
from helpr_core.domain.requests import InviteRequest, Note

MOST = 100
"""The most notes per request: a stranger can write them, and the owner's page shows them all."""

_columns = request_notes.c
_mine = sa.select(sa.func.count()).where(_columns.request_id == sa.bindparam("wanted_id"))
_INSERT = request_notes.insert().from_select(
    ["request_id", "timestamp", "text", "same_browser"],
    sa.select(
        sa.bindparam("wanted_id", type_=_columns.request_id.type),
        sa.bindparam("at", type_=_columns.timestamp.type),
        sa.bindparam("words", type_=_columns.text.type),
        sa.bindparam("same", type_=_columns.same_browser.type),
    ).where(
        _mine.where(_columns.text == sa.bindparam("words")).scalar_subquery() == 0,
        _mine.scalar_subquery() < MOST,
    ),
)
_OF_REQUESTS = (
    sa.select(request_notes)
    .where(_columns.request_id.in_(sa.bindparam("request_ids", expanding=True)))
    .order_by(_columns.request_id, _columns.id)
)


def insert_note(connection: sa.Connection, request_id: UUID, note: Note) -> None:
    """Store it, unless the request already has it or has the maximum."""
    values = {
        "wanted_id": request_id,
        "at": note.at,
        "words": note.text,
        "same": note.same_browser,
    }
    connection.execute(_INSERT, values)


def with_notes(connection: sa.Connection, rows: Sequence[InviteRequest]) -> list[InviteRequest]:
    """The rows, each with its notes, oldest first: one statement for all of them."""
    if not rows:
        return []
    found = connection.execute(_OF_REQUESTS, {"request_ids": [row.request_id for row in rows]})
    notes = {
        request_id: tuple(Note(one.timestamp, one.text, one.same_browser) for one in group)
        for request_id, group in groupby(found, lambda one: one.request_id)
    }
    return [
        replace(row, notes=notes[row.request_id]) if row.request_id in notes else row
        for row in rows
    ]
