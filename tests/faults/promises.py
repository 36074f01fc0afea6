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


WELL = promises("""
invite, warm | 201 success | success #1 | 1/1 | function=invite status=201
invite, cold | 201 success | success #1 | 1/1 | function=invite status=201
repeat | 201 success | success #1 | 1/1 | function=invite status=201
fourth | 201 success | success #1 | 4/4 | function=invite status=201
page | 200 Invite sent to friend@example.com | success #1 | 1/1 | function=invited
queue | sent=1 failed= | success #2 | 1/1 | housekeeping done
interrupted | sent=1 failed= | success #1 | 1/1 | found interrupted
retry | 202 success | success #2 | 1/1 | manage_invites_retry
overview | 200 ok: all well | success #1 | 1/1 | manage_overview
connection | 200 all well | no row | 0/0 | manage_connection
libraries | 200 | no row | 0/0 | manage_libraries_get
invites | 200 success | success #1 | 1/1 | invites_list
settings | 200 | no row | 0/0 | manage_settings_put
""")
"""What is promised where nothing is broken, or nobody notices."""
