"""Operations on people, claimed by many threads of several workers at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.people_operations import SqlOperations
from helpr_core.clock import utc_now
from helpr_core.domain.people_operations import Kind, Operation, State

WORKERS, PEOPLE = 4, 12


@pytest.fixture
def workers(database_url: str) -> Iterator[list[SqlOperations]]:
    with ExitStack() as stack:
        made = []
        for _ in range(WORKERS):
            database = connect(database_url)
            stack.callback(database.dispose)
            made.append(SqlOperations(database))
        yield made


def _operation(person_id: UUID, kind: Kind) -> Operation:
    now = utc_now()
    return Operation(uuid4(), kind, person_id, str(kind), {}, State.QUEUED, now, now)


def _claim_all(worker: SqlOperations) -> list[Operation]:
    claimed = []
    while (found := worker.claim()) is not None:
        claimed.append(found)
    return claimed


def _claimed(workers: list[SqlOperations]) -> list[Operation]:
    """What all of them get; repeated, since a row may be locked while another worker claims it."""
    claimed: list[Operation] = []
    while True:
        with ThreadPoolExecutor(WORKERS) as pool:
            found = [one for each in pool.map(_claim_all, workers) for one in each]
        if not found:
            return claimed
        claimed += found


def test_each_operation_is_claimed_once_and_one_per_person_at_a_time(
    workers: list[SqlOperations],
) -> None:
    people = [uuid4() for _ in range(PEOPLE)]
    for person_id in people:
        for kind in (Kind.SET_RESTRICTIONS, Kind.REMOVE):
            workers[0].add(_operation(person_id, kind))

    first = _claimed(workers)
    assert sorted(one.person_id for one in first) == sorted(people)
    assert {one.kind for one in first} == {Kind.SET_RESTRICTIONS}
    for one in first:
        assert workers[1].record(replace(one, state=State.DONE))
    second = _claimed(workers)
    assert sorted(one.person_id for one in second) == sorted(people)
    assert {one.kind for one in second} == {Kind.REMOVE}


def test_of_simultaneous_clicks_one_operation_remains(workers: list[SqlOperations]) -> None:
    person_id = uuid4()

    def click(worker: SqlOperations) -> UUID:
        return worker.add(_operation(person_id, Kind.REMOVE)).operation_id

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(click, workers * 2))
    waiting = [one for one in workers[0].page(100).rows if one.state is State.QUEUED]
    assert len(waiting) == 1
