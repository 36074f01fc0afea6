"""Channels, and the notices sent over them.

Revision: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpr_core.adapters.sql.migrations.steps import create_index

revision = "0013"
down_revision = "0012"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add three tables."""
    op.create_table(
        "channels",
        sa.Column("id", _ID, sa.Identity(), primary_key=True),
        sa.Column("channel_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("service", sa.String(60), nullable=False, server_default=""),
        sa.Column("label", sa.String(80), nullable=False, server_default=""),
        sa.Column("sealed", sa.Text, nullable=False, server_default=""),
        sa.Column("events", sa.JSON, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("language", sa.String(20), nullable=False, server_default=""),
        sa.Column("quiet", sa.JSON),
        sa.Column("from_environment", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("last_ok_at", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.JSON),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("claim", sa.String(36)),
        if_not_exists=True,  # an attempt before this one may have been ended here
    )
    op.create_table(
        "notices",
        sa.Column("id", _ID, sa.Identity(), primary_key=True),
        sa.Column(
            "channel_id",
            sa.Uuid,
            sa.ForeignKey("channels.channel_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("event_id", _ID, sa.ForeignKey("events.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("message_id", sa.Uuid),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("channel_id", "event_id", name="uq_notices_channel_id_event_id"),
        if_not_exists=True,  # an attempt before this one may have been ended here
    )
    create_index("ix_notices_event_id", "notices", ["event_id"])
    create_index("ix_notices_state_due_at", "notices", ["state", "due_at"])
    op.create_table(
        "alarms",
        sa.Column("name", sa.String(120), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        if_not_exists=True,  # an attempt before this one may have been ended here
    )
