"""Which rows of `invite_requests` are wanted, newest first.

PostgreSQL finds a part of a name by its three-character pieces (pg_trgm), where the server
allows that extension (migrations/steps.py); otherwise it scans row by row, as SQLite does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.sql.paging import Position
from helpr_core.domain.requests import Status

SHORT = 3
"""A search of fewer characters is for names that begin with it."""
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\%_"})

_columns = invite_requests.c


@dataclass(frozen=True, slots=True)
class Query:
    """Rows in one of `statuses` (empty: any), from `since` on and before a position; through that
    link, if one is named.

    `needle` is part of `identity_key`, or its beginning if the needle is short.
    """

    statuses: Sequence[Status]
    needle: str
    since: datetime
    before: Position
    link_id: UUID | None = None

    def rows(self, connection: sa.Connection, most: int) -> Sequence[sa.Row[Any]]:
        """The newest of them, at most `most`."""
        statement = _newest(
            states=bool(self.statuses), search=bool(self.needle), link=self.link_id is not None
        )
        values = {"most": most, "since": self.since, **self.before._asdict()}
        if self.statuses:
            values["statuses"] = list(self.statuses)
        if self.needle:
            values["pattern"] = self._pattern()
        if self.link_id is not None:
            values["link"] = self.link_id
        return connection.execute(statement, values).all()

    def _pattern(self) -> str:
        beginning = "" if len(self.needle) < SHORT else "%"
        return f"{beginning}{self.needle.translate(_ESCAPED)}%"


@cache  # constructing a statement takes longer than running it
def _newest(*, states: bool, search: bool, link: bool = False) -> sa.Select[Any]:
    place = sa.tuple_(_columns.timestamp, _columns.id)
    end = sa.tuple_(sa.bindparam("timestamp", type_=_columns.timestamp.type), sa.bindparam("id"))
    query = (
        sa.select(invite_requests)
        .where(_columns.timestamp >= sa.bindparam("since"), place < end)
        .order_by(_columns.timestamp.desc(), _columns.id.desc())
        .limit(sa.bindparam("most"))
    )
    if states:
        query = query.where(_columns.status.in_(sa.bindparam("statuses", expanding=True)))
    if link:
        query = query.where(_columns.link_id == sa.bindparam("link", type_=_columns.link_id.type))
    if search:  # names and search are folded alike, so case does not matter here
        query = query.where(_columns.identity_key.like(sa.bindparam("pattern"), escape="\\"))
    return query
