"""How busy the machine is with other work, to judge measured times by."""

from __future__ import annotations

import os
import time

_SPIN_SECONDS = 0.2


def contention() -> float:
    """How many times longer things currently take than on a quiet machine, which is 1.

    The greater of two: wall time over processor time of a busy loop, which shows this moment, and
    the last minute's load per processor.
    """
    cores = os.cpu_count() or 1
    return max(1.0, _spin(), os.getloadavg()[0] / cores)


def _spin() -> float:
    wall, processor = time.perf_counter(), time.process_time()
    while time.process_time() - processor < _SPIN_SECONDS:
        pass
    return (time.perf_counter() - wall) / (time.process_time() - processor)
