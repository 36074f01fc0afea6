"""Which people are wanted, and where a page ends."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.people_models import people, shares
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.people import ShareState
from helpr_core.errors import FieldError, InvalidInput
from helpr_core.services.people.ports import PeopleFilter
from helpr_core.texts import Message

_PLACE_OF: dict[str, Any] = {"postgresql": sa.func.strpos, "sqlite": sa.func.instr}


def conditions(
    wanted: PeopleFilter, now: datetime, dialect: str
) -> Iterator[sa.ColumnElement[bool]]:
    """The conditions on a row of `people`; those about shares are met by one share."""
    of_share = list(_of_share(wanted, now))
    if of_share:
        yield sa.exists().where(shares.c.person_id == people.c.person_id, *of_share)
    if wanted.exempt is not None:
        yield people.c.exempt.is_(wanted.exempt)
    yield from is_called(wanted.search, dialect)


def is_called(search: str, dialect: str) -> Iterator[sa.ColumnElement[bool]]:
    """The condition on a row of `people` for its name or address to contain the text, if any."""
    needle = identity_key(search)
    if needle:
        place = _PLACE_OF[dialect]
        columns = (people.c.name_key, people.c.address_key, sa.func.lower(people.c.username))
        yield sa.or_(*(place(column, needle) > 0 for column in columns))


def _of_share(wanted: PeopleFilter, now: datetime) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.states:
        yield shares.c.state.in_(sorted(wanted.states))
    if wanted.server_id:
        yield shares.c.server_id == wanted.server_id
    if wanted.link_id:
        yield shares.c.link_id == wanted.link_id
    if wanted.ends_within_days is not None:
        yield from ends_within(now + timedelta(days=wanted.ends_within_days))
    if wanted.drift:
        yield sa.cast(shares.c.drift, sa.Text).contains('"ignored": false')


def ends_within(until: datetime) -> Iterator[sa.ColumnElement[bool]]:
    """The conditions on a share and its person for it to end by then."""
    yield shares.c.state != ShareState.GONE
    yield shares.c.access_until <= until
    yield people.c.exempt.is_(False)
    yield people.c.home.is_(False)


def to_cursor(name_key: str, row_id: int) -> str:
    """The place after that row as URL-safe text."""
    return base64.urlsafe_b64encode(json.dumps([name_key, row_id]).encode()).decode().rstrip("=")


def to_place(cursor: str) -> Any:
    """The place that a cursor names; InvalidInput unless `to_cursor` made it."""
    if not cursor:
        return sa.tuple_(sa.literal(""), sa.literal(-1))
    place = _read(cursor)
    if place is None or to_cursor(*place) != cursor:
        raise InvalidInput(FieldError("cursor", Message("people.cursor")))
    return sa.tuple_(*map(sa.literal, place))


def _read(cursor: str) -> tuple[str, int] | None:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except ValueError:
        return None
    if not (isinstance(place, list) and len(place) == 2):
        return None
    name_key, row_id = place
    is_ours = isinstance(name_key, str) and type(row_id) is int and abs(row_id) < 2**63
    return (name_key, row_id) if is_ours and "\0" not in name_key else None
