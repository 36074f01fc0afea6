"""`python -m load [--smoke] [--sqlite]`: prints the table; exits with 1 if a promise is broken."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.contention import contention
from bench.processes import PROJECT
from load import verdict
from load.friends import Asked
from load.house import DATABASE_POOL, WORKERS, House, open_house
from load.watch import watching

PROCESSES, CONNECTIONS = 4, 4
"""In four processes, since one would be busy with itself."""
ALL = PROCESSES * CONNECTIONS
_WARM_UP_SECONDS = 2.0
_WARM_UPS = 8
_WARM = 1.01
"""A warm-up that adds less than that to the memory is the last."""


def main() -> int:
    """Run the load test, print the results, and judge them."""
    parser = argparse.ArgumentParser(prog="python -m load", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="5 s instead of 30, for CI")
    parser.add_argument("--sqlite", action="store_true", help="without PostgreSQL and Azurite")
    options = parser.parse_args()
    seconds = 5.0 if options.smoke else 30.0
    before = contention()
    with (
        tempfile.TemporaryDirectory(prefix="helpr-load-") as folder,
        open_house(Path(folder), sqlite=options.sqlite) as house,
    ):
        _warm_up(house)
        with watching(house) as watch:
            asked = _visit(house, seconds, first=0)
    stores = "SQLite" if options.sqlite else "PostgreSQL and Azurite"
    print(f"{ALL} connections for {seconds:.0f} s, {stores}\n")
    print(verdict.table(asked))
    first, last = watch.thirds()
    print(f"\n{len(asked) / seconds:.0f} requests/s; memory of {WORKERS} workers:", end=" ")
    print(f"{first:.0f} MB in the first third, {last:.0f} MB in the last", end="")
    pools = None if options.sqlite else WORKERS * DATABASE_POOL
    print("." if pools is None else f"; at most {watch.most_connections} of {pools} connections.")
    print(f"Contention: {before:.1f} at the start (1: a quiet machine).")
    broken = verdict.missed(asked, (first, last), watch.most_connections, pools)
    for one in broken:
        print(f"MISSED: {one}", file=sys.stderr)
    return 1 if broken else 0


def _warm_up(house: House) -> None:
    """Wait until the workers have imported and opened what they need: that is no leak."""
    before = 0.0
    for count in range(1, _WARM_UPS + 1):
        with watching(house) as watch:
            _visit(house, _WARM_UP_SECONDS, first=count * ALL)
        now = watch.resident_bytes[-1]
        if now < before * _WARM:
            return
        before = now


def _visit(house: House, seconds: float, first: int) -> list[Asked]:
    """Run all clients in parallel; `first` numbers their names, which nobody else has."""
    clients = []
    for number in range(PROCESSES):
        arguments = [str(house.port), str(seconds), str(CONNECTIONS)]
        arguments.append(str(first + number * CONNECTIONS))
        command = [sys.executable, "-m", "load.friends", *arguments]
        client = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        clients.append(client)
    try:
        told = [client.communicate(timeout=seconds + 120)[0] for client in clients]
    finally:
        for client in clients:
            client.kill()
            client.wait()
    return [tuple(one) for text in told for one in json.loads(text)]


if __name__ == "__main__":
    sys.exit(main())
