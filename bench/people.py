"""People: their page among thousands who are gone, reading them, and ending everybody's access at
once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bench.people_child import ELSEWHERE, PAST, PEOPLE
from bench.processes import LATENCY_SECONDS, Bench, demo_plex, helpr_environment, run_child
from bench.table import NOTHING, Row, middle

_PAGE_MS = 50.0
_CALLS = 2
_SMOKE_LATENCY_SECONDS = 0.03
"""A hundred removals, one after the other, would make a smoke wait for most of a minute."""
_MODULE = "bench.people_child"


def rows(bench: Bench, postgres_url: str, url_for_ends: str) -> list[Row]:
    """On each database. Only removals wait for Plex; in a full run as long as for the real one."""
    latency = _SMOKE_LATENCY_SECONDS if bench.smoke else LATENCY_SECONDS
    found: list[Row] = []
    with demo_plex() as plex_url:
        for name, environment in _databases(bench, plex_url, postgres_url, "pages"):
            found += [_page(bench, name, environment), _read(bench, name, environment)]
    with demo_plex(latency) as plex_url:
        for name, environment in _databases(bench, plex_url, url_for_ends, "ends"):
            found.append(_ends(name, environment, latency))
    return found


def _databases(
    bench: Bench, plex_url: str, postgres_url: str, folder: str
) -> Iterator[tuple[str, dict[str, str]]]:
    one = replace(bench, folder=bench.folder / folder)
    one.folder.mkdir()
    on_sqlite = helpr_environment(plex_url, one.folder)
    yield "SQLite", on_sqlite
    yield "PostgreSQL", {**on_sqlite, "DATABASE_URL": postgres_url}


def _page(bench: Bench, database: str, environment: dict[str, str]) -> Row:
    told = run_child(environment, _MODULE, "page", str(bench.times(full=200, smoke=30)))
    median_ms = middle(told["took"]) * 1000
    limit = bench.limit(_PAGE_MS)
    return Row(
        f"people page, {PEOPLE} people and {PAST:,} past ones, {database}",
        NOTHING,
        f"{median_ms:.1f} ms, median of {len(told['took'])}; {told['calls']} Plex calls",
        limit.promised(f"< {_PAGE_MS:g} ms, 0 Plex calls"),
        limit.keeps(median_ms) and told["calls"] == 0,
    )


def _read(bench: Bench, database: str, environment: dict[str, str]) -> Row:
    told = run_child(environment, _MODULE, "read", str(bench.times(full=20, smoke=3)))
    calls, ms = set(told["calls"]), middle(told["took"]) * 1000
    return Row(
        f"Plex calls, reading everybody ({PEOPLE} people on one server, "
        f"{PEOPLE + ELSEWHERE} on two), {database}",
        NOTHING,
        f"{' or '.join(map(str, sorted(calls)))}, {ms:.0f} ms with Plex's answers at once",
        str(_CALLS),
        calls == {_CALLS},
    )


def _ends(database: str, environment: dict[str, str], latency: float) -> Row:
    told = run_child(environment, _MODULE, "ends", "0")
    return Row(
        f"{PEOPLE} ends due at once (Plex answers in {latency * 1000:.0f} ms), {database}",
        NOTHING,
        f"{told['removed']} removed in {told['runs']} runs, {told['calls']} Plex calls, "
        f"{told['seconds']:.0f} s; {told['left']} left at Plex",
        "all, in the runs that follow",
        told["removed"] == PEOPLE and told["left"] == 0,
    )
