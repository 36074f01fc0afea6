"""The tables of batches: lists that the owner pasted, with the verdict on each line."""

from __future__ import annotations

import sqlalchemy as sa

from helpr_core.adapters.sql.models import Id, UtcDateTime, metadata

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("batch_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("ix_batches_created_at_id", "created_at", "id"),
)

batch_lines = sa.Table(
    "batch_lines",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column(
        "batch_id",
        sa.Uuid,
        sa.ForeignKey("batches.batch_id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("who", sa.String(255), nullable=False),
    sa.Column("verdict", sa.String(20), nullable=False),
    sa.Column("message", sa.JSON(none_as_null=True)),
    sa.Column("libraries", sa.JSON, nullable=False),
    sa.Column("days", sa.Integer),
    sa.Column("note", sa.String(500), nullable=False, server_default=""),
    sa.Column("request_id", sa.Uuid),
    sa.Index("ix_batch_lines_batch_id_id", "batch_id", "id"),
)
"""In the list's order. `request_id` names no row once that has been deleted because of its age."""
