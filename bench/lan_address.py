"""A cold worker's first invite while the server advertises a LAN address that never answers:
PlexAPI waits for it, and Helpr does not."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from bench.demo_control import empty_seats
from bench.processes import (
    LATENCY_SECONDS,
    Bench,
    demo_plex,
    helpr_environment,
    naive_environment,
    run_child,
)
from bench.table import Row, TimeLimit, middle

_RATIO = 1.2
_SMOKE_TOLERANCE = 1.25  # of two runs each
_SMOKE_TIMEOUT = "3"
_WAITING = 4  # more than a backlog of 0 holds


def rows(bench: Bench) -> list[Row]:
    """With everything reachable and without, alternately; the server is looked up at plex.tv each
    time."""
    with ExitStack() as running:
        port = running.enter_context(_never_answers())
        reachable = running.enter_context(demo_plex(LATENCY_SECONDS))
        hidden = running.enter_context(demo_plex(LATENCY_SECONDS, lan_port=port))
        naive = _naive_seconds(bench, hidden)
        _prepare(bench, reachable)
        pairs = [
            (_cold_seconds(bench, reachable), _cold_seconds(bench, hidden))
            for _ in range(bench.times(full=7, smoke=2))
        ]
    all_reachable, with_hole = (middle(seconds) for seconds in zip(*pairs, strict=True))
    # A busy machine affects both sides alike; waiting for the address takes 3 s or more.
    limit = TimeLimit(_RATIO, _SMOKE_TOLERANCE if bench.smoke else 1.0)
    ratio = with_hole / all_reachable
    lowered = f" (PlexAPI's timeout lowered from 30 s to {_SMOKE_TIMEOUT} s)" if bench.smoke else ""
    return [
        Row(
            "first invite on a cold worker, server unknown, its LAN address never answers",
            f"{naive:.1f} s{lowered}",
            f"{with_hole:.2f} s: {ratio:.2f} × the {all_reachable:.2f} s with all reachable",
            limit.promised(f"< {_RATIO} × the same with all reachable"),
            limit.keeps(ratio),
        )
    ]


@contextmanager
def _never_answers() -> Iterator[int]:
    """A port on 127.0.0.1 whose queue is full: a connection waits, as for a dead address."""
    with ExitStack() as held:
        listening = held.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(_WAITING):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(listening.getsockname())
        yield listening.getsockname()[1]


def _naive_seconds(bench: Bench, plex_url: str) -> float:
    lowered = {"PLEXAPI_PLEXAPI_TIMEOUT": _SMOKE_TIMEOUT} if bench.smoke else {}
    told = run_child(naive_environment(**lowered), "bench.naive", plex_url, "0")
    return float(told["cold"])


def _prepare(bench: Bench, plex_url: str) -> None:
    """Create a database with its schema, with nothing known about any server."""
    environment = helpr_environment(plex_url, bench.folder)
    run_child(environment, "bench.child", "prepare", "0")


def _cold_seconds(bench: Bench, plex_url: str) -> float:
    fresh = bench.folder / "fresh.db"
    shutil.copy(bench.folder / "helpr.db", fresh)
    empty_seats(plex_url)
    environment = helpr_environment(plex_url, bench.folder, DATABASE_PATH=str(fresh))
    told = run_child(environment, "bench.child", "invites", "0")
    fresh.unlink()
    if told["cold_calls"] != 3:
        raise RuntimeError("the server was known: its addresses were never read")
    return float(told["cold"])
