"""What an error says as a code with parameters, in place of an English sentence.

Revision: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add a column that may be empty to both tables; their `error_message` stays to be read."""
    for table in ("invite_requests", "operations"):
        op.add_column(table, sa.Column("error_words", sa.JSON))
