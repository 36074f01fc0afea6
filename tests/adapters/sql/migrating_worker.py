"""A worker that waits for a sign and then needs the schema: run by test_schema.py.

Says "ready" when all is imported; alembic's own log says whether it was this one that
upgraded.
"""

from __future__ import annotations

import logging
import sys
from importlib import import_module

from helpr_core.adapters.sql.database import connect


def main(url: str) -> None:
    import_module("helpr_core.adapters.sql.migrations")
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    database = connect(url)
    with database.single() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM invite_requests").scalar()
    database.dispose()
    sys.stdout.write(f"rows={rows}\n")


if __name__ == "__main__":
    main(sys.argv[1])
