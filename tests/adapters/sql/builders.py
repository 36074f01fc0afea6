"""Builders for requests and outcomes, and a way to insert many rows at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.sql.rows import new_values
from helpr_core.domain.audit import Actor, Door
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.plex import Library
from helpr_core.domain.requests import NewRequest, Outcome, Source, Status

NOON = datetime(2026, 1, 2, 12, 0, 0, 123_456, tzinfo=UTC)
OWNER = Actor(Door.SESSION, "owner")
MOVIES = Library(118181361, "Movies", "movie")
MUSIC = Library(118181363, "Músic 😀", "artist")


def request(
    key: str = "alice",
    at: datetime = NOON,
    who: str = "Alice",
    status: Status = Status.PENDING,
    note: str = "",
    browser: str = "b" * 64,
) -> NewRequest:
    return NewRequest(
        request_id=uuid4(),
        email_or_username=who,
        identity_key=key,
        timestamp=at,
        source=Source.FORM,
        server_name="Demo Plex",
        libraries=(MOVIES, MUSIC),
        client_key="c" * 64,
        note=note,
        status=status,
        browser_key=browser,
    )


def outcome(status: Status, at: datetime = NOON) -> Outcome:
    return Outcome(status, at, duration_ms=12)


def row_of(who: str, at: datetime = NOON, status: Status = Status.SUCCESS) -> NewRequest:
    """A request in its final state, for `write`; its key is made from the name."""
    return request(identity_key(who), at, who, status)


def write(database: Database, rows: Iterable[NewRequest]) -> None:
    """Insert rows as they are, bypassing the checks of the record."""
    with database.begin() as connection:
        connection.execute(sa.insert(invite_requests), [new_values(row) for row in rows])
