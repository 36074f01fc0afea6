"""What the load calls an error, a leak and one connection too many; `make load` runs it."""

from __future__ import annotations

import pytest

from load.friends import Asked
from load.verdict import errors, missed, percentile, table
from load.watch import Watch

GOOD: list[Asked] = [
    ("GET /", 200, 10.0),
    ("POST /api/invites", 201, 200.0),
    ("GET /api/invites/{id}", 200, 20.0),
]
FLAT = (100.0, 109.9)


def test_all_as_it_should_be_misses_nothing() -> None:
    assert missed(GOOD, FLAT, 10, 10) == []
    assert missed(GOOD, FLAT, 0, None) == []


@pytest.mark.parametrize("status", [0, 202, 400, 409, 429, 500, 503])
def test_an_invite_that_was_not_sent_is_an_error(status: int) -> None:
    asked = [*GOOD, ("POST /api/invites", status, 1.0)]
    assert errors(asked) == asked[-1:]
    assert missed(asked, FLAT, 0, None) == [
        f"1 of 4 answers are errors: POST /api/invites: {status}"
    ]


def test_memory_that_grows_and_connections_beyond_the_pools_are_named() -> None:
    assert missed(GOOD, (100.0, 110.1), 11, 10) == [
        "memory grew from 100 to 110 MB",
        "11 connections to PostgreSQL, the pools allow 10",
    ]


def test_nothing_asked_is_no_success() -> None:
    assert missed([], FLAT, 0, None) == ["nothing was asked"]


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [51, 96, 100, 100]
    assert percentile([7.0], 0.99) == 7.0


def test_the_table_has_a_line_for_each_path() -> None:
    lines = table([*GOOD, ("GET /", 503, 30.0)]).splitlines()
    assert lines[2:] == [
        "| GET / | 2 | 1 | 30 | 30 | 30 | 30 |",
        "| POST /api/invites | 1 | 0 | 200 | 200 | 200 | 200 |",
        "| GET /api/invites/{id} | 1 | 0 | 20 | 20 | 20 | 20 |",
    ]


def test_memory_is_compared_third_by_third() -> None:
    watch = Watch([1_000_000, 3_000_000, 50_000_000, 50_000_000, 5_000_000, 7_000_000])
    assert watch.thirds() == (2.0, 6.0)
    assert Watch([4_000_000]).thirds() == (4.0, 4.0)
