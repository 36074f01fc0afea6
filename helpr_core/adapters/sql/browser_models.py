"""The table of browsers that are signed in to the dashboard."""

from __future__ import annotations

import sqlalchemy as sa

from helpr_core.adapters.sql.models import UtcDateTime, metadata

signed_in_browsers = sa.Table(
    "signed_in_browsers",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("door", sa.String(64), nullable=False),
    sa.Column("username", sa.String(255), nullable=False),
    sa.Column("way", sa.String(20), nullable=False),
    sa.Column("browser", sa.String(40), nullable=False),
    sa.Column("system", sa.String(40), nullable=False),
    sa.Column("began_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
)
"""Small: rows are deleted after two days, so it needs no further index."""
