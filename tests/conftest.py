"""The real servers of the tests: each is started when the first test needs it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from helpr_core.adapters.sql.database import connect
from helpr_core.web import telling
from tests import shares_of_work, tables
from tests.fuzz.budget import LOOKS_FOR_NEW, examples
from tests.servers import azurite, postgres
from tests.servers.compiled_once import compiled_once
from tests.servers.kept_database import KeptDatabase

THOROUGH = {
    "cold_start",
    "faults",
    "fuzz",
    "hardening",
    "races",
    "test_broken_scripts",
    "test_clock_set_back",
    "test_followed",
    "test_grant",
    "test_import_budget",
    "test_four_workers",
    "test_logs_in_processes",
    "test_logs_redaction_time",
    "test_long_queue",
    "test_long_upgrades",
    "test_odd_settings",
    "test_plans",
    "test_provision",
    "test_restarts",
    "test_schemathesis",
    "test_shared_limits",
    "test_smoke",
}
"""Folders and files whose tests all are `thorough`: `make faults` runs them."""

ON_POSTGRESQL = {"adapters", "contract"}
"""Folders whose tests run on PostgreSQL in `make test`: everything that reaches a database goes
through what they test. Elsewhere a test's second run, on PostgreSQL, is `thorough`."""

# How long one example takes depends on what else the machine does.
settings.register_profile(
    "helpr", deadline=None, max_examples=examples(20), derandomize=not LOOKS_FOR_NEW
)
settings.load_profile("helpr")


def _leaves_out_thorough(config: pytest.Config) -> bool:
    return str(config.option.markexpr).startswith("not thorough")


def pytest_configure(config: pytest.Config) -> None:
    if not _leaves_out_thorough(config):
        config.pluginmanager.import_plugin("schemathesis.pytest.plugin")


@cache
def _is_thorough(path: Path) -> bool:
    return bool(THOROUGH & set(path.with_suffix("").relative_to(Path(__file__).parent).parts))


def _is_below_the_services(path: Path) -> bool:
    return bool(ON_POSTGRESQL & set(path.relative_to(Path(__file__).parent).parts))


def _is_copy_on_postgresql(item: pytest.Item) -> bool:
    """Whether this is the run on PostgreSQL of a test that runs on SQLite as well."""
    call = getattr(item, "callspec", None)
    return call is not None and "postgresql" in call.params.values()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`make test` does not import what it leaves out."""
    return True if _leaves_out_thorough(config) and _is_thorough(collection_path) else None


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    shares_of_work.named_apart(items)
    shares_of_work.long_files_first(items)
    for item in items:
        is_copy = _is_copy_on_postgresql(item)
        if is_copy:
            item.add_marker(pytest.mark.copy)
        if _is_thorough(item.path) or (is_copy and not _is_below_the_services(item.path)):
            item.add_marker(pytest.mark.thorough)


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> shares_of_work.ByPart | None:
    return shares_of_work.scheduler(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    tables.print_tables(terminalreporter)


@pytest.fixture(autouse=True)
def unredacted_logs() -> None:
    """Turns redaction off: a secret that is logged must fail a test, not be redacted."""
    logging.setLogRecordFactory(logging.LogRecord)


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Tests make an engine each, and would compile every statement again."""
    with compiled_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def notices_left_to_housekeeping() -> Iterator[None]:
    """A test that starts a server within this process turns on the thread that sends notices soon.
    It would outlive the test, and use the databases of those that come after."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telling, "turn_on", lambda: None)
        yield


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


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: postgres.PostgresServer) -> str:
    """A database with the schema and no rows, to be copied: migrating takes longer."""
    url = postgres_server.new_database()
    database = connect(url)
    with database.single():
        pass
    database.dispose()
    return url


@pytest.fixture
def migrated_postgres_database(
    postgres_server: postgres.PostgresServer, migrated_postgres: str
) -> Iterator[Callable[[], str]]:
    """Makes a database for this test that has the schema and no rows."""
    made: list[str] = []

    def new_database() -> str:
        made.append(postgres_server.new_database(like=migrated_postgres))
        return made[-1]

    yield new_database
    for url in made:
        postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def kept_postgres(postgres_server: postgres.PostgresServer) -> KeptDatabase:
    return KeptDatabase(postgres_server)


@pytest.fixture
def postgres_url(kept_postgres: KeptDatabase) -> str:
    """The URL of a PostgreSQL database that has the schema and no rows."""
    return kept_postgres.emptied()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the schema and no rows, to be copied: migrating takes longer."""
    path = tmp_path_factory.mktemp("migrated") / "helpr.db"
    database = connect(f"sqlite:///{path}")
    with database.single():
        pass
    database.dispose()
    return path


@pytest.fixture
def sqlite_path(tmp_path: Path, migrated_sqlite: Path) -> Path:
    """An SQLite database for this test that has the schema and no rows."""
    return Path(shutil.copy(migrated_sqlite, tmp_path / "helpr.db"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database that has the schema and no rows: the test runs for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sqlite_path')}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def bare_postgres_url(new_postgres_database: Callable[[], str]) -> str:
    """The URL of an empty PostgreSQL database."""
    return new_postgres_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, or of a file that does not exist yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bare.db"
    return str(request.getfixturevalue("bare_postgres_url"))


@pytest.fixture(scope="session")
def azurite_tables() -> Iterator[str]:
    """The connection string of one table service for the whole run."""
    with azurite.azurite_table_service() as connection_string:
        yield connection_string
