"""The schema is upgraded once, by the first caller, and matches the models."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from helpr_core.adapters.sql import search_index
from helpr_core.adapters.sql.all_tables import metadata
from helpr_core.adapters.sql.migrations import scripts
from helpr_core.adapters.sql.models import OPEN_ROWS
from helpr_core.adapters.sql.schema import HEAD, current_revision, migrate
from helpr_core.errors import LogUnavailable
from tests.adapters.sql.conftest import NewDatabase, OpenEngine


def versions(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())


def test_the_newest_revision_is_the_one_the_code_looks_for() -> None:
    assert scripts().get_heads() == [HEAD]


def test_the_models_are_what_the_migrations_make(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    with new_database(bare_database_url).single():
        pass
    with open_engine(bare_database_url) as engine, engine.connect() as connection:
        # The index for parts of names exists only where the server allows it.
        options = {"include_name": lambda name, *_: name != search_index.NAME}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_indexes_exist_and_two_of_them_are_partial(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    # compare_metadata does not compare the predicate of a partial index.
    with new_database(bare_database_url).single():
        pass
    with open_engine(bare_database_url) as engine:
        indexes = {i["name"]: i for i in sa.inspect(engine).get_indexes("invite_requests")}
    unique = indexes["uq_invite_requests_open_identity"]
    assert unique["unique"]
    predicate = str(unique["dialect_options"][f"{engine.dialect.name}_where"])
    assert [s for s in ("pending", "queued", "awaiting_approval") if s in predicate]
    assert "success" not in predicate
    (model,) = [i for i in metadata.tables["invite_requests"].indexes if i.name == unique["name"]]
    assert model.dialect_options[engine.dialect.name]["where"] is OPEN_ROWS
    assert indexes["ix_invite_requests_timestamp_id"]["column_names"] == ["timestamp", "id"]
    sent = indexes["ix_invite_requests_unaccepted"]
    predicate = str(sent["dialect_options"][f"{engine.dialect.name}_where"])
    assert "accepted_at IS NULL" in predicate
    assert "success" in predicate


def test_a_current_schema_costs_one_query_and_no_upgrade(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    with new_database(bare_database_url).single():
        pass
    with open_engine(bare_database_url) as engine:
        assert current_revision(engine) == HEAD
        made: list[str] = []
        worker = new_database(bare_database_url)
        sa.event.listen(
            worker._engine,
            "before_cursor_execute",
            lambda *given: made.append(given[2]),
        )
        with worker.single():
            pass
    assert not [statement for statement in made if "CREATE" in statement]
    assert not [statement for statement in made if "advisory" in statement]


def test_a_schema_of_a_newer_version_is_left_alone_and_used(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    with new_database(bare_database_url).single():
        pass
    with open_engine(bare_database_url) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
            connection.exec_driver_sql("ALTER TABLE invite_requests ADD COLUMN later TEXT")
        with new_database(bare_database_url).single() as connection:
            rows = connection.exec_driver_sql("SELECT count(later) FROM invite_requests").scalar()
        assert rows == 0
        assert versions(engine) == ["9999"]


def test_a_sqlite_file_that_is_briefly_locked_is_waited_for(tmp_path: Path) -> None:
    sqlite_path = tmp_path / "new.db"
    engine = sa.create_engine(
        f"sqlite:///{sqlite_path}", connect_args={"timeout": 0.05}, poolclass=sa.NullPool
    )
    held = sqlite3.connect(sqlite_path, isolation_level=None, check_same_thread=False)
    with closing(held) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        release = threading.Timer(0.5, holder.rollback)
        release.start()
        try:
            migrate(engine)
        finally:
            release.join()
    assert versions(engine) == [HEAD]


def test_a_failed_migration_leaves_nothing_half_done(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    with open_engine(bare_database_url) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE state_counters (other INTEGER)")
        with pytest.raises(LogUnavailable), new_database(bare_database_url).single():
            pass
        assert current_revision(engine) is None
        assert set(sa.inspect(engine).get_table_names()) <= {"state_counters"}
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE state_counters")
        with new_database(bare_database_url).single():
            pass
        assert versions(engine) == [HEAD]
