"""What notifying the owner costs a friend: a warm invite with and without a channel."""

from __future__ import annotations

from bench.processes import Bench, demo_plex, helpr_environment, run_child
from bench.table import NOTHING, Row, middle

_ROUND = 50


def rows(bench: Bench, postgres_url: str) -> list[Row]:
    """On each database, in fresh processes; without a channel first."""
    with demo_plex() as plex_url:
        on_sqlite = helpr_environment(plex_url, bench.folder)
        on_postgresql = {**on_sqlite, "DATABASE_URL": postgres_url}
        return [
            _row(bench, "SQLite", on_sqlite),
            _row(bench, "PostgreSQL", on_postgresql),
        ]


def _quietest(own: list[float]) -> float:
    """Other work on the machine can only add time: the quietest round is closest to the truth."""
    return min(middle(own[at : at + _ROUND]) for at in range(0, len(own), _ROUND))


def _row(bench: Bench, database: str, environment: dict[str, str]) -> Row:
    run_child(environment, "bench.child", "prepare", "0")
    number = bench.times(full=200, smoke=50)
    untold = run_child(environment, "bench.child", "untold", str(number))
    told = run_child(environment, "bench.child", "told", str(number))
    before, after = (_quietest(one["own"]) * 1000 for one in (untold, told))
    return Row(
        f"statements before the answer to a warm invite that a channel is told of, {database}",
        NOTHING,
        f"{told['statements']} ({untold['statements']} without a channel); "
        f"own time {after:.1f} ms ({before:.1f} ms), {told['notices']} notices of {number}",
        "as many as without, and a notice of each",
        told["statements"] == untold["statements"] and told["notices"] == number,
    )
