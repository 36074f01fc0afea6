"""Links: addresses with terms and limits, and the requests made with them.

Revision: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpr_core.adapters.sql.migrations.steps import add_column, create_index

revision = "0010"
down_revision = "0009"

_TIME = sa.DateTime(timezone=True)
_BY_LINK = sa.text("link_id IS NOT NULL")
_NOT_DELETED = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    """Add a table and columns; nothing that the version before reads changes."""
    add_column("invite_requests", sa.Column("link_id", sa.Uuid))
    add_column(
        "invite_requests",
        sa.Column("holds_use", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    add_column("events", sa.Column("link_id", sa.Uuid))
    if not sa.inspect(op.get_bind()).has_table("links"):
        _links()
    create_index(
        "ix_invite_requests_link_id",
        "invite_requests",
        ["link_id", "id"],
        postgresql_where=_BY_LINK,
        sqlite_where=_BY_LINK,
    )


def _links() -> None:
    op.create_table(
        "links",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            sa.Identity(),
            primary_key=True,
        ),
        sa.Column("link_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("code_sealed", sa.Text, nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("server_id", sa.String(64), nullable=False),
        sa.Column("libraries", sa.JSON),
        sa.Column("restrictions", sa.JSON, nullable=False),
        sa.Column("uses_limit", sa.Integer),
        _count("uses"),
        sa.Column("expires_at", _TIME),
        sa.Column("access_days", sa.Integer),
        sa.Column("approval", sa.String(20), nullable=False),
        sa.Column("require_sign_in", sa.Boolean, nullable=False),
        sa.Column("welcome", sa.String(500), nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("deleted_at", _TIME),
        _count("past_asked"),
        _count("past_sent"),
        _count("past_accepted"),
    )
    op.create_index("ix_links_code_hash", "links", ["code_hash"])
    op.create_index(
        "uq_links_code_hash_not_deleted",
        "links",
        ["code_hash"],
        unique=True,
        postgresql_where=_NOT_DELETED,
        sqlite_where=_NOT_DELETED,
    )


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")
