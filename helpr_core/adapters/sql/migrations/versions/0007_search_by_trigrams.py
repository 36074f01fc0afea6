"""Parts of names are found by pg_trgm, where the server allows it.

Revision: 0007
"""

from __future__ import annotations

from alembic import op

from helpr_core.adapters.sql.migrations.steps import create_search_index, drop_index

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """The index of before goes. Its function stays: the version before calls it in a search,
    and finds the same rows without the index, only more slowly."""
    if op.get_bind().dialect.name == "postgresql":
        drop_index("ix_invite_requests_search", "invite_requests")
        create_search_index()
