"""A database of an earlier revision keeps its rows and gets the new columns and tables."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext

from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.migrations import scripts
from helpr_core.adapters.sql.schema import HEAD, current_revision
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.domain.transitions import RETRIED, TRIED
from tests.adapters.sql.builders import NOON, outcome, request
from tests.adapters.sql.conftest import NewDatabase, OpenEngine

# The columns of revision 0001, as its code writes them.
old_requests = sa.table(
    "invite_requests",
    sa.column("request_id", sa.Uuid),
    *(sa.column(name) for name in ("email_or_username", "identity_key", "status", "source")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("timestamp", "updated_at")),
    *(sa.column(name) for name in ("server_name", "client_key", "attempts")),
    sa.column("libraries", sa.JSON),
)


def old_row(status: str, key: str = "alice") -> dict[str, Any]:
    return {
        "request_id": request().request_id,
        "email_or_username": key,
        "identity_key": key,
        "status": status,
        "source": "form",
        "timestamp": NOON,
        "updated_at": NOON,
        "server_name": "Demo Plex",
        "client_key": "",
        "attempts": 0,
        "libraries": [],
    }


def upgrade_to(connection: sa.Connection, revision: str) -> None:
    directory = scripts()

    def steps(current: Any, _context: object) -> Any:
        return directory._upgrade_revs(revision, current)

    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


@pytest.mark.parametrize("status", ["pending", "success", "failed", "queued"])
def test_rows_of_0001_are_read_and_carry_on(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine, status: str
) -> None:
    row = old_row(status)
    with open_engine(bare_database_url) as engine:
        with engine.begin() as connection:
            upgrade_to(connection, "0001")
            connection.execute(sa.insert(old_requests), [row])
        log = SqlInviteLog(new_database(bare_database_url))
        found = log.get(row["request_id"])
        assert current_revision(engine) == HEAD
    assert found is not None
    assert (found.status, found.note, found.queued_since) == (Status(status), "", None)
    claimed: InviteRequest | None = found
    if found.status is not Status.PENDING:
        again = TRIED if found.status is Status.QUEUED else RETRIED
        claimed = log.change(found.request_id, again, NOON, FRIEND)
    assert claimed is not None
    queued = log.record(claimed, outcome(Status.QUEUED), FRIEND)
    assert queued is not None
    assert queued.queued_since == NOON


def test_the_code_of_0001_can_still_write_during_the_roll_out(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    log = SqlInviteLog(new_database(bare_database_url))
    log.ping()
    row = old_row("pending")
    with open_engine(bare_database_url) as engine, engine.begin() as connection:
        connection.execute(sa.insert(old_requests), [row])
    found = log.get(row["request_id"])
    assert found is not None
    assert found.note == ""
