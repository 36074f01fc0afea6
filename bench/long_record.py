"""The invites page of a large record compared with a small one: any page, any filter."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from bench.processes import Bench
from bench.table import NOTHING, Row, middle
from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.invite_history import SqlInviteHistory
from helpr_core.adapters.sql.paging import Listing, Position, to_cursor
from helpr_core.domain.history import InviteFilter
from helpr_core.domain.requests import Status
from tests.adapters.sql.many_rows import DAYS, NEWEST, OLD_DOMAIN, fill

_SHORT = 1000
_LONG = 100_000
"""A server has a hundred seats: nobody will have more requests than this."""
_LIMIT = 10.0
_PAGE = 20

_FAILED = frozenset({Status.FAILED})
_RARE = frozenset({Status.QUEUED, Status.DENIED})
_DATES = InviteFilter(since=NEWEST - timedelta(days=900), until=NEWEST - timedelta(days=300))
_FILTERS = {
    "all": InviteFilter(),
    "failed": InviteFilter(_FAILED),
    "queued, denied": InviteFilter(_RARE),
    "pending, of which there are none": InviteFilter(frozenset({Status.PENDING})),
    "all but success": InviteFilter(frozenset(Status) - {Status.SUCCESS}),
    "dates": _DATES,
    "failed, dates": replace(_DATES, statuses=_FAILED),
    "“example”": InviteFilter(search="example"),
    "“smith”": InviteFilter(search="smith"),
    "“zoe.hill”": InviteFilter(search="zoe.hill"),
    "“nobody”": InviteFilter(search="nobody"),
    "“smithanna”": InviteFilter(search="smithanna"),
    f"“@{OLD_DOMAIN}”": InviteFilter(search=f"@{OLD_DOMAIN}"),
    "“müller”": InviteFilter(search="müller"),
    "“o'brien”": InviteFilter(search="o'brien"),
    "“d\\s”": InviteFilter(search="d\\s"),
    "“100%r”": InviteFilter(search="100%r"),
    "“a_b”": InviteFilter(search="a_b"),
    "“z”": InviteFilter(search="z"),
    "“qz”": InviteFilter(search="qz"),
    "“zoe.hill”, failed": InviteFilter(_FAILED, "zoe.hill"),
    "“zoe.hill”, failed, dates": replace(_DATES, statuses=_FAILED, search="zoe.hill"),
    "“example”, queued, denied": InviteFilter(_RARE, "example"),
    "“nobody”, queued, denied": InviteFilter(_RARE, "nobody"),
    "“nobody”, failed, dates": replace(_DATES, statuses=_FAILED, search="nobody"),
}
_PAGES = {
    "first page": "",
    "middle page": to_cursor(Position(NEWEST - timedelta(days=DAYS / 2), 1), Listing.REQUESTS),
    "last page": to_cursor(Position(NEWEST - timedelta(days=DAYS - 1), 1), Listing.REQUESTS),
}


@dataclass(frozen=True, slots=True)
class _Measured:
    """Milliseconds for one page of one filter, in the small and the large record."""

    name: str
    short_ms: float
    long_ms: float

    @property
    def ratio(self) -> float:
        return self.long_ms / self.short_ms


def rows(bench: Bench, short_url: str, long_url: str) -> list[Row]:
    """Both alternately, taking the quickest of each, because other work on the machine can only add
    time."""
    with _history(short_url, _SHORT) as short, _history(long_url, _LONG) as long:
        measured = [
            _measure(
                f"{name}, {page}", (short, long), wanted, cursor, bench.times(full=25, smoke=5)
            )
            for name, wanted in _FILTERS.items()
            for page, cursor in _PAGES.items()
        ]
    worst = max(measured, key=lambda one: one.ratio)
    limit = bench.limit(_LIMIT)
    return [
        Row(
            f"page of {_PAGE} invites at {_LONG:,} rows against {_SHORT:,}, PostgreSQL "
            f"({len(_FILTERS)} filters, {len(_PAGES)} pages each)",
            NOTHING,
            f"{worst.ratio:.1f} × at most ({worst.short_ms:.1f} → {worst.long_ms:.1f} ms: "
            f"{worst.name}), median {middle([one.ratio for one in measured]):.1f} ×, "
            f"{max(one.long_ms for one in measured):.1f} ms at most",
            limit.promised(f"< {_LIMIT:g} ×"),
            limit.keeps(worst.ratio),
        )
    ]


@contextmanager
def _history(url: str, count: int) -> Iterator[SqlInviteHistory]:
    database = connect(url)
    with database.single():  # the schema now exists
        pass
    engine = sa.create_engine(url, poolclass=sa.NullPool)  # a connection without Helpr's time limit
    fill(engine, count)
    yield SqlInviteHistory(database)
    database.dispose()


def _measure(
    name: str,
    histories: tuple[SqlInviteHistory, SqlInviteHistory],
    wanted: InviteFilter,
    cursor: str,
    times: int,
) -> _Measured:
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for history, each in zip(histories, took, strict=True):
            started = time.perf_counter()
            history.page(wanted, _PAGE, cursor)
            each.append((time.perf_counter() - started) * 1000)
    return _Measured(name, min(took[0]), min(took[1]))
