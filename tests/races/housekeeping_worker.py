"""One of four processes of test_housekeeping.py: does one run for each word it reads.

At `leased` it acquires the lease first, as the timer does; at `unleased` it runs whoever else
is running, as all do while the state store is down.
"""

from __future__ import annotations

import json
import sys

from helpr_core import container


def main() -> None:
    """Print each run's counts as JSON; `null` if another process had the lease."""
    housekeeping = container.current().upkeep.housekeeping()
    container.current().stores.invite_log().ping()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for word in sys.stdin:
        report = housekeeping() if word.strip() == "leased" else housekeeping.run()
        told = None if report is None else {**report.counts, "failures": sorted(report.failures)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
