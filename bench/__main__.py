"""`python -m bench [--smoke]`: prints the table; exits with 1 if a promise is missed."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench import (
    batch,
    calls,
    imports,
    lan_address,
    links,
    long_record,
    memory,
    notices,
    own_time,
    pages,
    people,
)
from bench.contention import contention
from bench.postgres import durable_postgres
from bench.processes import SMOKE_TOLERANCE, Bench
from bench.table import Row, markdown, missed


def measure(bench: Bench) -> Iterator[list[Row]]:
    """Every topic's rows, one topic at a time: two at once would disturb each other."""
    yield calls.rows(_in_folder(bench, "calls"))
    yield lan_address.rows(_in_folder(bench, "lan_address"))
    with durable_postgres() as new_database:
        yield own_time.rows(_in_folder(bench, "own_time"), new_database())
        yield links.rows(_in_folder(bench, "links"), new_database())
        yield notices.rows(_in_folder(bench, "notices"), new_database())
        yield memory.rows(_in_folder(bench, "memory"), new_database())
        yield batch.rows(_in_folder(bench, "batch"), new_database())
        yield people.rows(_in_folder(bench, "people"), new_database(), new_database())
        yield long_record.rows(bench, new_database(), new_database())
    yield imports.rows(bench)
    yield pages.rows(_in_folder(bench, "pages"))


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="fewer repetitions, for CI")
    smoke = parser.parse_args().smoke
    started, before = time.monotonic(), contention()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="helpr-bench-") as folder:
        for measured in measure(Bench(smoke, Path(folder))):
            rows += measured
            print(f"{time.monotonic() - started:4.0f} s  {measured[0].name}", file=sys.stderr)
    print(markdown(rows))
    if smoke:
        print(f"\nA smoke: time limits count {SMOKE_TOLERANCE:g} ×, times the contention then.")
    print(f"\nContention: {before:.1f} at the start, {contention():.1f} now (1: a quiet machine).")
    for row in missed(rows):
        print(f"MISSED: {row.name}: {row.helpr}, promised {row.promised}", file=sys.stderr)
    return 1 if missed(rows) else 0


def _in_folder(bench: Bench, name: str) -> Bench:
    folder = bench.folder / name
    folder.mkdir()
    return replace(bench, folder=folder)


if __name__ == "__main__":
    sys.exit(main())
