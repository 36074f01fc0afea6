"""Which browser a request belongs to, and the notes of those who asked again.

Revision: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add a column with a default and a table; nothing that the version before reads changes."""
    op.add_column(
        "invite_requests",
        sa.Column("browser_key", sa.String(64), nullable=False, server_default=""),
    )
    op.create_table(
        "request_notes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            sa.Identity(),
            primary_key=True,
        ),
        sa.Column(
            "request_id",
            sa.Uuid,
            sa.ForeignKey("invite_requests.request_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("same_browser", sa.Boolean, nullable=False),
    )
    op.create_index("ix_request_notes_request_id_id", "request_notes", ["request_id", "id"])
