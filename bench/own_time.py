"""Own time: a warm invite's time without the wait for Plex's answer, on each database."""

from __future__ import annotations

from bench.processes import Bench, demo_plex, helpr_environment, run_child
from bench.table import NOTHING, Row, middle

_SQLITE_MS = 5.0
_POSTGRESQL_MS = 10.0
_ROUND = 50


def rows(bench: Bench, postgres_url: str) -> list[Row]:
    """Both alternately, each time in a fresh process; Plex is a separate one that answers at
    once."""
    sqlite, postgresql = [], []
    with demo_plex() as plex_url:
        on_sqlite = helpr_environment(plex_url, bench.folder)
        on_postgresql = {**on_sqlite, "DATABASE_URL": postgres_url}
        for environment in (on_sqlite, on_postgresql):
            run_child(environment, "bench.child", "prepare", "0")
        for _ in range(bench.times(full=4, smoke=2)):
            sqlite += _own_times(on_sqlite)
            postgresql += _own_times(on_postgresql)
    return [
        _row(bench, "SQLite", _SQLITE_MS, sqlite),
        _row(bench, "PostgreSQL", _POSTGRESQL_MS, postgresql),
    ]


def _own_times(environment: dict[str, str]) -> list[float]:
    """Milliseconds for each of three rounds of invites."""
    told = run_child(environment, "bench.child", "own-time", str(3 * _ROUND))
    return [seconds * 1000 for seconds in told["own"]]


def _row(bench: Bench, database: str, most_ms: float, own: list[float]) -> Row:
    limit = bench.limit(most_ms)
    # Other work on the machine can only add time: the quietest round is closest to the truth.
    quietest = min(middle(own[at : at + _ROUND]) for at in range(0, len(own), _ROUND))
    return Row(
        f"own time in a warm invite beyond Plex's answer, {database}",
        NOTHING,
        f"{quietest:.1f} ms, median of the quietest {_ROUND} in a row "
        f"({middle(own):.1f} ms of all {len(own)})",
        limit.promised(f"< {most_ms:g} ms"),
        limit.keeps(quietest),
    )
