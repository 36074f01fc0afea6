"""Alembic's migrations, run on a connection that is given: no alembic.ini, no command."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory

from helpr_core.adapters.sql.models import metadata


def scripts() -> ScriptDirectory:
    """The revisions in versions/."""
    return ScriptDirectory(str(Path(__file__).parent))


def upgrade(connection: sa.Connection) -> None:
    """Bring the schema to the newest revision, inside the connection's transaction.

    A schema newer than this code is left as it is: while a new version is rolled out the
    old one goes on working, since migrations add before they take away.
    """
    directory = scripts()
    known = {script.revision for script in directory.walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        return

    def steps(revision: tuple[str, ...], _context: MigrationContext) -> list[MigrationStep]:
        return list(directory._upgrade_revs("head", revision))  # type: ignore[arg-type]

    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        environment.configure(
            connection=connection, target_metadata=metadata, transactional_ddl=True
        )
        environment.run_migrations()
