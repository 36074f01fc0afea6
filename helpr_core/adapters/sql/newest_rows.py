"""Which rows of `invite_requests` are wanted, newest first.

PostgreSQL finds a part of a name by its three-character pieces (pg_trgm), where the server
allows that extension (migrations/steps.py); otherwise it scans row by row, as SQLite does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.sql.paging import Position
from helpr_core.domain.requests import Status
from helpr_core.frozen import dataclass

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
        values = {"most": most, **self._values()}
        return connection.execute(_newest(*self._given()), values).all()

    def count(self, connection: sa.Connection, after: Position) -> tuple[int, int]:
        """How many they are, and how many of them are before that other position, too."""
        values = {f"after_{name}": value for name, value in after._asdict().items()}
        row = connection.execute(_counted(*self._given()), values | self._values()).one()
        return row[0], row[1]

    def _given(self) -> tuple[bool, bool, bool]:
        return bool(self.statuses), bool(self.needle), self.link_id is not None

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {"since": self.since, **self.before._asdict()}
        if self.statuses:
            values["statuses"] = list(self.statuses)
        if self.needle:
            values["pattern"] = self._pattern()
        if self.link_id is not None:
            values["link"] = self.link_id
        return values

    def _pattern(self) -> str:
        beginning = "" if len(self.needle) < SHORT else "%"
        return f"{beginning}{self.needle.translate(_ESCAPED)}%"


_PLACE = sa.tuple_(_columns.timestamp, _columns.id)


def _position(prefix: str = "") -> sa.Tuple:
    at = sa.bindparam(f"{prefix}timestamp", type_=_columns.timestamp.type)
    return sa.tuple_(at, sa.bindparam(f"{prefix}id"))


@cache  # constructing a statement takes longer than running it
def _newest(states: bool, search: bool, link: bool) -> sa.Select[Any]:
    query = sa.select(invite_requests)
    return (
        _filtered(query, states=states, search=search, link=link)
        .order_by(_columns.timestamp.desc(), _columns.id.desc())
        .limit(sa.bindparam("most"))
    )


@cache
def _counted(states: bool, search: bool, link: bool) -> sa.Select[Any]:
    rest = sa.func.count().filter(_position("after_") > _PLACE)
    columns: tuple[Any, ...] = (sa.func.count(), rest)
    query = sa.select(*columns).select_from(invite_requests)
    return _filtered(query, states=states, search=search, link=link)


def _filtered(query: sa.Select[Any], *, states: bool, search: bool, link: bool) -> sa.Select[Any]:
    query = query.where(_columns.timestamp >= sa.bindparam("since"), _position() > _PLACE)
    if states:
        query = query.where(_columns.status.in_(sa.bindparam("statuses", expanding=True)))
    if link:
        query = query.where(_columns.link_id == sa.bindparam("link", type_=_columns.link_id.type))
    if search:  # names and search are folded alike, so case does not matter here
        query = query.where(_columns.identity_key.like(sa.bindparam("pattern"), escape="\\"))
    return query
