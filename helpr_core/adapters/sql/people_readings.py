"""Readings of plex.tv's lists as the database has them: the last one, and what the next is weighed
against."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql import people_outbox as outbox
from helpr_core.adapters.sql import people_rows as rows
from helpr_core.adapters.sql.by_name import from_row
from helpr_core.adapters.sql.people_models import people, shares
from helpr_core.adapters.sql.people_models import people_readings as readings
from helpr_core.adapters.sql.upsert import insert
from helpr_core.domain.people import Person, seats_of
from helpr_core.domain.people_events import of_reading
from helpr_core.domain.people_reading import Reading, Verdict, judge
from helpr_core.services.people.ports import LastReading

_ONLY = 1
"""The id of the only row of `people_readings`."""


def hold(connection: sa.Connection) -> None:
    """Keep others from merging until this transaction ends; SQLite's has begun like that."""
    values = {"id": _ONLY, "verdict": Verdict.FAILED}
    if connection.dialect.name == "postgresql":
        held = insert("postgresql", readings).values(**values)
        connection.execute(held.on_conflict_do_nothing())
        connection.execute(sa.select(readings.c.id).where(readings.c.id == _ONLY).with_for_update())
    elif not connection.execute(sa.select(readings.c.id)).first():
        connection.execute(sa.insert(readings).values(**values))


def last_reading(connection: sa.Connection) -> LastReading:
    """The result of the last reading."""
    row = connection.execute(sa.select(readings).where(readings.c.id == _ONLY)).one_or_none()
    if row is None:
        return LastReading()
    seats = row.seats if isinstance(row.seats, list) and len(row.seats) == 2 else None
    known = Verdict._value2member_map_
    return from_row(
        LastReading,
        row,
        verdict=Verdict(row.verdict) if row.verdict in known else Verdict.FAILED,
        doubt=rows.read_doubt(row.doubt),
        seats=(seats[0], seats[1]) if seats else None,
        paths_gone=tuple(one for one in _items(row.paths_gone) if isinstance(one, str)),
        home=tuple(one for one in _items(row.home) if isinstance(one, int)),
    )


def known_to(connection: sa.Connection, reading: Reading) -> list[Person]:
    """Everybody with a share that is not gone, and everybody in the reading.

    Those long gone are not read: there may be thousands.
    """
    here = sa.select(shares.c.person_id).where(sa.text("state <> 'gone'"))
    accounts = {one.account_id for one in reading.lists.rows if one.account_id}
    addresses = {one.address_key for one in reading.lists.rows if one.address_key}
    return rows.load(
        connection,
        sa.or_(
            people.c.person_id.in_(here),
            people.c.plex_user_id.in_(accounts),
            people.c.address_key.in_(addresses),
        ),
    )


def weighed(
    reading: Reading, known: Sequence[Person], last: LastReading, managed: Collection[str]
) -> Reading:
    covered = reading.lists.servers
    expected = {
        share.share_id
        for person in known
        for share in person.shares
        if share.is_listed
        and share.share_id
        and share.removed_at is None
        and share.server_id in managed
        and (covered is None or share.server_id in covered)
    }
    return judge(reading.lists, reading.began_at, reading.ended_at, expected, last.doubt)


def note(connection: sa.Connection, reading: Reading, last: LastReading) -> None:
    values: dict[str, Any] = {
        "began_at": reading.began_at,
        "verdict": reading.verdict,
        "code": reading.code,
        "doubt": rows.doubt_json(reading.doubt),
        "paths_gone": list(reading.lists.paths_gone),
    }
    if reading.verdict is Verdict.FAILED:
        values |= {"doubt": rows.doubt_json(last.doubt), "paths_gone": list(last.paths_gone)}
    if reading.is_plausible:
        values |= {"read_at": reading.ended_at, "seats": list(_seats(reading, last))}
    connection.execute(sa.update(readings).where(readings.c.id == _ONLY).values(**values))
    told = of_reading(reading, last.verdict, last.code, last.paths_gone)
    outbox.note(connection, told, reading.ended_at)


def _seats(reading: Reading, last: LastReading) -> tuple[int, int]:
    home = [one for one in last.home if one != reading.lists.owner_id]
    return seats_of(reading.lists.rows, home)


def _items(stored: Any) -> list[Any]:
    """A stored list's items; none of what is no list, as another version may have written it."""
    return stored if isinstance(stored, list) else []
