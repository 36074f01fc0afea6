"""The sharing rules under threads that are switched as often as possible."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from demo_plex.world import LIBRARIES, Refused, World

ROUNDS, THREADS = 100, 8


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_threads")
def test_of_threads_sharing_with_one_person_one_succeeds_each_time() -> None:
    world = World("Demo Plex", LIBRARIES, ())
    together = threading.Barrier(THREADS)

    def share_in_every_round(_: int) -> int:
        return sum(_shares(world, together, f"friend-{number}") for number in range(ROUNDS))

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(share_in_every_round, range(THREADS))) == ROUNDS
    assert len({share.id for share in world.shares()}) == ROUNDS


def _shares(world: World, together: threading.Barrier, identity: str) -> bool:
    together.wait(10)
    try:
        world.share(identity, [LIBRARIES[0].id])
    except Refused:
        return False
    return True
