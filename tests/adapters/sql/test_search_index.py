"""The index for parts of names: made where PostgreSQL allows pg_trgm, and not needed elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa

from demo_plex import DemoPlex
from helpr_core.adapters.sql import search_index
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.invite_history import SqlInviteHistory
from helpr_core.adapters.sql.migrations import steps
from helpr_core.adapters.sql.schema import HEAD, current_revision
from helpr_core.domain.checks import Severity
from helpr_core.domain.history import InviteFilter
from helpr_core.texts import say
from tests.adapters.sql.builders import row_of, write
from tests.adapters.sql.conftest import NewDatabase, OpenEngine
from tests.services.worker import Worker

NAMES = ("jörg@example.com", "Straße_7", "100%", "d\\souza", "o'brien")
SEARCHES = ("ö", "jör", "STRASSE", "e_7", "0%", "%", "d\\s", "\\", "o'b", "_")


def finds_them(database: Database) -> None:
    """Asserts that parts of names are found, with or without the index."""
    history = SqlInviteHistory(database)
    for search in SEARCHES:
        found = [row.email_or_username for row in history.page(InviteFilter(search=search), 9).rows]
        wanted = [name for name in NAMES if search.casefold() in name.casefold().replace("ß", "ss")]
        beginning = [name for name in wanted if name.casefold().startswith(search)]
        assert sorted(found) == sorted(wanted if len(search) > 2 else beginning), search


def run(open_engine: OpenEngine, url: str, *statements: str) -> None:
    with open_engine(url) as engine, engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.fixture
def refused_url(bare_postgres_url: str, open_engine: OpenEngine) -> Iterator[str]:
    """A role as set up by infra/sql/grant.sql: it may create tables but no extensions."""
    url = sa.make_url(bare_postgres_url)
    role = f"{url.database}_without_rights"  # roles belong to the whole server
    run(
        open_engine,
        bare_postgres_url,
        f"CREATE ROLE {role} LOGIN PASSWORD 'not-a-real-password'",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {role}",
    )
    yield url.set(username=role).render_as_string(hide_password=False)
    run(open_engine, bare_postgres_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_where_the_extension_is_allowed_the_index_is_made(
    bare_postgres_url: str, new_database: NewDatabase
) -> None:
    database = new_database(bare_postgres_url)
    assert not SqlInviteHistory(database).lacks_search_index()
    write(database, [row_of(name) for name in NAMES])
    finds_them(database)


def test_where_it_is_refused_parts_of_names_are_found_all_the_same(
    refused_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    database = new_database(refused_url)
    assert SqlInviteHistory(database).lacks_search_index()
    with open_engine(refused_url) as engine:
        assert current_revision(engine) == HEAD
    write(database, [row_of(name) for name in NAMES])
    finds_them(database)


def test_where_it_is_not_installed_nothing_fails(
    bare_postgres_url: str, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_CREATE_TRIGRAMS", "CREATE EXTENSION no_such_extension")
    assert SqlInviteHistory(new_database(bare_postgres_url)).lacks_search_index()


def test_on_sqlite_parts_of_names_are_found(sqlite_path: object, new_database: NewDatabase) -> None:
    database = new_database(f"sqlite:///{sqlite_path}")
    assert not SqlInviteHistory(database).lacks_search_index()
    write(database, [row_of(name) for name in NAMES])
    finds_them(database)


@pytest.fixture(params=[True, False], ids=["long", "short"])
def length(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the table count as long, or not, from the call on."""
    return lambda: monkeypatch.setattr(steps, "LONG", 1 if request.param else 1000)


def test_once_the_extension_is_allowed_migrate_makes_the_index(
    refused_url: str,
    bare_postgres_url: str,
    new_database: NewDatabase,
    open_engine: OpenEngine,
    length: Callable[[], None],
) -> None:
    database = new_database(refused_url)
    write(database, [row_of(name) for name in NAMES])
    length()
    database.dispose()
    new_database(refused_url).upgrade()
    assert SqlInviteHistory(database).lacks_search_index(), "it is refused still"
    run(open_engine, bare_postgres_url, "CREATE EXTENSION pg_trgm")
    for _ in range(2):
        new_database(refused_url).upgrade()
        assert not SqlInviteHistory(database).lacks_search_index()
    finds_them(database)


def test_an_index_whose_build_was_interrupted_is_rebuilt(
    bare_postgres_url: str,
    new_database: NewDatabase,
    open_engine: OpenEngine,
    length: Callable[[], None],
) -> None:
    database = new_database(bare_postgres_url)
    write(database, [row_of(name) for name in NAMES])
    length()
    run(
        open_engine,
        bare_postgres_url,
        "UPDATE pg_index SET indisvalid = false"
        f" WHERE indexrelid = '{search_index.NAME}'::regclass",
    )
    assert SqlInviteHistory(database).lacks_search_index()
    new_database(bare_postgres_url).upgrade()
    assert not SqlInviteHistory(database).lacks_search_index()


def test_the_check_reports_it_as_information(refused_url: str) -> None:
    with DemoPlex() as plex, closing(Worker(plex, refused_url)) as worker:
        checks = {one.name: one for one in worker.parts.upkeep.connection_check()()}
    assert checks["database"].severity is Severity.OK
    assert "CREATE EXTENSION pg_trgm" in say(checks["database"].detail)
