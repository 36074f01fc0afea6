"""The outbox of events, and the terms of each request.

Revision: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

AUDITED = sa.text("door <> 'friend' AND (door <> 'system' OR kind NOT IN ('tried', 'queued'))")
UNCONSUMED = sa.text("consumed_at IS NULL")


def upgrade() -> None:
    """Add a table and a column that may be empty; nothing that the version before reads changes."""
    op.add_column("invite_requests", sa.Column("terms", sa.JSON))
    op.create_table(
        "events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            sa.Identity(),
            primary_key=True,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column(
            "request_id",
            sa.Uuid,
            sa.ForeignKey("invite_requests.request_id", ondelete="CASCADE"),
        ),
        sa.Column("door", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("from_status", sa.String(50)),
        sa.Column("to_status", sa.String(50)),
        sa.Column("code", sa.String(64)),
        sa.Column("data", sa.JSON),
        sa.Column("consumed_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_events_request_id_id", "events", ["request_id", "id"])
    _create_partial("ix_events_audited", ["at", "id"], AUDITED)
    _create_partial("ix_events_unconsumed", ["id"], UNCONSUMED)


def _create_partial(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "events", columns, postgresql_where=where, sqlite_where=where)
