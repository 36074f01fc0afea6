"""A row of the table, when a promise is kept, and how the table is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured and what is promised; `ok` is None if nothing is promised."""

    name: str
    naive: str
    helpr: str
    promised: str
    ok: bool | None


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A number that a measured time, or a ratio of times, must stay below."""

    number: float
    tolerance: float = 1.0

    def keeps(self, measured: float) -> bool:
        """Whether the promise is kept, with the tolerance."""
        return measured < self.number * self.tolerance

    def promised(self, text: str) -> str:
        """The promise in words, with the tolerance if there is one."""
        return text if self.tolerance == 1.0 else f"{text} (smoke: × {self.tolerance:.3g})"


def middle(values: Sequence[float]) -> float:
    """The median."""
    return float(median(values))


def missed(rows: Sequence[Row]) -> list[Row]:
    """The rows whose promise was not kept."""
    return [row for row in rows if row.ok is False]


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| | naive PlexAPI way | Helpr | promised | |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.naive} | {row.helpr} | {row.promised} | {_verdict(row.ok)} |"
        for row in rows
    ]
    return "\n".join(lines)


def _verdict(ok: bool | None) -> str:
    if ok is None:
        return NOTHING
    return "ok" if ok else "MISSED"
