"""People, their shares, and what is promised to be done at plex.tv.

Revision: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True)
_LISTED = sa.text("state <> 'gone'")
_WORKING = sa.text("state = 'working'")
_OPEN = sa.text("state IN ('queued', 'working')")


def upgrade() -> None:
    """Add tables; nothing that the version before reads changes."""
    _people()
    _shares()
    _operations()
    op.create_table(
        "people_readings",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("began_at", _TIME),
        sa.Column("read_at", _TIME),
        sa.Column("verdict", sa.String(20), nullable=False),
        _text("code", 64),
        sa.Column("doubt", sa.JSON),
        sa.Column("seats", sa.JSON),
        sa.Column("paths_gone", sa.JSON),
    )


def _id() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("id", kind, sa.Identity(), primary_key=True)


def _text(name: str, length: int, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default=default)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _people() -> None:
    op.create_table(
        "people",
        _id(),
        sa.Column("person_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("plex_user_id", sa.BigInteger, unique=True),
        _text("address_key", 255),
        _text("name_key", 255),
        _text("username", 255),
        _text("email", 255),
        _text("title", 255),
        _flag("home"),
        _flag("exempt"),
        _text("note", 500),
        sa.Column("restrictions", sa.JSON),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
    )
    op.create_index("ix_people_address_key", "people", ["address_key"])
    op.create_index("ix_people_name_key_id", "people", ["name_key", "id"])


def _shares() -> None:
    op.create_table(
        "shares",
        _id(),
        sa.Column(
            "person_id",
            sa.Uuid,
            sa.ForeignKey("people.person_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("server_id", sa.String(64), nullable=False),
        sa.Column("server_name", sa.Text, nullable=False, server_default=""),
        _text("plex_share_id", 64),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("libraries", sa.JSON, nullable=False),
        _flag("all_libraries"),
        sa.Column("promised", sa.JSON),
        sa.Column("invited_at", _TIME),
        sa.Column("accepted_at", _TIME),
        sa.Column("access_until", _TIME),
        sa.Column("gone_at", _TIME),
        _text("gone_reason", 40),
        _text("source", 20, "plex"),
        _text("link_id", 64),
        sa.Column("request_id", sa.Uuid),
        sa.Column("missing_since", _TIME),
        sa.Column("removed_at", _TIME),
        sa.Column("drift", sa.JSON, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
    )
    op.create_index(
        "uq_shares_person_id_server_id", "shares", ["person_id", "server_id"], unique=True
    )
    _partial("ix_shares_listed", "shares", "person_id", _LISTED)
    _partial("ix_shares_access_until", "shares", "access_until", _LISTED)


def _operations() -> None:
    op.create_table(
        "operations",
        _id(),
        sa.Column("operation_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("server_id", sa.String(64), nullable=False),
        sa.Column("target", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", _TIME),
        sa.Column("acted_at", _TIME),
        _text("old_share", 64),
        sa.Column("invited_at", _TIME),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text),
    )
    _partial("uq_operations_working_person_id", "operations", "person_id", _WORKING, unique=True)
    _partial("ix_operations_open", "operations", "next_attempt_at", _OPEN)
    op.create_index("ix_operations_person_id_id", "operations", ["person_id", "id"])
    op.create_index("ix_operations_updated_at", "operations", ["updated_at"])


def _partial(
    name: str, table: str, column: str, where: sa.TextClause, *, unique: bool = False
) -> None:
    op.create_index(
        name, table, [column], unique=unique, postgresql_where=where, sqlite_where=where
    )
