"""plex.tv in every kind of trouble: what the friend hears, what is kept and what is sent."""

from __future__ import annotations

import pytest

from tests.faults.cases import cases, run_case
from tests.faults.fault import Fault
from tests.faults.plex_faults import PLEX_FAULTS
from tests.faults.scene import Scene


@pytest.mark.parametrize(("stores", "fault", "operation"), cases(*PLEX_FAULTS), indirect=["stores"])
def test_while_plex_is_in_trouble_every_promise_is_kept(
    request: pytest.FixtureRequest, scene: Scene, fault: Fault, operation: str
) -> None:
    run_case(request.node, scene, fault, operation)
