"""The tables of channels and their notices."""

from __future__ import annotations

import sqlalchemy as sa

from helpr_core.adapters.sql.models import Id, UtcDateTime, metadata

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("channel_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("service", sa.String(60), nullable=False, server_default=""),
    sa.Column("label", sa.String(80), nullable=False, server_default=""),
    sa.Column("sealed", sa.Text, nullable=False, server_default=""),
    sa.Column("events", sa.JSON, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("language", sa.String(20), nullable=False, server_default=""),
    sa.Column("quiet", sa.JSON(none_as_null=True)),
    sa.Column("from_environment", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("failing_since", UtcDateTime),
    sa.Column("last_ok_at", UtcDateTime),
    sa.Column("last_error", sa.JSON(none_as_null=True)),
    sa.Column("claimed_until", UtcDateTime),
    sa.Column("claim", sa.String(36)),
)
"""`sealed` is the encrypted address. `claim` belongs to the worker that is sending, until
`claimed_until`: one at a time, so that messages stay in order."""

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column(
        "channel_id",
        sa.Uuid,
        sa.ForeignKey("channels.channel_id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("event_id", Id, sa.ForeignKey("events.id", ondelete="CASCADE"), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("message_id", sa.Uuid),
    sa.Column("settled_at", UtcDateTime),
    sa.UniqueConstraint("channel_id", "event_id", name="uq_notices_channel_id_event_id"),
    sa.Index("ix_notices_event_id", "event_id"),
    sa.Index("ix_notices_state_due_at", "state", "due_at"),
)
"""An event to be reported on a channel. A message's rows share its `message_id`."""

alarms = sa.Table(
    "alarms",
    metadata,
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Column("since", UtcDateTime, nullable=False),
)
"""A condition that was reported when it began: the row exists as long as it lasts."""
