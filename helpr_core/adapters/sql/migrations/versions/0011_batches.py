"""Batches, and their lines.

Revision: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add two tables; nothing that the version before reads changes."""
    op.create_table(
        "batches",
        sa.Column("id", ID, sa.Identity(), primary_key=True),
        sa.Column("batch_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_batches_created_at_id", "batches", ["created_at", "id"])
    op.create_table(
        "batch_lines",
        sa.Column("id", ID, sa.Identity(), primary_key=True),
        sa.Column(
            "batch_id",
            sa.Uuid,
            sa.ForeignKey("batches.batch_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("who", sa.String(255), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("message", sa.JSON),
        sa.Column("libraries", sa.JSON, nullable=False),
        sa.Column("days", sa.Integer),
        sa.Column("note", sa.String(500), nullable=False, server_default=""),
        sa.Column("request_id", sa.Uuid),
    )
    op.create_index("ix_batch_lines_batch_id_id", "batch_lines", ["batch_id", "id"])
