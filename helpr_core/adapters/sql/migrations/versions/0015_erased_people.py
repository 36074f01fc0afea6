"""People whose names were erased, and the members of the owner's Plex Home.

Revision: 0015
"""

from __future__ import annotations

import sqlalchemy as sa

from helpr_core.adapters.sql.migrations.steps import add_column

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add columns that may be empty, or have a default."""
    erased = sa.Column("erased", sa.Boolean, nullable=False, server_default=sa.false())
    add_column("people", erased)
    add_column("people_readings", sa.Column("home", sa.JSON))
    add_column("people_readings", sa.Column("home_read_at", sa.DateTime(timezone=True)))
