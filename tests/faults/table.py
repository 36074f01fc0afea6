"""The rows of the fault table and of the kill points, and how they get there.

Every case has a row when HELPR_FAULT_TABLE is "whole", as under `make faults`. Otherwise
those that went as promised are counted by fault.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import astuple, dataclass

import pytest

from tests.tables import add_row

_WHOLE = os.environ.get("HELPR_FAULT_TABLE") == "whole"
_FAULT_HEADINGS = (
    "fault", "operation", "stores", "answer", "row", "Plex", "log line", "in the end", ""
)  # fmt: skip
_KILL_HEADINGS = ("operation", "stores", "killed", "left behind", "in the end", "")
_COUNTED = ("", "stores", "")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one operation came to while something was broken.

    `answer`: status and code, or what a run of housekeeping says of itself. `row`: status,
    code, `#attempts`, `+seconds` to the next one. `plex`: invitations that reached plex.tv /
    that it carried out. `log`: a part of one line.
    """

    answer: str
    row: str
    plex: str
    log: str


@dataclass(frozen=True, slots=True)
class Row:
    """One case. `broken` names the promises that were not kept."""

    fault: str
    operation: str
    stores: str
    seen: Seen
    end: str
    broken: str = ""

    def report(self, test: pytest.Item) -> None:
        """Have it in the table."""
        verdict = _verdict(self.broken)
        if _WHOLE or self.broken:
            cells = (self.fault, self.operation, self.stores, *astuple(self.seen), self.end)
            add_row(test, "faults", _FAULT_HEADINGS, (*cells, verdict))
        else:
            add_row(test, "faults, counted", _COUNTED, (self.fault, self.stores, verdict))


@dataclass(frozen=True, slots=True)
class KillRow:
    """One kill point: the row and plex.tv's side right after the death, and in the end."""

    operation: str
    stores: str
    point: str
    left: str
    end: str
    broken: str = ""

    def report(self, test: pytest.Item) -> None:
        """Have it in the table."""
        verdict = _verdict(self.broken)
        if _WHOLE or self.broken:
            cells = (self.operation, self.stores, self.point, self.left, self.end)
            add_row(test, "kill points", _KILL_HEADINGS, (*cells, verdict))
        else:
            counted = (self.operation, self.stores, verdict)
            add_row(test, "kill points, counted", _COUNTED, counted)


def differences(expected: Mapping[str, str], seen: Mapping[str, str]) -> str:
    """What is not as expected, in words; "" when all is."""
    return "; ".join(
        f"{name}: {seen[name]!r}, promised {text!r}"
        for name, text in expected.items()
        if seen[name] != text
    )


def _verdict(broken: str) -> str:
    return f"BROKEN {broken}" if broken else "as promised"
