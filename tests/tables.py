"""Tables at the end of a test run, whether this process or xdist's workers ran the tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

_PROPERTY = "table"
_OUTCOMES = ("passed", "failed")


def add_row(test: pytest.Item, title: str, headings: Sequence[str], cells: Sequence[str]) -> None:
    """Have that row printed in the table of that title; it travels with the test's report."""
    test.user_properties.append((_PROPERTY, [title, list(headings), list(cells)]))


def print_tables(terminal: pytest.TerminalReporter) -> None:
    """Every table, file by file, in the order in which the tests ended."""
    tables: dict[str, list[list[str]]] = {}
    reports = [one for outcome in _OUTCOMES for one in terminal.stats.get(outcome, [])]
    for report in sorted(reports, key=lambda one: one.nodeid.partition("::")[0]):
        for name, value in getattr(report, "user_properties", []):
            if name == _PROPERTY and report.when == "call":
                title, headings, cells = value
                tables.setdefault(title, [headings]).append(cells)
    for title, rows in tables.items():
        terminal.section(f"{title}: {len(rows) - 1}")
        for line in aligned(rows):
            terminal.write_line(line)


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """The rows with each column as wide as its widest cell."""
    kept = list(rows)
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in kept
    ]
