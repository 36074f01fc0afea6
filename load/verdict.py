"""The results: percentiles for each path, and the promises that were broken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from load.friends import Asked

MEMORY_TOLERANCE = 1.10
"""Of the last third over the first: the allocator keeps a little of every peak."""
_EXPECTED = {"GET /": 200, "POST /api/invites": 201, "GET /api/invites/{id}": 200}


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed; `values` must not be empty."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(asked: Iterable[Asked]) -> str:
    """A Markdown line for each path, with times in milliseconds."""
    by_path: dict[str, list[Asked]] = {}
    for one in asked:
        by_path.setdefault(one[0], []).append(one)
    lines = ["| | requests | errors | p50 ms | p95 | p99 | max |", "|---|--:|--:|--:|--:|--:|--:|"]
    for path, ones in by_path.items():
        times = [milliseconds for _, _, milliseconds in ones]
        figures = [percentile(times, share) for share in (0.50, 0.95, 0.99)] + [max(times)]
        cells = [path, str(len(ones)), str(len(errors(ones)))]
        cells += [f"{figure:.0f}" for figure in figures]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def errors(asked: Iterable[Asked]) -> list[Asked]:
    """The answers that are not what a friend wants."""
    return [one for one in asked if _EXPECTED.get(one[0]) != one[1]]


def missed(
    asked: Sequence[Asked], thirds: tuple[float, float], connections: int, pools: int | None
) -> list[str]:
    """The broken promises; `pools` is None if there is no server to connect to."""
    found = []
    wrong = errors(asked)
    if wrong:
        told = sorted({f"{path}: {status}" for path, status, _ in wrong})
        found.append(f"{len(wrong)} of {len(asked)} answers are errors: {', '.join(told)}")
    if not asked:
        found.append("nothing was asked")
    first, last = thirds
    if last > first * MEMORY_TOLERANCE:
        found.append(f"memory grew from {first:.0f} to {last:.0f} MB")
    if pools is not None and connections > pools:
        found.append(f"{connections} connections to PostgreSQL, the pools allow {pools}")
    return found
