"""The clock jumps, forwards and back, while a request is in progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.faults.scene import Scene
from tests.faults.table import WELL, Fault, Promises, every_case, promises, run_case

# What was due is late, and sent; the session has expired.
FORWARD = WELL | promises("""
session | 401 sign_in_required | no row | 0/0 | code=sign_in_required
""")
# What a clock ahead of time wrote is due at once; what a worker may still be doing, two minutes
# later. An hour signs nobody out; a session from far in the future is invalid.
BACK = WELL | promises("""
interrupted | failed= | pending #0 | 0/0 | housekeeping done
""")
FAR_BACK = BACK | promises("""
session | 401 sign_in_required | no row | 0/0 | code=sign_in_required
""")


def _fault(name: str, promised: Promises, jump: timedelta) -> Fault:
    @contextmanager
    def broken(scene: Scene) -> Iterator[None]:
        scene.clock.now += jump
        yield

    return Fault(f"clock {name}", promised, broken)


CLOCK_FAULTS = (
    _fault("a day forward", FORWARD, timedelta(days=1)),
    _fault("an hour back", BACK, -timedelta(hours=1)),
    _fault("a day back", FAR_BACK, -timedelta(days=1)),
)


@every_case(*CLOCK_FAULTS)
def test_while_the_clock_jumps_every_promise_is_kept(
    request: pytest.FixtureRequest, scene: Scene, fault: Fault, operation: str
) -> None:
    run_case(request.node, scene, fault, operation)
