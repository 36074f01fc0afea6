"""What using a link costs: statements of a warm invite with and without a link."""

from __future__ import annotations

from bench.processes import Bench, demo_plex, helpr_environment, run_child
from bench.table import NOTHING, Row

_MORE = 1
"""The lookup of the code's link. The use is taken by the statement that opens the row."""
_MORE_ON_SQLITE = 2
"""There it is a separate statement in the same transaction."""


def rows(bench: Bench, postgres_url: str) -> list[Row]:
    """On each database, in fresh processes."""
    with demo_plex() as plex_url:
        on_sqlite = helpr_environment(plex_url, bench.folder)
        on_postgresql = {**on_sqlite, "DATABASE_URL": postgres_url}
        return [
            _row("SQLite", on_sqlite, _MORE_ON_SQLITE),
            _row("PostgreSQL", on_postgresql, _MORE),
        ]


def _row(database: str, environment: dict[str, str], most: int) -> Row:
    run_child(environment, "bench.child", "prepare", "0")
    told = run_child(environment, "bench.child", "statements", "5")
    more = told["by_link"] - told["plain"]
    return Row(
        f"statements about requests and links, invite by a link on a warm worker, {database}",
        NOTHING,
        f"{told['by_link']} ({told['plain']} without a link)",
        f"{most} more than without a link at most",
        more <= most,
    )
