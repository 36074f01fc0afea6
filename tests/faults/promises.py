"""Promises as text: a line for each operation, columns as in the fault table."""

from __future__ import annotations

from dataclasses import replace

from tests.faults.operations import OPERATIONS
from tests.faults.table import Seen

Promises = dict[str, Seen]


def promises(text: str) -> Promises:
    """Read `operation | answer | row | Plex | part of a log line`, one a line."""
    found = {}
    for line in text.strip().splitlines():
        operation, *columns = (column.strip() for column in line.split("|"))
        assert operation in OPERATIONS, operation
        found[operation] = Seen(*columns)
    return found


def unreached(given: Promises) -> Promises:
    """The same where nothing ever reaches plex.tv."""
    return {name: replace(seen, plex="0/0") for name, seen in given.items()}


def carried_out(given: Promises) -> Promises:
    """The same where plex.tv did what it was asked, and nobody heard of it."""
    invites = {"0": "0", "1": "1", "3": "3"}
    return {
        name: replace(seen, plex=f"{posts}/{invites[posts]}")
        for name, seen in given.items()
        for posts in (seen.plex.partition("/")[0],)
    }
