"""Requests and state, and the rows of the Flask version where there are some.

Revision: 0001
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from helpr_core.adapters.sql.migrations.steps import commit_so_far
from helpr_core.domain.identity_key import identity_key

revision = "0001"
down_revision = None

BATCH = 1000
OLD = "invite_requests_before_0001"
OPEN_ROWS = sa.text("status IN ('pending', 'queued', 'awaiting_approval')")


def upgrade() -> None:
    """Make the tables; rows of an older invite_requests are carried over."""
    inspector = sa.inspect(op.get_bind())
    interrupted = inspector.has_table(OLD)
    old = interrupted or inspector.has_table("invite_requests")
    if old and not interrupted:
        op.rename_table("invite_requests", OLD)
    if not interrupted:
        _create_invite_requests()
    if not inspector.has_table("state_entries"):  # made ahead of the rest, where that is long
        _create_state()
    if old:
        _carry_over()
        op.drop_table(OLD)


def _columns() -> list[sa.Column[Any]]:
    time = sa.DateTime(timezone=True)
    return [
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            sa.Identity(),
            primary_key=True,
        ),
        sa.Column("request_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("email_or_username", sa.String(255), nullable=False),
        sa.Column("identity_key", sa.String(255), nullable=False),
        sa.Column("timestamp", time, nullable=False),
        sa.Column("status", sa.String(50), nullable=False),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("server_name", sa.Text, nullable=False),
        sa.Column("libraries", sa.JSON, nullable=False),
        sa.Column("client_key", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", time),
        sa.Column("sent_at", time),
        sa.Column("accepted_at", time),
        sa.Column("updated_at", time, nullable=False),
        sa.Column("duration_ms", sa.Integer),
    ]


def _create_invite_requests() -> None:
    op.create_table("invite_requests", *_columns())
    index = op.create_index
    table = "invite_requests"
    index("ix_invite_requests_timestamp_id", table, ["timestamp", "id"])
    index("ix_invite_requests_status_next_attempt_at", table, ["status", "next_attempt_at"])
    index("ix_invite_requests_identity_key", table, ["identity_key"])
    index(
        "uq_invite_requests_open_identity",
        table,
        ["identity_key"],
        unique=True,
        postgresql_where=OPEN_ROWS,
        sqlite_where=OPEN_ROWS,
    )


def _create_state() -> None:
    op.create_table(
        "state_entries",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "state_counters",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_state_counters_expires_at", "state_counters", ["expires_at"])


def _carry_over() -> None:
    """Copy the Flask version's rows: five columns, statuses success and failed."""
    old = sa.table(
        OLD,
        sa.column("email_or_username", sa.String),
        sa.column("timestamp", sa.DateTime()),
        sa.column("status", sa.String),
        sa.column("error_message", sa.Text),
        sa.column("id", sa.Integer),
    )
    new = sa.Table("invite_requests", sa.MetaData(), *_columns())
    oldest = sa.select(old).order_by(old.c.id).limit(BATCH)
    while rows := op.get_bind().execute(oldest).mappings().all():
        op.bulk_insert(new, [_new_row(row) for row in rows])
        op.execute(sa.delete(old).where(old.c.id <= rows[-1]["id"]))
        commit_so_far(only_if=len(rows) == BATCH)


def _new_row(row: sa.RowMapping) -> dict[str, Any]:
    # The old server wrote UTC without saying so.
    at: datetime = row["timestamp"]
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    succeeded = row["status"] == "success"
    return {
        "request_id": uuid.uuid4(),
        "email_or_username": row["email_or_username"],
        # Folding may make a text longer than the column, and must not stop the upgrade.
        "identity_key": identity_key(row["email_or_username"])[:255],
        "timestamp": at,
        "status": "success" if succeeded else "failed",
        "error_code": None if succeeded else "plex_refused",
        "error_message": row["error_message"],
        "source": "form",
        "server_name": "",
        "libraries": [],
        "client_key": "",
        "attempts": 1,
        "sent_at": at if succeeded else None,
        "updated_at": at,
    }
