"""Whose account at Plex a request is of, where somebody has signed in.

Revision: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add a column that may be empty."""
    op.add_column("invite_requests", sa.Column("plex_user_id", sa.BigInteger))
