"""Ten workers that have imported all they need, and then need the schema at the same moment.

Run by test_migration.py with a database's URL and their number. They are forked, since ten
times the imports would take longer than the race. Prints, as JSON, how many steps each took and
how many rows it then found.
"""

from __future__ import annotations

import io
import json
import logging
import multiprocessing
import sys
from importlib import import_module
from typing import Any

from helpr_core.adapters.sql.database import connect


def work(url: str, barrier: Any, told: Any) -> None:
    """One worker's first use of the database."""
    alembic_says = io.StringIO()
    logging.basicConfig(level=logging.INFO, stream=alembic_says, format="%(message)s")
    barrier.wait()
    database = connect(url)
    with database.single() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM invite_requests").scalar_one()
    database.dispose()
    told.put([alembic_says.getvalue().count("Running upgrade"), rows])


def main(url: str, number: str) -> None:
    """Start them together when a line arrives."""
    import_module("helpr_core.adapters.sql.migrations")
    forked = multiprocessing.get_context("fork")
    barrier, told = forked.Barrier(int(number)), forked.Queue()
    workers = [forked.Process(target=work, args=(url, barrier, told)) for _ in range(int(number))]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for worker in workers:
        worker.start()
    found = [told.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
