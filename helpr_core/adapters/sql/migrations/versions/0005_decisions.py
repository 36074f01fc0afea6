"""The owner's decisions.

Revision: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    """Add the table. It is filled from the state store, which a migration knows nothing of."""
    if sa.inspect(op.get_bind()).has_table("decisions"):
        return  # an attempt before this one was ended here
    op.create_table(
        "decisions",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(255)),
    )
