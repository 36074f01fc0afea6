"""The state store in every kind of trouble, a real Azurite; and the clock, which jumps."""

from __future__ import annotations

import pytest

from tests.faults.cases import cases, run_case
from tests.faults.clock_faults import CLOCK_FAULTS
from tests.faults.fault import Fault
from tests.faults.scene import Scene
from tests.faults.state_faults import STATE_FAULTS


@pytest.mark.parametrize(
    ("stores", "fault", "operation"), cases(*STATE_FAULTS, *CLOCK_FAULTS), indirect=["stores"]
)
def test_while_the_state_store_or_the_clock_is_in_trouble_every_promise_is_kept(
    request: pytest.FixtureRequest, scene: Scene, fault: Fault, operation: str
) -> None:
    run_case(request.node, scene, fault, operation)
