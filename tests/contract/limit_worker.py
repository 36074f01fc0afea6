"""One of the worker processes of test_limits_storage.py: waits for a line, then hits."""

from __future__ import annotations

import os
import sys

import limits
from limits.strategies import FixedWindowRateLimiter

from helpr_core.adapters.state.limits_storage import StateStoreStorage
from tests.contract.places import place_of

HITS = 20
RATE = "5/minute"


def main() -> None:
    """Print how many of the hits passed."""
    store = place_of(os.environ["STATE_STORE_TARGET"]).open()
    limiter = FixedWindowRateLimiter(StateStoreStorage(store))
    rate = limits.parse(RATE)
    store.ping()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    passed = sum(limiter.hit(rate, "invites", "client") for _ in range(HITS))
    sys.stdout.write(f"{passed}\n")


if __name__ == "__main__":
    main()
