"""Which points a worker is killed at."""

from __future__ import annotations

from tests.faults.points import to_be_killed_at


def test_a_death_before_a_commit_is_tried_once_and_where_another_commit_was_before_it() -> None:
    points = [
        "at the start",
        "in Log.open, before its commit",
        "after Log.open",
        "in Log.record, before its commit",
        "after Log.record",
        "in Batches.open, before its commit",
        "in Batches.open, before its commit",
        "after Batches.open",
    ]
    assert [number for number, _ in to_be_killed_at(points)] == [0, 1, 2, 4, 6, 7]
