"""What is put under load: gunicorn as in the Dockerfile, real stores, a demo Plex."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.demo_control import empty_seats
from bench.processes import PROJECT, demo_plex, helpr_environment, run_child
from tests.servers.azurite import azurite_table_service
from tests.servers.postgres import postgres_server
from tests.servers.server_process import children_of, free_port, running

WORKERS, THREADS = 2, 8
PLEX_SECONDS = 0.15
DATABASE_POOL = 5
"""Connections of one worker at most; see adapters/sql/database.py."""
_UNREACHED = "1000000/minute"
_RATES = ("HELPR_RATE_INVITES", "HELPR_RATE_DEFAULT", "HELPR_RATE_STATUS")


@dataclass(frozen=True, slots=True)
class House:
    """`database_url` is None for SQLite."""

    port: int
    plex_url: str
    database_url: str | None
    pid_file: Path

    def worker_pids(self) -> list[int]:
        """The worker processes: the children of the one that listens."""
        return children_of(int(self.pid_file.read_text()))

    def empty_seats(self) -> None:
        """Empty the seats: Plex allows a hundred people, and more are coming."""
        empty_seats(self.plex_url)


@contextmanager
def open_house(folder: Path, *, sqlite: bool) -> Iterator[House]:
    """Run everything for the duration of the block."""
    with ExitStack() as stack:
        plex_url = stack.enter_context(demo_plex(PLEX_SECONDS))
        settings = dict.fromkeys(_RATES, _UNREACHED) | {"HELPR_TRUSTED_PROXY_HOPS": "1"}
        database_url = None
        if not sqlite:
            tables = stack.enter_context(azurite_table_service())
            database_url = stack.enter_context(postgres_server()).new_database()
            settings |= {"DATABASE_URL": database_url, "HELPR_TABLES_CONNECTION": tables}
        port, pid_file = free_port(), folder / "gunicorn.pid"
        command = [sys.executable, "-m", "gunicorn", "--workers", str(WORKERS)]
        command += ["--threads", str(THREADS), "--timeout", "60", "--keep-alive", "30"]
        command += ["--worker-tmp-dir", "/dev/shm", "--pid", str(pid_file)]
        command += ["--bind", f"127.0.0.1:{port}", "helpr_core.wsgi:application"]
        environment = helpr_environment(plex_url, folder, **settings)
        environment["PYTHONPATH"] = str(PROJECT)
        run_child(environment, "bench.child", "prepare", "0")
        log = folder / "gunicorn.log"
        stack.enter_context(running(command, port=port, log=log, environment=environment))
        yield House(port, plex_url, database_url, pid_file)
