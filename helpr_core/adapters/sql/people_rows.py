"""Conversion of rows in `people` and `shares` from and to the domain's dataclasses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.by_name import from_row, values_of
from helpr_core.adapters.sql.people_models import people, shares
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.people import (
    Drift,
    Person,
    Restrictions,
    Share,
    ShareState,
    read_restrictions,
)
from helpr_core.domain.people_reading import Doubt
from helpr_core.domain.plex import read_libraries
from helpr_core.domain.restrictions import known

_CUT = 255
_NOT_WRITTEN = ("id", "person_id", "updated_at")
_SHARE_COLUMNS = tuple(one.name for one in shares.c if one.name not in _NOT_WRITTEN)


def load(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[Person]:
    """People that meet the conditions, each with all shares: two statements."""
    rows = connection.execute(sa.select(people).where(*conditions)).all()
    return with_shares(connection, rows)


def with_shares(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Person]:
    """The people in these rows, in order."""
    ids = [row.person_id for row in rows]
    if not ids:
        return []
    found = connection.execute(
        sa.select(shares).where(shares.c.person_id.in_(ids)).order_by(shares.c.id)
    ).all()
    by_person: dict[UUID, list[Share]] = {}
    for row in found:
        by_person.setdefault(row.person_id, []).append(to_share(row))
    return [_to_person(row, by_person.get(row.person_id, ())) for row in rows]


def person_values(person: Person) -> dict[str, Any]:
    """The values written for a person; the statement adds id and times."""
    return {
        "plex_user_id": person.account_id,
        "address_key": person.address_key[:_CUT],
        "name_key": name_key(person),
        "username": person.username[:_CUT],
        "email": person.email[:_CUT],
        "title": person.title[:_CUT],
        "home": person.home,
        "exempt": person.exempt,
        "note": person.note,
        "restrictions": restrictions_json(person.restrictions),
        "promised_restrictions": dict(person.promised) or None,
        "restrictions_due": person.restrictions_due,
    }


def share_values(share: Share) -> dict[str, Any]:
    """The values written for a share."""
    return values_of(
        share,
        _SHARE_COLUMNS,
        plex_share_id=share.share_id,
        libraries=[asdict(one) for one in share.libraries],
        promised=None if share.promised is None else list(share.promised),
        drift=drift_json(share.drift),
    )


def to_share(row: sa.Row[Any]) -> Share:
    """A row of `shares` as a dataclass, ignoring what a newer version added."""
    return from_row(
        Share,
        row,
        state=ShareState.read(row.state),
        share_id=row.plex_share_id,
        libraries=read_libraries(row.libraries),
        promised=_numbers(row.promised),
        drift=read_drift(row.drift),
    )


def name_key(person: Person) -> str:
    """The key by which a person is sorted and found."""
    return identity_key(person.title or person.username or person.email)[:_CUT]


def restrictions_json(restrictions: Restrictions | None) -> dict[str, Any] | None:
    """Restrictions as stored in the column."""
    return asdict(restrictions) if restrictions else None


def drift_json(drift: Iterable[Drift]) -> list[dict[str, Any]]:
    """Drift as stored in the column."""
    return [
        {
            "kind": str(one.kind),
            "since": one.since.isoformat(),
            "detail": dict(one.detail),
            "ignored": one.ignored,
        }
        for one in drift
    ]


def read_drift(stored: object) -> tuple[Drift, ...]:
    """The readable part; the rest is compared again at the next reading anyway."""
    found = []
    for one in stored if isinstance(stored, list) else ():
        since = _time(one.get("since")) if isinstance(one, Mapping) else None
        if since is None or not isinstance(one.get("kind"), str):
            continue
        detail = one.get("detail")
        known = detail if isinstance(detail, Mapping) else {}
        found.append(Drift(one["kind"], since, known, ignored=one.get("ignored") is True))
    return tuple(found)


def doubt_json(doubt: Doubt | None) -> dict[str, Any] | None:
    """A doubt as stored in the column."""
    if doubt is None:
        return None
    return {
        "missing": list(doubt.missing),
        "since": doubt.since.isoformat(),
        "readings": doubt.readings,
        "confirmed": doubt.confirmed,
    }


def read_doubt(stored: object) -> Doubt | None:
    """The doubt about earlier readings; None if there is no readable one."""
    if not isinstance(stored, Mapping):
        return None
    since, missing = _time(stored.get("since")), stored.get("missing")
    if since is None or not isinstance(missing, list):
        return None
    readings = stored.get("readings")
    count = readings if isinstance(readings, int) else 1
    confirmed = stored.get("confirmed") is True
    return Doubt(tuple(str(one) for one in missing), since, count, confirmed)


def _to_person(row: sa.Row[Any], own: Sequence[Share]) -> Person:
    return from_row(
        Person,
        row,
        account_id=row.plex_user_id,
        restrictions=read_restrictions(row.restrictions),
        shares=tuple(own),
        promised=known(row.promised_restrictions),
    )


def _numbers(stored: object) -> tuple[int, ...] | None:
    if not isinstance(stored, list):
        return None
    return tuple(one for one in stored if isinstance(one, int))


def _time(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
