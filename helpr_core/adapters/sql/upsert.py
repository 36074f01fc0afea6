"""INSERT … ON CONFLICT: PostgreSQL and SQLite each have a class for it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from helpr_core import first_use


def insert(dialect: str, table: sa.Table) -> Any:
    """An INSERT into the table that can say `on_conflict_…`.

    Only the package of that dialect is imported: the other's, with the drivers it brings in, is a
    noticeable part of a cold start.
    """
    return first_use.module(f"sqlalchemy.dialects.{dialect}").insert(table)
