"""The tables of people: who has access to what and until when, and pending operations."""

from __future__ import annotations

import sqlalchemy as sa

from helpr_core.adapters.sql.models import Id, UtcDateTime, metadata

LISTED = sa.text("state <> 'gone'")
"""Shares that plex.tv listed when it was last read. Literal text, as for every partial index."""
WORKING = sa.text("state = 'working'")
"""One such operation per person: two on one share never run at once."""
OPEN_OPERATIONS = sa.text("state IN ('queued', 'working')")

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("plex_user_id", sa.BigInteger, unique=True),
    sa.Column("address_key", sa.String(255), nullable=False, server_default=""),
    sa.Column("name_key", sa.String(255), nullable=False, server_default=""),
    sa.Column("username", sa.String(255), nullable=False, server_default=""),
    sa.Column("email", sa.String(255), nullable=False, server_default=""),
    sa.Column("title", sa.String(255), nullable=False, server_default=""),
    sa.Column("home", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("exempt", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("note", sa.String(500), nullable=False, server_default=""),
    sa.Column("restrictions", sa.JSON),
    sa.Column("promised_restrictions", sa.JSON(none_as_null=True)),
    sa.Column("erased", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("restrictions_due", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("ix_people_address_key", "address_key"),
    sa.Index("ix_people_name_key_id", "name_key", "id"),
)

shares = sa.Table(
    "shares",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column(
        "person_id",
        sa.Uuid,
        sa.ForeignKey("people.person_id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("server_id", sa.String(64), nullable=False),
    sa.Column("server_name", sa.Text, nullable=False, server_default=""),
    sa.Column("plex_share_id", sa.String(64), nullable=False, server_default=""),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("libraries", sa.JSON, nullable=False),
    sa.Column("all_libraries", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("promised", sa.JSON),
    sa.Column("invited_at", UtcDateTime),
    sa.Column("accepted_at", UtcDateTime),
    sa.Column("access_until", UtcDateTime),
    sa.Column("gone_at", UtcDateTime),
    sa.Column("gone_reason", sa.String(40), nullable=False, server_default=""),
    sa.Column("source", sa.String(20), nullable=False, server_default="plex"),
    sa.Column("link_id", sa.String(64), nullable=False, server_default=""),
    sa.Column("request_id", sa.Uuid),
    sa.Column("missing_since", UtcDateTime),
    sa.Column("removed_at", UtcDateTime),
    sa.Column("access_days", sa.Integer),
    sa.Column("told_days", sa.Integer),
    sa.Column("drift", sa.JSON, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("uq_shares_person_id_server_id", "person_id", "server_id", unique=True),
)

operations = sa.Table(
    "operations",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("operation_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("server_id", sa.String(64), nullable=False),
    sa.Column("target", sa.JSON, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("acted_at", UtcDateTime),
    sa.Column("old_share", sa.String(64), nullable=False, server_default=""),
    sa.Column("invited_at", UtcDateTime),
    sa.Column("error_code", sa.String(64)),
    sa.Column("error_message", sa.Text),
    sa.Column("error_words", sa.JSON(none_as_null=True)),
    sa.Index("ix_operations_person_id_id", "person_id", "id"),
    sa.Index("ix_operations_updated_at", "updated_at"),
)

people_readings = sa.Table(
    "people_readings",
    metadata,
    # One row, locked while a reading is merged: two at once would undo each other's work.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("began_at", UtcDateTime),
    sa.Column("read_at", UtcDateTime),
    sa.Column("verdict", sa.String(20), nullable=False),
    sa.Column("code", sa.String(64), nullable=False, server_default=""),
    sa.Column("doubt", sa.JSON),
    sa.Column("seats", sa.JSON),
    sa.Column("paths_gone", sa.JSON),
    sa.Column("home", sa.JSON),
    sa.Column("home_read_at", UtcDateTime),
)
