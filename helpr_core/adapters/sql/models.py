"""The tables, matching the migrations."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; timestamptz in PostgreSQL, UTC without a zone in SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: it would be read in the database's own zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("times must be timezone-aware")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Restore the zone if the database stores none."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""SQLite only numbers rows by itself in a column of type INTEGER."""

OPEN_ROWS = sa.text("status IN ('pending', 'queued', 'awaiting_approval')")
"""One such row per person. Literal text: a partial index is found by its predicate."""

UNACCEPTED = sa.text("status = 'success' AND accepted_at IS NULL")
"""Sent, and not yet known to be accepted."""

AUDITED = sa.text("door <> 'friend' AND (door <> 'system' OR kind NOT IN ('tried', 'queued'))")
"""The events in the audit log: without what friends do and the queue's individual tries."""

NOT_DELETED = sa.text("deleted_at IS NULL")
"""Links that are not deleted: no two with the same code."""

invite_requests = sa.Table(
    "invite_requests",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("request_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("email_or_username", sa.String(255), nullable=False),
    sa.Column("identity_key", sa.String(255), nullable=False),
    sa.Column("timestamp", UtcDateTime, nullable=False),
    sa.Column("status", sa.String(50), nullable=False),
    sa.Column("error_code", sa.String(64)),
    sa.Column("error_message", sa.Text),
    sa.Column("source", sa.String(20), nullable=False),
    sa.Column("server_name", sa.Text, nullable=False),
    sa.Column("libraries", sa.JSON, nullable=False),
    sa.Column("client_key", sa.String(64), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("accepted_at", UtcDateTime),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("duration_ms", sa.Integer),
    sa.Column("note", sa.String(500), nullable=False, server_default=""),
    sa.Column("queued_since", UtcDateTime),
    sa.Column("browser_key", sa.String(64), nullable=False, server_default=""),
    sa.Column("terms", sa.JSON(none_as_null=True)),
    sa.Column("error_words", sa.JSON(none_as_null=True)),
    sa.Column("link_id", sa.Uuid),
    sa.Column("holds_use", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("plex_user_id", sa.BigInteger),
    sa.Index("ix_invite_requests_timestamp_id", "timestamp", "id"),
    sa.Index("ix_invite_requests_status_timestamp_id", "status", "timestamp", "id"),
    sa.Index("ix_invite_requests_status_next_attempt_at", "status", "next_attempt_at"),
    sa.Index("ix_invite_requests_updated_at", "updated_at"),
    sa.Index("ix_invite_requests_identity_key", "identity_key"),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("link_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("code_hash", sa.String(64), nullable=False),
    sa.Column("code_sealed", sa.Text, nullable=False),
    sa.Column("label", sa.String(80), nullable=False),
    sa.Column("server_id", sa.String(64), nullable=False),
    sa.Column("libraries", sa.JSON(none_as_null=True)),
    sa.Column("restrictions", sa.JSON, nullable=False),
    sa.Column("uses_limit", sa.Integer),
    sa.Column("uses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("access_days", sa.Integer),
    sa.Column("approval", sa.String(20), nullable=False),
    sa.Column("require_sign_in", sa.Boolean, nullable=False),
    sa.Column("welcome", sa.String(500), nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("deleted_at", UtcDateTime),
    sa.Column("past_asked", sa.Integer, nullable=False, server_default="0"),
    sa.Column("past_sent", sa.Integer, nullable=False, server_default="0"),
    sa.Column("past_accepted", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_links_code_hash", "code_hash"),
)
"""Codes are hashed with a key to be found, and sealed to be shown: the table alone reveals nothing.
`past_…` count requests that retention has deleted."""

request_notes = sa.Table(
    "request_notes",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column(
        "request_id",
        sa.Uuid,
        sa.ForeignKey("invite_requests.request_id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("timestamp", UtcDateTime, nullable=False),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("same_browser", sa.Boolean, nullable=False),
    sa.Index("ix_request_notes_request_id_id", "request_id", "id"),
)
"""Notes by those who asked again; the first note is in the request itself."""

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column(
        "request_id", sa.Uuid, sa.ForeignKey("invite_requests.request_id", ondelete="CASCADE")
    ),
    sa.Column("door", sa.String(20), nullable=False),
    sa.Column("actor", sa.String(255), nullable=False),
    sa.Column("reference", sa.String(64), nullable=False),
    sa.Column("from_status", sa.String(50)),
    sa.Column("to_status", sa.String(50)),
    sa.Column("code", sa.String(64)),
    sa.Column("data", sa.JSON(none_as_null=True)),
    sa.Column("consumed_at", UtcDateTime),
    sa.Column("link_id", sa.Uuid),
    sa.Column("person_id", sa.Uuid),
    sa.Index("ix_events_request_id_id", "request_id", "id"),
    sa.Index("ix_events_person_id_id", "person_id", "id"),
)
"""The outbox: each change of a request's state, deleted with its request, and what happened to
people and to reading them. `consumed_at` is for the code that passes events on; an event's other
subjects have columns of their own."""

audit_events = sa.Table(
    "audit_events",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("timestamp", UtcDateTime, nullable=False),
    sa.Column("door", sa.String(20), nullable=False),
    sa.Column("actor", sa.String(255), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("target", sa.String(255), nullable=False),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON(none_as_null=True)),
    sa.Column("reference", sa.String(64), nullable=False),
    sa.Index("ix_audit_events_timestamp_id", "timestamp", "id"),
    sa.Index("ix_audit_events_target_timestamp_id", "target", "timestamp", "id"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("updated_by", sa.String(255)),
)
"""The owner's decisions; without `by` if Helpr found out about it itself."""

state_entries = sa.Table(
    "state_entries",
    metadata,
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("expires_at", UtcDateTime),
)

state_counters = sa.Table(
    "state_counters",
    metadata,
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Index("ix_state_counters_expires_at", "expires_at"),
)
