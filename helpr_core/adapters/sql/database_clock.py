"""The database's clock, which workers on different machines share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from helpr_core.adapters.sql.models import UtcDateTime

DatabaseClock = Callable[[sa.Connection], datetime]

_NOW = sa.select(sa.func.current_timestamp(type_=UtcDateTime()))


def database_now(connection: sa.Connection) -> datetime:
    """The database's current time as aware UTC; with SQLite to the second."""
    now: datetime = connection.execute(_NOW).scalar_one()
    return now
