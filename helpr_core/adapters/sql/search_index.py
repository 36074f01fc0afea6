"""PostgreSQL's index for parts of names, which exists only if the server allows pg_trgm."""

from __future__ import annotations

import sqlalchemy as sa

NAME = "ix_invite_requests_identity_key_trigrams"
_IS_THERE = sa.text("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND indisvalid")


def is_there(connection: sa.Connection) -> bool:
    """Whether it can be used; one whose building was interrupted cannot."""
    return connection.execute(_IS_THERE, {"name": NAME}).first() is not None
