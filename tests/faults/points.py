"""The points at which a worker can be killed, and those that leave the stores in new states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

BEFORE_COMMIT = "before its commit"
"""Ends the name of a point in a transaction that has written something."""


def to_be_killed_at(points: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The points, with their numbers, that leave something else than the point before them.

    A death before a commit leaves what the point before it left, unless that one was before
    another commit. The first such point is tried as well: the database has to roll back.
    """
    rolled_back, before = False, ""
    for number, name in enumerate(points):
        uncommitted = name.endswith(BEFORE_COMMIT)
        if not uncommitted or not rolled_back or before.endswith(BEFORE_COMMIT):
            yield number, name
        rolled_back, before = rolled_back or uncommitted, name
