"""The database in every kind of trouble, a real PostgreSQL and an SQLite file."""

from __future__ import annotations

import pytest

from tests.faults.cases import cases, run_case
from tests.faults.database_faults import DATABASE_FAULTS
from tests.faults.fault import Fault
from tests.faults.scene import Scene


@pytest.mark.parametrize(
    ("stores", "fault", "operation"), cases(*DATABASE_FAULTS), indirect=["stores"]
)
def test_while_the_database_is_in_trouble_every_promise_is_kept(
    request: pytest.FixtureRequest, scene: Scene, fault: Fault, operation: str
) -> None:
    run_case(request.node, scene, fault, operation)
