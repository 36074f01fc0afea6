"""Which rows of `invite_requests` are wanted, and the statements that give the newest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.sql.paging import Position
from helpr_core.domain.requests import Status

SHORT = 3
"""A search of fewer characters is for names that begin with it."""

_FARTHEST = 2**31 - 1

_columns = invite_requests.c
_PLACE_OF: dict[str, Any] = {"postgresql": sa.func.strpos, "sqlite": sa.func.instr}


@dataclass(frozen=True, slots=True)
class Query:
    """Rows in one of `statuses` (empty: in any), from `since` on and before a position.

    `needle` is a part of `identity_key`, or its beginning when it is short.
    """

    statuses: Sequence[Status]
    needle: str
    since: datetime
    before: Position

    def values(self, most: int) -> dict[str, Any]:
        """The parameters of the statements below."""
        return {
            "most": most,
            "since": self.since,
            **self.before._asdict(),
            "needle": self.needle,
            "farthest": 1 if len(self.needle) < SHORT else _FARTHEST,
            **{f"status_{number}": status for number, status in enumerate(self.statuses)},
        }


@cache  # a handful of shapes: putting a statement together takes longer than running it
def newest(dialect: str, statuses: int, search: bool) -> sa.Select[Any]:
    """The newest rows of a query with so many statuses.

    For each state a query of its own: an index has the rows of one state in order, and not
    those of several.
    """
    if statuses == 0:
        return _in_order(dialect, search, sa.true())
    each = [
        _in_order(dialect, search, _columns.status == sa.bindparam(f"status_{number}"))
        for number in range(statuses)
    ]
    if statuses == 1:
        return each[0]
    found = sa.union_all(*(sa.select(one.subquery()) for one in each)).subquery()
    return _first_of(sa.select(found), found.c)


def _contains_needle(dialect: str, identity_key: Any) -> Any:
    """Whether the needle is in there, not farther than it may be."""
    place = _PLACE_OF[dialect](identity_key, sa.bindparam("needle", type_=sa.String))
    return place.between(1, sa.bindparam("farthest", type_=sa.Integer))


def _first_of(query: sa.Select[Any], columns: Any) -> sa.Select[Any]:
    """Newest first, `most` of them."""
    return query.order_by(columns.timestamp.desc(), columns.id.desc()).limit(sa.bindparam("most"))


def _in_order(dialect: str, search: bool, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    place = sa.tuple_(_columns.timestamp, _columns.id)
    end = sa.tuple_(sa.bindparam("timestamp", type_=_columns.timestamp.type), sa.bindparam("id"))
    query = sa.select(invite_requests).where(
        condition, _columns.timestamp >= sa.bindparam("since"), place < end
    )
    if search:
        query = query.where(_contains_needle(dialect, _columns.identity_key))
    return _first_of(query, _columns)
