"""What the overview says about people, in a few statements of one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.database_clock import DatabaseClock, database_now
from helpr_core.adapters.sql.people_models import operations, people, shares
from helpr_core.adapters.sql.people_readings import last_reading
from helpr_core.adapters.sql.people_search import conditions, ends_within
from helpr_core.domain.people import ShareState
from helpr_core.domain.people_operations import State
from helpr_core.services.people.ports import Ending, PeopleFilter, PeopleSummary


class SqlPeopleSummary:
    """Call it with how many days count as soon, and how many endings to name."""

    def __init__(self, database: Database, clock: DatabaseClock = database_now) -> None:
        self._database = database
        self._clock = clock

    def states(self) -> Mapping[ShareState, int]:
        """How many shares there are in each state; states without any are left out."""
        number = sa.func.count().label("number")
        query = sa.select(shares.c.state, number).group_by(shares.c.state)
        with self._database.single() as connection:
            found: Counter[ShareState] = Counter()
            for row in connection.execute(query):
                found[ShareState.read(row.state)] += row.number
            return found

    def __call__(self, days: int, limit: int) -> PeopleSummary:
        """The summary; the earliest ends come first. Raises LogUnavailable."""
        with self._database.single() as connection:
            now = self._clock(connection)
            soon = (
                shares.join(people, people.c.person_id == shares.c.person_id),
                sa.and_(*ends_within(now + timedelta(days=days))),
            )
            named = (people.c.person_id, people.c.title, people.c.username, people.c.email)
            rows = connection.execute(
                sa.select(*named, shares.c.server_name, shares.c.access_until)
                .select_from(soon[0])
                .where(soon[1])
                .order_by(shares.c.access_until, shares.c.id)
                .limit(limit)
            ).all()
            wanted = conditions(PeopleFilter(drift=True), now, connection.dialect.name)
            return PeopleSummary(
                reading=last_reading(connection),
                ends_soon=tuple(
                    Ending(
                        row.person_id,
                        row.title or row.username or row.email,
                        row.server_name,
                        row.access_until,
                    )
                    for row in rows
                ),
                ends_soon_count=_counted(connection, soon[0], soon[1]),
                drift_count=_counted(connection, people, *wanted),
                failed_count=_counted(connection, operations, operations.c.state == State.FAILED),
            )


def _counted(connection: sa.Connection, table: sa.FromClause, *met: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(*met)
    return int(connection.execute(query).scalar_one())
