"""The clock jumps, forwards and back, while a request is under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from tests.faults.fault import Fault
from tests.faults.promises import WELL, Promises, promises
from tests.faults.scene import Scene

# What was due is late, and sent; the session is over.
FORWARD = WELL | promises("""
session | 401 sign_in_required | no row | 0/0 | code=sign_in_required
""")
# What a clock wrote that was ahead is due at once; what somebody may still be at, two minutes
# later. Nobody is signed out by an hour; a session from far in the future is none.
BACK = WELL | promises("""
interrupted | failed= | pending #0 | 0/0 | housekeeping done
""")
FAR_BACK = BACK | promises("""
session | 401 sign_in_required | no row | 0/0 | code=sign_in_required
""")


def _clock_fault(name: str, promised: Promises, jump: timedelta) -> Fault:
    @contextmanager
    def broken(scene: Scene) -> Iterator[None]:
        scene.clock.now += jump
        yield

    return Fault(f"clock {name}", promised, broken)


CLOCK_FAULTS = (
    _clock_fault("a day forward", FORWARD, timedelta(days=1)),
    _clock_fault("an hour back", BACK, -timedelta(hours=1)),
    _clock_fault("a day back", FAR_BACK, -timedelta(days=1)),
)
