"""Own time: what a warm invite takes beyond Plex's answer, on either database."""

from __future__ import annotations

from bench.processes import Bench, demo_plex, helpr_environment, run_child
from bench.table import NOTHING, Row, TimeLimit, middle

_SQLITE_MS = 5.0
_POSTGRESQL_MS = 10.0


def rows(bench: Bench, postgres_url: str) -> list[Row]:
    """Plex is another process and answers at once."""
    return [
        _row(bench, "SQLite", _SQLITE_MS, {}),
        _row(bench, "PostgreSQL", _POSTGRESQL_MS, {"DATABASE_URL": postgres_url}),
    ]


def _row(bench: Bench, database: str, most_ms: float, settings: dict[str, str]) -> Row:
    limit = TimeLimit(most_ms, bench.smoke)
    with demo_plex() as plex_url:
        environment = helpr_environment(plex_url, bench.folder, **settings)
        number = bench.times(full=500, smoke=150)
        own = run_child(environment, "bench.child", "own-time", str(number))["own"]
    measured = middle(own) * 1000
    return Row(
        f"own time in a warm invite beyond Plex's answer, {database}",
        NOTHING,
        f"{measured:.1f} ms median of {number}",
        limit.promised(f"< {most_ms:g} ms"),
        limit.keeps(measured),
    )
