"""The real servers of the tests: each is started when the first test asks for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import tables
from tests.fuzz.budget import examples
from tests.servers import azurite, postgres

THOROUGH = {"cold_start", "faults", "fuzz", "hardening", "races"}
"""The folders whose tests all are `thorough`; others say so one by one."""

# How long one example takes depends on what else the machine does.
settings.register_profile("helpr", deadline=None, max_examples=examples(20))
settings.load_profile("helpr")


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if THOROUGH & set(item.path.parent.parts):
            item.add_marker(pytest.mark.thorough)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    tables.print_tables(terminalreporter)


@pytest.fixture(autouse=True)
def unredacted_logs() -> None:
    """Tests see what is really logged: blotted out, a secret in it would go unnoticed."""
    logging.setLogRecordFactory(logging.LogRecord)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    """One PostgreSQL server for the whole run."""
    with postgres.postgres_server() as server:
        yield server


@pytest.fixture
def new_postgres_database(postgres_server: postgres.PostgresServer) -> Iterator[Callable[[], str]]:
    """Makes an empty database and returns its URL; dropped when the test ends."""
    made: list[str] = []

    def new_database() -> str:
        made.append(postgres_server.new_database())
        return made[-1]

    yield new_database
    for url in made:
        postgres_server.drop_database(url)


@pytest.fixture
def postgres_url(new_postgres_database: Callable[[], str]) -> str:
    """The URL of an empty PostgreSQL database of this test's own."""
    return new_postgres_database()


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """Where this test may have its SQLite database; there is no file yet."""
    return tmp_path / "helpr.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database: the test runs once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sqlite_path')}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def azurite_tables() -> Iterator[str]:
    """The connection string of one table service for the whole run."""
    with azurite.azurite_table_service() as connection_string:
        yield connection_string
