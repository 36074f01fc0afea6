"""The owner's decisions: one row each in the table `decisions`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import decisions
from helpr_core.services.ports import DecisionRow

_columns = decisions.c
_GET = sa.select(_columns.value, _columns.version).where(_columns.name == sa.bindparam("wanted"))
# Both databases know this form of INSERT, and SQLAlchemy's own would need one for each.
_PUT = sa.text("""
INSERT INTO decisions (name, value, version, updated_at, updated_by)
VALUES (:name, :value, :version, :updated_at, :updated_by)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = excluded.version,
    updated_at = excluded.updated_at, updated_by = excluded.updated_by
WHERE decisions.version = :after
RETURNING version""").bindparams(
    sa.bindparam("value", type_=_columns.value.type),
    sa.bindparam("updated_at", type_=_columns.updated_at.type),
)


class SqlDecisions:
    """Decisions over SQLAlchemy; see the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> DecisionRow | None:
        with self._database.single() as connection:
            row = connection.execute(_GET, {"wanted": name}).one_or_none()
        return DecisionRow(row.value, row.version) if row else None

    def put(
        self,
        name: str,
        value: Mapping[str, Any],
        version: int,
        after: int,
        at: datetime,
        by: str | None,
    ) -> bool:
        """One statement, so that the database decides between simultaneous saves."""
        values = {"name": name, "value": dict(value), "version": version, "after": after}
        values |= {"updated_at": at, "updated_by": by}
        with self._database.single() as connection:
            return connection.execute(_PUT, values).one_or_none() is not None
