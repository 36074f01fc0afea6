"""PeopleLog over SQLAlchemy: a mirror of plex.tv's lists, plus what Helpr has promised."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from helpr_core.adapters.sql import people_outbox as outbox
from helpr_core.adapters.sql import people_readings as read
from helpr_core.adapters.sql import people_rows as rows
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.database_clock import DatabaseClock, database_now
from helpr_core.adapters.sql.people_models import OPEN_OPERATIONS, operations, people, shares
from helpr_core.adapters.sql.people_models import people_readings as readings
from helpr_core.adapters.sql.people_requests import with_requests
from helpr_core.adapters.sql.people_search import conditions, to_cursor, to_place
from helpr_core.adapters.sql.people_writing import without_what_is_under_way, write
from helpr_core.domain.history import Page
from helpr_core.domain.people import Person, Share, ShareState
from helpr_core.domain.people_events import ends_soon
from helpr_core.domain.people_merge import merge
from helpr_core.domain.people_reading import Reading, Verdict
from helpr_core.services.people.ports import LastReading, PeopleFilter

_OPEN = (ShareState.ACTIVE, ShareState.PENDING, ShareState.UNKNOWN)
"""Shares that may still be ended."""


class SqlPeople:
    """See the port for what each method promises. `clock` is the database's, except in tests."""

    def __init__(self, database: Database, clock: DatabaseClock = database_now) -> None:
        self._database = database
        self._clock = clock

    def last_reading(self) -> LastReading:
        with self._database.single() as connection:
            return read.last_reading(connection)

    def take_in(self, reading: Reading, managed: Collection[str]) -> Reading:
        """Judge a reading, and write what it changes."""
        with self._database.begin() as connection:
            read.hold(connection)
            last = read.last_reading(connection)
            now = self._clock(connection)
            if last.began_at is not None and reading.began_at < last.began_at <= now:
                return reading  # another worker has read since, unless a clock was set back
            if reading.verdict is not Verdict.FAILED:
                known = read.known_to(connection, reading)
                reading = read.weighed(reading, known, last, managed)
                is_first = last.read_at is None
                merged = merge(known, reading, managed, uuid4, is_first=is_first)
                if reading.is_plausible:
                    merged = with_requests(connection, merged, known)
                merged = without_what_is_under_way(connection, merged)
                write(connection, merged, reading.ended_at)
            read.note(connection, reading, last)
            return reading

    def note_home(self, account_ids: Sequence[int], at: datetime) -> None:
        with self._database.begin() as connection:
            read.hold(connection)
            values = {"home": list(account_ids), "home_read_at": at}
            connection.execute(sa.update(readings).values(**values))

    def confirm_doubt(self) -> None:
        """Record the owner's word that what the last list lacked is gone."""
        with self._database.begin() as connection:
            read.hold(connection)
            doubt = read.last_reading(connection).doubt
            if doubt is not None:
                stored = rows.doubt_json(replace(doubt, confirmed=True))
                connection.execute(sa.update(readings).values(doubt=stored))

    def get(self, person_id: UUID) -> Person | None:
        with self._database.single() as connection:
            return next(iter(rows.load(connection, people.c.person_id == person_id)), None)

    def page(self, wanted: PeopleFilter, limit: int, cursor: str = "") -> Page[Person]:
        after = to_place(cursor)
        with self._database.single() as connection:
            query = (
                sa.select(people)
                .where(
                    sa.tuple_(people.c.name_key, people.c.id) > after,
                    *conditions(wanted, self._clock(connection), connection.dialect.name),
                )
                .order_by(people.c.name_key, people.c.id)
                .limit(limit + 1)
            )
            found = connection.execute(query).all()
            shown = found[:limit]
            page = rows.with_shares(connection, shown)
        more = len(found) > limit
        return Page(page, to_cursor(shown[-1].name_key, shown[-1].id) if more else "")

    def count(self, wanted: PeopleFilter) -> int:
        """How many of them there are."""
        with self._database.single() as connection:
            met = conditions(wanted, self._clock(connection), connection.dialect.name)
            query = sa.select(sa.func.count()).select_from(people).where(*met)
            return int(connection.execute(query).scalar_one())

    def servers(self) -> Mapping[str, str]:
        query = sa.select(shares.c.server_id, sa.func.max(shares.c.server_name)).group_by(
            shares.c.server_id
        )
        with self._database.single() as connection:
            return {server_id: name for server_id, name in connection.execute(query)}

    def names(self, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
        if not person_ids:
            return {}
        columns = (people.c.person_id, people.c.title, people.c.username, people.c.email)
        with self._database.single() as connection:
            query = sa.select(*columns).where(people.c.person_id.in_(list(person_ids)))
            found = connection.execute(query).all()
        return {row.person_id: row.title or row.username or row.email for row in found}

    def describe(self, person_id: UUID, values: Mapping[str, Any]) -> Person | None:
        """Change the owner's data about a person, or plex.tv's restrictions."""
        written = dict(values)
        if "promised" in written:
            written["promised_restrictions"] = dict(written.pop("promised")) or None
        if "restrictions" in written:
            written["restrictions"] = rows.restrictions_json(written["restrictions"])
        with self._database.begin() as connection:
            read.hold(connection)  # a merge that has read the row already would write it back
            connection.execute(
                sa.update(people)
                .where(people.c.person_id == person_id)
                .values(**written, updated_at=self._clock(connection))
            )
            return next(iter(rows.load(connection, people.c.person_id == person_id)), None)

    def change_share(
        self, person_id: UUID, server_id: str, values: Mapping[str, Any]
    ) -> Share | None:
        """Change one share."""
        written = dict(values)
        if "drift" in written:
            written["drift"] = rows.drift_json(written["drift"])
        if written.get("promised") is not None:
            written["promised"] = list(written["promised"])
        if "access_until" in written:
            written["told_days"] = None
        with self._database.begin() as connection:
            read.hold(connection)
            found = connection.execute(
                sa.update(shares)
                .where(shares.c.person_id == person_id, shares.c.server_id == server_id)
                .values(**written, updated_at=self._clock(connection))
                .returning(shares)
            ).one_or_none()
        return rows.to_share(found) if found else None

    def over(self, limit: int) -> Sequence[tuple[UUID, str]]:
        """Shares past their end."""
        return self._due(limit, lambda now: shares.c.access_until <= now)

    def next_end(self) -> datetime | None:
        """The earliest end of a share that may end."""
        query = _may_end(sa.func.min(shares.c.access_until)).where(shares.c.state.in_(_OPEN))
        with self._database.single() as connection:
            end: datetime | None = connection.execute(query).scalar()
        return end

    def share_of_request(self, request_id: UUID) -> Share | None:
        """The access granted by a request."""
        query = _may_end(shares).where(shares.c.request_id == request_id).limit(1)
        with self._database.single() as connection:
            row = connection.execute(query).one_or_none()
        return rows.to_share(row) if row else None

    def stale(self, days: int, limit: int) -> Sequence[tuple[UUID, str]]:
        """Invitations that nobody accepted."""
        return self._due(
            limit,
            lambda now: sa.and_(
                shares.c.state == ShareState.PENDING,
                shares.c.invited_at <= now - timedelta(days=days),
            ),
        )

    def tell_ends_soon(self, days: Sequence[int], limit: int) -> int:
        """Write an event for each end that is near, once for each of these numbers of days."""
        told = 0
        with self._database.begin() as connection:
            read.hold(connection)
            now = self._clock(connection)
            for near in sorted(days):
                found = connection.execute(_near(now, near, limit - told)).all()
                for person_id, server_id in found:
                    person = rows.load(connection, people.c.person_id == person_id)[0]
                    share = person.share_on(server_id)
                    if share is not None:
                        outbox.note(connection, [ends_soon(person, share, near)], now)
                    _write_told(connection, person_id, server_id, near)
                told += len(found)
        return told

    def restrictions_due(self, limit: int) -> Sequence[Person]:
        """People whose listed restrictions differ from their terms."""
        with self._database.single() as connection:
            found = rows.load(connection, people.c.restrictions_due, people.c.plex_user_id > 0)
        return [one for one in found if one.restrictions is not None][:limit]

    def _due(self, limit: int, condition: Any) -> Sequence[tuple[UUID, str]]:
        under_way = sa.exists().where(
            OPEN_OPERATIONS,
            operations.c.person_id == shares.c.person_id,
            operations.c.server_id == shares.c.server_id,
            operations.c.kind.in_(("remove", "cancel")),
        )
        with self._database.single() as connection:
            now = self._clock(connection)
            found = connection.execute(
                _may_end(shares.c.person_id, shares.c.server_id)
                .where(shares.c.state.in_(_OPEN), condition(now), ~under_way)
                .order_by(shares.c.access_until, shares.c.id)
                .limit(limit)
            ).all()
        return [(row.person_id, row.server_id) for row in found]


def _may_end(*columns: Any) -> Any:
    """These columns of shares that may end, which those of exempt people and the Home never do."""
    return (
        sa.select(*columns)
        .join(people, people.c.person_id == shares.c.person_id)
        .where(people.c.exempt.is_(False), people.c.home.is_(False))
    )


def _near(now: datetime, days: int, limit: int) -> Any:
    """Upcoming ends that have not been reported at this distance."""
    return (
        _may_end(shares.c.person_id, shares.c.server_id)
        .where(
            shares.c.state.in_(_OPEN),
            shares.c.access_until > now,
            shares.c.access_until <= now + timedelta(days=days),
            sa.or_(shares.c.told_days.is_(None), shares.c.told_days > days),
        )
        .order_by(shares.c.access_until, shares.c.id)
        .limit(limit)
    )


def _write_told(connection: sa.Connection, person_id: UUID, server_id: str, days: int) -> None:
    connection.execute(
        sa.update(shares)
        .where(shares.c.person_id == person_id, shares.c.server_id == server_id)
        .values(told_days=days)
    )
