"""Calls and seconds of an invite, cold and warm, at a latency well above the noise."""

from __future__ import annotations

from typing import Any

from bench.demo_control import empty_seats
from bench.processes import (
    LATENCY_SECONDS,
    Bench,
    demo_plex,
    helpr_environment,
    naive_environment,
    run_child,
)
from bench.table import NOTHING, Row, middle

_AT = f"Plex answers in {LATENCY_SECONDS * 1000:.0f} ms"


def rows(bench: Bench) -> list[Row]:
    """Both ways alternately, each time in a fresh process: a cold worker, which is then warm."""
    naive, helpr = [], []
    with demo_plex(LATENCY_SECONDS) as plex_url:
        environment = helpr_environment(plex_url, bench.folder)
        run_child(environment, "bench.child", "prepare", "0")
        # The very first cold worker writes what it learns about the server to the store.
        run_child(environment, "bench.child", "invites", "0")
        warm = str(bench.times(full=10, smoke=3))
        for _ in range(bench.times(full=5, smoke=2)):
            empty_seats(plex_url)
            naive.append(run_child(naive_environment(), "bench.naive", plex_url, warm))
            helpr.append(run_child(environment, "bench.child", "invites", warm))
    return [*_calls(naive, helpr), *_seconds(naive, helpr)]


def _calls(naive: list[dict[str, Any]], helpr: list[dict[str, Any]]) -> list[Row]:
    warm = max(_warm_calls(one) for one in helpr)
    cold = max(one["cold_calls"] for one in helpr)
    return [
        Row(
            "Plex calls, invite on a warm worker",
            f"{_warm_calls(naive[0]):g}",
            f"{warm:g}",
            "1",
            warm == 1,
        ),
        Row(
            "Plex calls, first invite on a cold worker (server known to the state store)",
            str(naive[0]["cold_calls"]),
            str(cold),
            "1",
            cold == 1,
        ),
        Row(
            "Plex calls, one load of the dashboard on a warm worker",
            NOTHING,
            str(max(one["dashboard_calls"] for one in helpr)),
            "0",
            all(one["dashboard_calls"] == 0 for one in helpr),
        ),
    ]


def _seconds(naive: list[dict[str, Any]], helpr: list[dict[str, Any]]) -> list[Row]:
    naive_warm, warm = (middle([s for one in ran for s in one["warm"]]) for ran in (naive, helpr))
    naive_cold, cold = (middle([one["cold"] for one in ran]) for ran in (naive, helpr))
    return [
        Row(
            f"time of an invite on a warm worker ({_AT})",
            f"{naive_warm * 1000:.0f} ms",
            f"{warm * 1000:.0f} ms",
            "less than the naive way",
            warm < naive_warm,
        ),
        Row(
            f"time of the first invite on a cold worker, all imports included ({_AT})",
            f"{naive_cold * 1000:.0f} ms, Plex alone",
            f"{cold * 1000:.0f} ms, with page server, limits and record",
            NOTHING,
            None,
        ),
    ]


def _warm_calls(told: dict[str, Any]) -> float:
    return float(told["warm_calls"] / len(told["warm"]))
