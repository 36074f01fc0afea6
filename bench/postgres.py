"""PostgreSQL as the tests start it, except that it waits for its disk, like a real one."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.servers import postgres
from tests.servers.server_process import free_port, running


@contextmanager
def durable_postgres() -> Iterator[Callable[[], str]]:
    """Makes databases and returns their URLs; the server lives as long as the block.

    The tests' server has fsync off, with which a commit would cost less than in reality.
    """
    user = "nobody" if os.geteuid() == 0 else ""
    port = free_port()
    with TemporaryDirectory(prefix="helpr-bench-postgres-") as name:
        folder = Path(name)
        postgres._give(folder, user)
        programs = postgres._programs(folder, user)
        data = postgres._new_cluster(programs, folder, user)
        command: list[str | Path] = [programs / "postgres", "-D", data]
        command += ["-h", "127.0.0.1", "-p", str(port), "-k", ""]
        log = folder / "postgres.log"
        with running(command, port=port, user=user, log=log, stop_signal=signal.SIGINT):
            server = postgres.PostgresServer(port)
            server.wait_until_ready()
            yield server.new_database
