"""What importing the app costs a cold start, in addition to importing azure.functions."""

from __future__ import annotations

from bench.processes import Bench, naive_environment, run_child
from bench.table import Row, middle

_MOST_MS = 40.0


def rows(bench: Bench) -> list[Row]:
    """Fresh processes alternately; each measures the second import after the first."""
    run_child(naive_environment(), "bench.import_child", "eager")  # writes the .pyc files
    lazy, eager = [], []
    for number in range(bench.times(full=15, smoke=5)):
        lazy.append(_milliseconds("function_app"))
        if number % 3 == 0:  # takes long, and nothing is promised about it
            eager.append(_milliseconds("eager"))
    measured = middle(lazy)
    limit = bench.limit(_MOST_MS)
    return [
        Row(
            "importing function_app beyond importing azure.functions",
            f"+{middle(eager):.0f} ms (all imported eagerly)",
            f"+{measured:.0f} ms",
            limit.promised(f"< +{_MOST_MS:g} ms"),
            limit.keeps(measured),
        )
    ]


def _milliseconds(what: str) -> float:
    told = run_child(naive_environment(), "bench.import_child", what)
    return float(told["seconds"]) * 1000
