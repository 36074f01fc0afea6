"""Alembic's migrations, run on a given connection: no alembic.ini, no command."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory

from helpr_core import first_use
from helpr_core.adapters.sql.migrations.steps import create_search_index
from helpr_core.adapters.sql.models import metadata

# An index with options for both is made from both, whatever the database.
first_use.complete("sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite")


def scripts() -> ScriptDirectory:
    """The revisions in versions/."""
    return ScriptDirectory(str(Path(__file__).parent))


def upgrade(connection: sa.Connection) -> None:
    """Upgrade the schema to the newest revision, inside the connection's transaction.

    A schema newer than this code is left as it is: during a roll-out the old version keeps working,
    because migrations add before they remove.
    """
    _run(connection, most=None)


def upgrade_once(connection: sa.Connection) -> bool:
    """Take the schema one revision further; False if there was none left.

    The connection is not in a transaction: a revision begins its own, and ends it where continuing
    would keep others waiting (steps.py).
    """
    taken = _run(connection, most=1)
    connection.rollback()  # without a step, reading the revision has begun one
    return taken > 0


def add_search_index(connection: sa.Connection) -> bool:
    """Build the index that the server refused in revision 0007; False: nothing left to do.

    The connection is not in a transaction.
    """
    context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
    with context.begin_transaction(_per_migration=True), Operations.context(context):
        create_search_index()
    return False


def _run(connection: sa.Connection, most: int | None) -> int:
    """Run at most that many revisions; returns how many ran."""
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
