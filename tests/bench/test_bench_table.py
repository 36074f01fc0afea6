"""What the bench calls kept and missed; `make bench` runs it."""

from __future__ import annotations

from pathlib import Path

from bench.processes import SMOKE_TOLERANCE, Bench
from bench.table import Row, TimeLimit, markdown, missed


def test_a_missed_promise_is_named() -> None:
    kept = Row("calls", "2", "1", "1", ok=True)
    broken = Row("memory", "–", "130 MB", "< 120 MB", ok=False)
    unpromised = Row("pages", "–", "400", "–", ok=None)
    assert missed([kept, broken, unpromised]) == [broken]
    assert markdown([broken]).endswith("| memory | – | 130 MB | < 120 MB | MISSED |")


def test_only_a_smoke_is_tolerant_and_it_says_so() -> None:
    strict, tolerant = (Bench(smoke, Path()).limit(5.0) for smoke in (False, True))
    assert (strict.keeps(4.9), strict.keeps(5.0)) == (True, False)
    assert strict.promised("< 5 ms") == "< 5 ms"
    assert tolerant.tolerance >= SMOKE_TOLERANCE
    assert tolerant.promised("< 5 ms") == f"< 5 ms (smoke: × {tolerant.tolerance:.3g})"


def test_a_limit_is_kept_below_it_and_not_at_it() -> None:
    assert TimeLimit(5.0, tolerance=2.0).keeps(9.9)
    assert not TimeLimit(5.0, tolerance=2.0).keeps(10.0)
