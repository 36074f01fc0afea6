"""Events about people, days that terms give, and restrictions that were promised.

Revision: 0012
"""

from __future__ import annotations

import sqlalchemy as sa

from helpr_core.adapters.sql.migrations.steps import add_column, create_index

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add columns that may be empty, or have a default."""
    add_column("events", sa.Column("person_id", sa.Uuid))
    add_column("people", sa.Column("promised_restrictions", sa.JSON))
    due = sa.Column("restrictions_due", sa.Boolean, nullable=False, server_default=sa.false())
    add_column("people", due)
    add_column("shares", sa.Column("access_days", sa.Integer))
    add_column("shares", sa.Column("told_days", sa.Integer))
    create_index("ix_events_person_id_id", "events", ["person_id", "id"])
