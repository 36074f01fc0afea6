"""The clock jumps, forwards and back, while a request is under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from tests.faults.fault import Fault
from tests.faults.promises import Promises, promises
from tests.faults.scene import Scene

_INVITES = promises("""
invite, warm | 201 success | success #1 | 1/1 | function=invite status=201
invite, cold | 201 success | success #1 | 1/1 | function=invite status=201
repeat | 201 success | success #1 | 1/1 | function=invite status=201
fourth | 201 success | success #1 | 4/4 | function=invite status=201
retry | 202 success | success #2 | 1/1 | manage_invites_retry
overview | 200 ok: all well | success #1 | 1/1 | manage_overview
connection | 200 all well | no row | 0/0 | manage_connection
libraries | 200 | no row | 0/0 | manage_libraries_get
invites | 200 success | success #1 | 1/1 | invites_list
settings | 200 | no row | 0/0 | manage_settings_put
""")
# What was due is late, and sent; the session is over.
FORWARD = _INVITES | promises("""
queue | sent=1 failed= | success #2 | 1/1 | sent=1
interrupted | sent=1 failed= | success #1 | 1/1 | found interrupted
session | 401 sign_in_required | no row | 0/0 | code=sign_in_required
""")
# What was due is not due any more, and waits until it is: nothing is tried in a circle. A
# session of the future is none.
BACK = _INVITES | promises("""
queue | failed= | queued plex_unavailable #1 +3600s | 0/0 | housekeeping done
interrupted | failed= | pending #0 | 0/0 | housekeeping done
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
)
