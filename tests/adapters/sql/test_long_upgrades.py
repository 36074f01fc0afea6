"""A large table is upgraded while in use, and no request waits for that or performs it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from demo_plex import DemoPlex
from helpr_core.adapters.sql.migrations import steps
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.sql.schema import HEAD, current_revision
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.domain.checks import Severity
from helpr_core.domain.requests import Status
from helpr_core.errors import LogUnavailable, SchemaBehind
from helpr_core.services.ports import SITE
from helpr_core.texts import say
from tests.adapters.sql.builders import NOON
from tests.adapters.sql.conftest import NewDatabase, OpenEngine
from tests.adapters.sql.test_flask_rows import old_metadata
from tests.adapters.sql.test_flask_rows import old_requests as flask_requests
from tests.adapters.sql.test_flask_rows import old_row as flask_row
from tests.adapters.sql.test_upgrades import old_requests, old_row, upgrade_to
from tests.services.worker import Worker

ROWS = 3000
"""A table with this many rows counts as long in these tests."""


@pytest.fixture(autouse=True)
def _short_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "LONG", 100)


@pytest.fixture
def long_url(bare_database_url: str, open_engine: OpenEngine) -> str:
    """A database of revision 0001 with a long table."""
    rows = [old_row("success", f"friend{number}") for number in range(ROWS)]
    for row in rows:
        row["request_id"] = uuid.uuid4()
    with open_engine(bare_database_url) as engine, engine.begin() as connection:
        upgrade_to(connection, "0001")
        connection.execute(sa.insert(old_requests), rows)
    return bare_database_url


@pytest.fixture
def worker(long_url: str) -> Iterator[Worker]:
    with DemoPlex() as plex:
        made = Worker(plex, long_url)
        yield made
        made.close()


def test_no_request_upgrades_it_and_new_requests_are_kept(
    worker: Worker, long_url: str, open_engine: OpenEngine
) -> None:
    row = worker.send("alice")
    assert row.status is Status.QUEUED
    with open_engine(long_url) as engine:
        assert current_revision(engine) == "0001"
    checks = {one.name: one for one in worker.parts.upkeep.overview()().checks}
    assert checks["database"].severity is Severity.ERROR
    assert "migrate" in say(checks["database"].fix)
    assert checks["state_store"].ok
    assert worker.parts.requests.inbox().state().waiting == 1


def test_housekeeping_upgrades_it_and_then_drains_what_was_kept(
    worker: Worker, long_url: str, open_engine: OpenEngine
) -> None:
    kept = worker.send("alice")
    counts, failures = worker.housekeeping()
    assert failures == {}
    assert counts["drained"] == counts["sent"] == 1
    with open_engine(long_url) as engine:
        assert current_revision(engine) == HEAD
    found = worker.log.get(kept.request_id)
    assert found is not None
    assert found.status is Status.SUCCESS
    assert worker.send("bob").status is Status.SUCCESS


def test_migrate_lets_the_previous_version_write_all_the_while(
    long_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    """Between the statements of the upgrade, another connection writes without waiting."""
    database = new_database(long_url)
    wrote: list[str] = []
    with open_engine(long_url) as old_version:

        def write(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if "INDEX CONCURRENTLY" not in statement:
                return
            with old_version.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql("SET lock_timeout = '1ms'")
                row = old_row("pending", f"meanwhile{len(wrote)}") | {"request_id": uuid.uuid4()}
                connection.execute(sa.insert(old_requests), [row])
            wrote.append(statement)

        if database.dialect == "postgresql":
            sa.event.listen(database._engine, "before_cursor_execute", write)
        database.upgrade()
        with old_version.connect() as connection:
            found = connection.execute(
                sa.select(sa.func.count()).select_from(invite_requests)
            ).scalar()
            assert current_revision(old_version) == HEAD
    assert found == ROWS + len(wrote)
    if database.dialect == "postgresql":
        assert len(wrote) >= 4


def test_an_upgrade_that_is_interrupted_is_finished_by_the_next_worker(
    long_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    class Ended(BaseException):
        """As if the process were gone."""

    def end(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "INDEX" in statement.upper() and "updated_at" in statement:
            raise Ended

    first = new_database(long_url)
    sa.event.listen(first._engine, "before_cursor_execute", end)
    with pytest.raises(
        (Ended, LogUnavailable)
    ):  # alembic cleans up, which a dead process could not
        first.upgrade()
    first.dispose()
    with open_engine(long_url) as engine:
        assert current_revision(engine) == "0001"
    new_database(long_url).upgrade()
    with open_engine(long_url) as engine:
        assert current_revision(engine) == HEAD
        names = {one["name"] for one in sa.inspect(engine).get_indexes("invite_requests")}
    assert {"ix_invite_requests_updated_at", "ix_invite_requests_unaccepted"} <= names


def test_an_index_whose_build_was_interrupted_is_rebuilt(
    bare_postgres_url: str, open_engine: OpenEngine, new_database: NewDatabase
) -> None:
    rows = [old_row("success", f"f{n}") | {"request_id": uuid.uuid4()} for n in range(200)]
    name = "ix_invite_requests_updated_at"
    with open_engine(bare_postgres_url) as engine:
        with engine.begin() as connection:
            upgrade_to(connection, "0001")
            connection.execute(sa.insert(old_requests), rows)
            connection.exec_driver_sql(f"CREATE INDEX {name} ON invite_requests (updated_at)")
            connection.exec_driver_sql(
                f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass"
            )
        new_database(bare_postgres_url).upgrade()
        with engine.connect() as connection:
            valid = connection.exec_driver_sql(
                f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{name}'::regclass"
            ).scalar()
    assert valid is True


def test_the_flask_versions_long_table_is_carried_over_in_batches(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    with open_engine(bare_database_url) as engine:
        old_metadata.create_all(engine)
        with engine.begin() as connection:
            rows = [flask_row(f"friend{number}", "success") for number in range(ROWS)]
            connection.execute(sa.insert(flask_requests), rows)
        database = new_database(bare_database_url)
        with pytest.raises(SchemaBehind), database.single():
            pass
        state = SqlStateStore(database.for_state(), lambda: NOON)
        state.put(SITE, "kept", {"meanwhile": True})  # its tables are there at once
        commits: list[object] = []
        sa.event.listen(database._engine, "commit", commits.append)
        database.upgrade()
        assert len(commits) >= ROWS // 1000
        assert current_revision(engine) == HEAD
        with engine.connect() as connection:
            found = connection.execute(
                sa.select(sa.func.count(sa.distinct(invite_requests.c.identity_key)))
            ).scalar()
    assert found == ROWS
    entry = state.get(SITE, "kept")
    assert entry is not None
    assert entry.value == {"meanwhile": True}
