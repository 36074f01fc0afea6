"""A note and the queue's start on requests, what the owner did, and indexes to look back.

Revision: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpr_core.adapters.sql.migrations.steps import add_column, create_index

revision = "0002"
down_revision = "0001"

UNACCEPTED = sa.text("status = 'success' AND accepted_at IS NULL")

# A number for each three characters of a name, for its state (by the initial), its day and
# its 32 days: what the version of then searched by (docs/decisions/0009-search.md).
SEARCH_KEYS = """
CREATE OR REPLACE FUNCTION helpr_search_keys(name text, status text, at timestamptz)
RETURNS integer[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
    day CONSTANT integer := floor(date_part('epoch', at) / 86400);
    keys integer[] := ARRAY[-ascii(status), -1000 - day, -10000000 - (day >> 5)];
    key integer := 8224;  -- two spaces
BEGIN
    FOR place IN 1 .. length(name) LOOP
        key := ((key << 8) # ascii(substr(name, place, 1))) & 16777215;
        keys := keys || key;
    END LOOP;
    RETURN keys;
END $$
"""


def upgrade() -> None:
    """Add columns, indexes and the table; nothing that 0001's code reads is changed."""
    table = "invite_requests"
    # With a default: while a new version is rolled out, the old one writes rows without it.
    add_column(table, sa.Column("note", sa.String(500), nullable=False, server_default=""))
    add_column(table, sa.Column("queued_since", sa.DateTime(timezone=True)))
    if not sa.inspect(op.get_bind()).has_table("audit_events"):
        _create_audit_events()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(SEARCH_KEYS)
    create_index("ix_invite_requests_status_timestamp_id", table, ["status", "timestamp", "id"])
    create_index("ix_invite_requests_updated_at", table, ["updated_at"])
    create_index(
        "ix_invite_requests_unaccepted",
        table,
        ["sent_at"],
        postgresql_where=UNACCEPTED,
        sqlite_where=UNACCEPTED,
    )
    if op.get_bind().dialect.name == "postgresql":
        # Its list of pending entries is kept short: it is cheap to write to, and each search
        # reads it.
        create_index(
            "ix_invite_requests_search",
            table,
            [sa.text("helpr_search_keys(identity_key, status, timestamp)")],
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 64},
        )


def _create_audit_events() -> None:
    table = "audit_events"
    op.create_table(
        table,
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            sa.Identity(),
            primary_key=True,
        ),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("door", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("target", sa.String(255), nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.Column("reference", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_events_timestamp_id", table, ["timestamp", "id"])
    op.create_index("ix_audit_events_target_timestamp_id", table, ["target", "timestamp", "id"])
