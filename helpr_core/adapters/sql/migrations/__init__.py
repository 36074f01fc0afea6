"""Alembic's migrations, run on a connection that is given: no alembic.ini, no command."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory

from helpr_core.adapters.sql.migrations.steps import create_search_index
from helpr_core.adapters.sql.models import metadata


def scripts() -> ScriptDirectory:
    """The revisions in versions/."""
    return ScriptDirectory(str(Path(__file__).parent))


def upgrade(connection: sa.Connection) -> None:
    """Bring the schema to the newest revision, inside the connection's transaction.

    A schema newer than this code is left as it is: while a new version is rolled out the
    old one goes on working, since migrations add before they take away.
    """
    _run(connection, most=None)


def upgrade_once(connection: sa.Connection) -> bool:
    """Take the schema one revision further; False when there was no more.

    The connection is in no transaction: a revision begins its own, and ends it where the rest
    would keep others waiting (steps.py).
    """
    taken = _run(connection, most=1)
    connection.rollback()  # where there was no step, reading the revision has begun one
    return taken > 0


def add_search_index(connection: sa.Connection) -> bool:
    """Build what revision 0007 could not where the server refused it then; False: no more to do.

    The connection is in no transaction.
    """
    context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
    with context.begin_transaction(_per_migration=True), Operations.context(context):
        create_search_index()
    return False


def _run(connection: sa.Connection, most: int | None) -> int:
    """So many revisions at most; how many it were."""
    directory = scripts()
    known = {script.revision for script in directory.walk_revisions()}
    taken: list[MigrationStep] = []

    def steps(revision: tuple[str, ...], _context: MigrationContext) -> list[MigrationStep]:
        if set(revision) <= known:
            taken.extend(directory._upgrade_revs("head", revision)[:most])  # type: ignore[arg-type]
        return taken

    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        environment.configure(
            connection=connection,
            target_metadata=metadata,
            transactional_ddl=True,
            transaction_per_migration=True,
        )
        environment.run_migrations()
    return len(taken)
