"""Searches on PostgreSQL: bounded work, however many rows there are and whatever matches.

A part of a name may be in every second row, or in none of a million, or in half of them and
none of this year's. So two ways take turns: a number of rows is looked through, which finds
what is common here; then the index `ix_invite_requests_search` (GIN) is asked for what is
not. Of each row it holds a number, made by the function `helpr_search_keys`, for

- each three characters in a row of its `identity_key`, which two spaces are put before,
- its state,
- the UTC day on which it was asked for, and the span of 32 days in which that day lies.

GIN gives the rows of a set of numbers all at once and in no order. That will do for what is
rare altogether. Else it is asked span by span, newest first, for a bounded number of rows,
and day by day in the first span that has more. Where a day has more too, matches are common
there, or look like common ones, and more rows are looked through from there on: twice as
many as the time before.

Two things may share a number, so what the index gives is compared with what is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.models import UtcDateTime, invite_requests
from helpr_core.adapters.sql.newest_rows import (
    SHORT,
    Query,
    newest,
)
from helpr_core.adapters.sql.paging import Position
from helpr_core.domain.requests import Status

_DIALECT = "postgresql"
_LOOKED_THROUGH = 1000
"""So many rows are looked through at first."""
_CANDIDATES = 100
"""So many rows, beyond those that are wanted, the index may give of some spans or days."""
_CANDIDATES_OF_ALL = 1000
"""And so many of all."""
_MOST_KEYS = 4
"""So many numbers of a long needle are looked up: fewer candidates would not pay for more."""
_RARE = 0.01
"""Below this share of all rows the index is asked for all of them at once."""
_SPAN_BITS = 5  # 32 days
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Rows = list[sa.Row[Any]]

# The function scan gives the spans in their order, the nested loop keeps it, and LIMIT ends
# it. A span that the limit cut off may have more rows: `cut` is its number. The name and the
# time are conditions of their own: GIN then leaps from one's rows to the other's.
_PROBE_TEXT = """
WITH found AS MATERIALIZED (
    SELECT probe.number, candidate.*
    FROM unnest(
        CAST(:numbers AS integer[]), CAST(:times AS integer[]), CAST(:states AS integer[])
    ) AS probe (number, of_time, of_state)
    CROSS JOIN LATERAL (
        SELECT * FROM invite_requests
        WHERE helpr_search_keys(identity_key, status, timestamp) @> CAST(:keys AS integer[])
            AND helpr_search_keys(identity_key, status, timestamp) @> ARRAY[of_time, of_state]
        LIMIT :candidates
    ) AS candidate
    LIMIT :candidates
),
ending AS (SELECT CASE WHEN count(*) = :candidates THEN max(number) END AS cut FROM found)
SELECT ending.cut, matching.*
FROM ending LEFT JOIN LATERAL (
    SELECT * FROM found
    WHERE (ending.cut IS NULL OR number < ending.cut)
        AND strpos(identity_key, :needle) BETWEEN 1 AND :farthest
        AND status = ANY (CAST(:statuses AS text[]))
        AND timestamp >= :since AND (timestamp, id) < (:timestamp, :id)
    ORDER BY timestamp DESC, id DESC LIMIT :most
) AS matching ON true
"""
_PROBE = (
    sa.text(_PROBE_TEXT)
    .bindparams(*(sa.bindparam(name, type_=UtcDateTime()) for name in ("since", "timestamp")))
    .columns(cut=sa.Integer, number=sa.Integer, **{c.name: c.type for c in invite_requests.c})
)
# PostgreSQL's statistics know the thousand most common numbers: the rarest of the needle's
# are looked up, and those first that are not among the thousand.
_RAREST_TEXT = """
SELECT wanted.key, coalesce(common.frequency, 0) AS frequency
FROM unnest(CAST(:keys AS integer[])) WITH ORDINALITY AS wanted (key, place)
LEFT JOIN (
    SELECT unnest(CAST(CAST(most_common_elems AS text) AS integer[])) AS key,
        unnest(most_common_elem_freqs) AS frequency
    FROM pg_stats
    WHERE schemaname = current_schema() AND tablename = 'ix_invite_requests_search'
) AS common ON common.key = wanted.key
ORDER BY frequency, wanted.place LIMIT :most_keys
"""
_RAREST = sa.text(_RAREST_TEXT).columns(key=sa.Integer, frequency=sa.Float)
_OLDEST = sa.select(sa.func.min(invite_requests.c.timestamp))


@cache
def _reach(statuses: int) -> Any:
    """How far back so many of the newest rows go, and how many there are."""
    rows = newest(_DIALECT, statuses, search=False).subquery()
    return sa.select(sa.func.min(rows.c.timestamp), sa.func.count()).select_from(rows)


def search(connection: sa.Connection, query: Query, most: int) -> Rows:
    """The newest rows with the needle, `most` of them."""
    rows: Rows = []
    index = _Index(connection, query)
    count = _LOOKED_THROUGH
    while True:
        reach = _reach(len(query.statuses))
        oldest, there = connection.execute(reach, query.values(count)).one()
        if there < count:
            return rows + _matching(connection, query, most - len(rows))
        rows += _matching(connection, replace(query, since=oldest), most - len(rows))
        if len(rows) == most:
            return rows
        query = replace(query, before=Position(oldest, -1))
        found, end = index.ask(query, most - len(rows))
        rows += found
        if end is None or len(rows) == most:
            return rows
        query = replace(query, before=end)
        count *= 2


def _matching(connection: sa.Connection, query: Query, most: int) -> Rows:
    """Row after row, newest first, until there are so many matches or no more rows."""
    statement = newest(_DIALECT, len(query.statuses), search=True)
    return list(connection.execute(statement, query.values(most)))


@dataclass(frozen=True, slots=True)
class _Span:
    """Days in a row, both ends included, counted from 1970; all of them share `key`."""

    key: int
    first: int
    last: int


def _spans(first: int, last: int) -> list[_Span]:
    """Newest first, cut to what is wanted at both ends."""
    return [
        _Span(
            -10_000_000 - number,
            max(first, number << _SPAN_BITS),
            min(last, (number + 1 << _SPAN_BITS) - 1),
        )
        for number in range(last >> _SPAN_BITS, (first >> _SPAN_BITS) - 1, -1)
    ]


def _days(span: _Span) -> list[_Span]:
    return [_Span(-1000 - day, day, day) for day in range(span.last, span.first - 1, -1)]


class _Index:
    """The questions of one search to the index."""

    def __init__(self, connection: sa.Connection, query: Query) -> None:
        self._connection = connection
        self._needle = query.needle
        self._states = [-ord(status[0]) for status in query.statuses]
        self._statuses = [status.value for status in query.statuses or Status]

    @cached_property
    def _rarest(self) -> Sequence[sa.Row[Any]]:
        values = {"keys": _keys(self._needle), "most_keys": _MOST_KEYS}
        return self._connection.execute(_RAREST, values).all()

    @cached_property
    def _oldest(self) -> datetime | None:
        return self._connection.execute(_OLDEST).scalar()

    def ask(self, query: Query, most: int) -> tuple[Rows, Position | None]:
        """The newest matches, and behind which position there may be more; None: nowhere."""
        if self._rarest[0].frequency < _RARE:
            whole = _Span(self._rarest[0].key, 0, 0)  # a number that each candidate has
            rows, cut = self._probe(query, [whole], most, _CANDIDATES_OF_ALL)
            if cut is None:
                return rows, None
        oldest = self._oldest or query.before.timestamp  # None: all were deleted just now
        first = _day(max(query.since, oldest))
        spans = _spans(first, _day(query.before.timestamp))
        rows, cut = self._probe(query, spans, most, _CANDIDATES)
        if cut is None or len(rows) == most:
            return rows, None
        days = _days(spans[cut])
        more, cut_day = self._probe(query, days, most - len(rows), _CANDIDATES)
        # The day that was cut off, or the span before this one, is where to go on.
        complete = days[cut_day].last + 1 if cut_day is not None else spans[cut].first
        end = Position(_EPOCH + timedelta(days=complete), -1)
        return rows + more, min(end, query.before)

    def _probe(
        self, query: Query, spans: Sequence[_Span], most: int, beyond: int
    ) -> tuple[Rows, int | None]:
        """Matches of the spans before the first that has more than can be told at once.

        The second value is that span's place in `spans`; None when there is none.
        """
        # A state of its own for each probe; its time twice where any state will do.
        probes = [
            (place, span.key, state)
            for place, span in enumerate(spans)
            for state in self._states or [span.key]
        ]
        numbers, times, states = zip(*probes, strict=True)
        values = query.values(most) | {
            "numbers": list(numbers),
            "times": list(times),
            "states": list(states),
            "keys": [row.key for row in self._rarest],
            "statuses": self._statuses,
            "candidates": most + beyond,
        }
        rows = self._connection.execute(_PROBE, values).all()
        # An outer join makes up a row where it finds none.
        return [row for row in rows if row.id is not None], rows[0].cut


def _keys(needle: str) -> list[int]:
    """The numbers of each three characters, as `helpr_search_keys` makes them."""
    codes = [ord(character) for character in f"  {needle}"]
    keys = [
        ((one << 16) ^ (two << 8) ^ three) & 0xFFFFFF
        for one, two, three in zip(codes, codes[1:], codes[2:], strict=False)
    ]
    # Only of a short one is it known that a name begins with it.
    return list(dict.fromkeys(keys if len(needle) < SHORT else keys[2:]))


def _day(at: datetime) -> int:
    return (at - _EPOCH).days
