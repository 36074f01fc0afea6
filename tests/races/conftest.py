"""Four worker processes on one database and one state store; the table of all races."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from demo_plex import DemoPlex
from tests.processes import PROJECT, environment, take_everybody
from tests.races.clients import Reply
from tests.races.workers import Worker, gunicorn_workers
from tests.servers.postgres import PostgresServer
from tests.tables import add_row

WORKERS = 4
THREADS = 50
"""Per worker: all of 200 clients are answered at the same time."""
PLEX_SECONDS = 0.15
SQLITE, AZURE = "SQLite", "PostgreSQL, Azure Tables"
_HEADINGS = ("race", "stores", "promised", "happened", "s", "")


@dataclass(frozen=True)
class Stores:
    """Where the workers keep their data; `settings` point there."""

    name: str
    database_url: str
    settings: dict[str, str]

    def rows(self, condition: str) -> int:
        """How many requests match, counted over a separate connection."""
        engine = sa.create_engine(self.database_url, poolclass=sa.NullPool)
        statement = f"SELECT count(*) FROM invite_requests WHERE {condition}"
        with engine.connect() as connection:
            return int(connection.exec_driver_sql(statement).scalar_one())


@dataclass
class Race:
    """One race while it runs; `tell` records what happened before it ends."""

    seconds: float = 0.0
    happened: list[tuple[str, bool]] = field(default_factory=list)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """The race itself, without its preparations."""
        started = time.perf_counter()
        yield
        self.seconds = time.perf_counter() - started

    def tell(self, text: str, *, kept: bool) -> None:
        """Record one observation, and whether it is as promised."""
        self.happened.append((text, kept))


RunRace = Callable[[str, str], AbstractContextManager[Race]]


@pytest.fixture(scope="session")
def plex() -> Iterator[DemoPlex]:
    with DemoPlex(latency_seconds=PLEX_SECONDS) as demo:
        yield demo


@pytest.fixture(scope="session", params=[SQLITE, AZURE])
def stores(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stores]:
    """One database and one state store for all races."""
    if request.param == SQLITE:
        path = tmp_path_factory.mktemp("races") / "helpr.db"
        yield Stores(SQLITE, f"sqlite:///{path}", {"DATABASE_PATH": str(path)})
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    tables: str = request.getfixturevalue("azurite_tables")
    url = server.new_database()
    yield Stores(AZURE, url, {"DATABASE_URL": url, "HELPR_TABLES_CONNECTION": tables})
    server.drop_database(url)


@pytest.fixture(scope="session")
def settings(stores: Stores, plex: DemoPlex) -> dict[str, str]:
    """A worker's settings: five invites a minute per client, as by default, and unlimited for
    all together; clients are distinguished by a proxy's header."""
    settings = stores.settings | {
        "PLEX_TOKEN": plex.token,
        "PLEX_SERVER_NAME": plex.server_name,
        "PLEX_LIBRARIES": "Movies, TV Shows",
        "PLEX_API_URL": plex.url,
        "SECRET_KEY": "not-a-real-secret-key-of-the-races",
        "HELPR_TRUSTED_PROXY_HOPS": "1",
        "HELPR_RATE_INVITES": "5/minute;1000/hour",
    }
    take_everybody(settings)
    # The site has been opened before. On a new one, a worker that finds the state store too
    # busy cannot know what the owner has set, and keeps every request for later.
    settle = "from helpr_core import container; container.current().stores.settle_decisions()"
    subprocess.run(
        [sys.executable, "-c", settle], cwd=PROJECT, env=environment(settings), check=True
    )
    return settings


@pytest.fixture(scope="session")
def workers(
    settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Worker]]:
    """Four processes that have not answered anything yet."""
    folder = tmp_path_factory.mktemp("workers")
    with gunicorn_workers(WORKERS, THREADS, settings, folder) as started:
        yield started


@pytest.fixture
def race(stores: Stores, plex: DemoPlex, request: pytest.FixtureRequest) -> RunRace:
    """Opens a row of the table: `with race(NAME, PROMISE) as one`; fails if it is broken."""
    plex.reset()

    @contextmanager
    def run(name: str, promised: str) -> Iterator[Race]:
        one = Race()
        try:
            yield one
        except BaseException:
            one.tell("it did not end", kept=False)
            raise
        finally:
            told = ", ".join(text for text, _ in one.happened)
            kept = all(kept for _, kept in one.happened)
            verdict = "as promised" if kept else "BROKEN"
            cells = (name, stores.name, promised, told, f"{one.seconds:.1f}", verdict)
            add_row(request.node, "races", _HEADINGS, cells)
        assert kept, told

    return run


def statuses(replies: Iterable[Reply]) -> dict[int, int]:
    """How many replies of each status."""
    return dict(Counter(reply.status for reply in replies))


def written(counts: dict[int, int]) -> str:
    """Statuses with their counts: `201 × 5`."""
    return " ".join(f"{status} × {count}" for status, count in sorted(counts.items()))


def log_lines(workers: Iterable[Worker], containing: str) -> list[str]:
    """The matching lines of the workers' logs."""
    logs: list[Path] = [worker.log for worker in workers]
    text = "\n".join(log.read_text(errors="replace") for log in logs)
    return [line for line in text.splitlines() if containing in line]
