"""Erases what is known about a person or a request from every table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql import link_uses
from helpr_core.adapters.sql import people_rows as rows
from helpr_core.adapters.sql.batch_models import batch_lines
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import audit_events, events, invite_requests
from helpr_core.adapters.sql.people_models import OPEN_OPERATIONS, operations, people, shares
from helpr_core.domain.people import Person, ShareState
from helpr_core.domain.requests import OPEN, SETTLED, Status
from helpr_core.services.people.ports import Erased, StillOpen

_requests = invite_requests.c


class SqlErasing:
    """See the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def erase(self, person_id: UUID) -> Erased | None:
        """Erase one person, with everything that names them."""
        with self._database.begin() as connection:
            person = next(iter(rows.load(connection, people.c.person_id == person_id)), None)
            if person is None:
                return None
            _refuse_what_is_open(connection, person)
            requests = _requests_of(connection, person)
            _take_out_requests(connection, requests)
            _take_out_lines(connection, requests, _names(person))
            _blank_actions(connection, [f"person:{person_id}", *map(str, requests)], person)
            connection.execute(sa.delete(events).where(events.c.person_id == person_id))
            connection.execute(sa.delete(operations).where(operations.c.person_id == person_id))
            stays = any(share.is_listed for share in person.shares)
            if stays:
                _blank(connection, person)
            else:
                connection.execute(sa.delete(people).where(people.c.person_id == person_id))
            return Erased(frozenset(person.identity_keys), len(requests), stays)

    def delete_request(self, request_id: UUID) -> bool | None:
        with self._database.begin() as connection:
            found = connection.execute(
                sa.select(_requests.status).where(_requests.request_id == request_id)
            ).scalar_one_or_none()
            if found is None:
                return None
            if Status.read(found) in SETTLED:
                link_uses.remember(connection, [request_id])
            deleted = connection.execute(
                sa.delete(invite_requests).where(
                    _requests.request_id == request_id, _requests.status.in_(SETTLED)
                )
            ).rowcount
            if deleted:
                _forget_requests(connection, [request_id])
                _take_out_lines(connection, [request_id], ())
                _blank_actions(connection, [str(request_id)], None)
            return bool(deleted)

    def delete_gone(self, before: datetime | None, limit: int) -> int:
        """Delete people who have had no access since before that; erased ones in any case."""
        listed = sa.exists().where(
            shares.c.person_id == people.c.person_id, shares.c.state != ShareState.GONE
        )
        late = sa.exists().where(
            shares.c.person_id == people.c.person_id,
            sa.true() if before is None else shares.c.gone_at >= before,
        )
        old: sa.ColumnElement[bool] = people.c.erased.is_(True)
        if before is not None:
            old = sa.or_(old, ~late & (people.c.updated_at < before))
        with self._database.begin() as connection:
            ids = connection.scalars(
                sa.select(people.c.person_id).where(~listed, old).order_by(people.c.id).limit(limit)
            ).all()
            for table in (events, operations, people):
                connection.execute(sa.delete(table).where(table.c.person_id.in_(ids)))
        return len(ids)


def _refuse_what_is_open(connection: sa.Connection, person: Person) -> None:
    under_way = sa.select(operations.c.id).where(
        OPEN_OPERATIONS, operations.c.person_id == person.person_id
    )
    asked = sa.select(_requests.id).where(
        _requests.identity_key.in_(person.identity_keys), _requests.status.in_(OPEN)
    )
    if connection.execute(under_way).first():
        raise StillOpen("operation")
    if connection.execute(asked).first():
        raise StillOpen("request")
    # plex.tv lists an address without an account only by the address.
    if person.account_id is None and any(share.is_listed for share in person.shares):
        raise StillOpen("invitation")


def _requests_of(connection: sa.Connection, person: Person) -> list[UUID]:
    by_share = [share.request_id for share in person.shares if share.request_id]
    query = sa.select(_requests.request_id).where(
        sa.or_(_requests.identity_key.in_(person.identity_keys), _requests.request_id.in_(by_share))
    )
    return list(connection.scalars(query))


def _take_out_requests(connection: sa.Connection, requests: Collection[UUID]) -> None:
    """Their notes and events are deleted with them; their links still count them."""
    link_uses.remember(connection, list(requests))
    connection.execute(sa.delete(invite_requests).where(_requests.request_id.in_(requests)))
    _forget_requests(connection, requests)


def _forget_requests(connection: sa.Connection, requests: Collection[UUID]) -> None:
    connection.execute(
        sa.update(shares).where(shares.c.request_id.in_(requests)).values(request_id=None)
    )


def _take_out_lines(
    connection: sa.Connection, requests: Collection[UUID], names: Iterable[str]
) -> None:
    """Lines of lists stay, because their numbers count, but name nobody."""
    columns = batch_lines.c
    named = sa.func.lower(sa.func.trim(columns.who)).in_([one.lower() for one in names])
    values: dict[str, Any] = {"who": "", "note": "", "message": None, "request_id": None}
    whose = sa.or_(columns.request_id.in_(requests), named)
    connection.execute(sa.update(batch_lines).where(whose).values(**values))


def _blank_actions(
    connection: sa.Connection, targets: Collection[str], person: Person | None
) -> None:
    """What was done stays in the audit log, without what it says about the person."""
    columns = audit_events.c
    told: list[sa.ColumnElement[bool]] = [columns.target.in_(targets)]
    for name in _names(person) if person else ():
        for column in (columns.before, columns.after):
            text = sa.func.lower(sa.cast(column, sa.Text))
            told.append(text.contains(f'"{name.lower()}"', autoescape=True))
    blank: dict[str, Any] = {"before": None, "after": None}
    connection.execute(sa.update(audit_events).where(sa.or_(*told)).values(**blank))


def _blank(connection: sa.Connection, person: Person) -> None:
    """The account's id and its access stay, because the seat is still taken."""
    connection.execute(
        sa.update(people)
        .where(people.c.person_id == person.person_id)
        .values(
            **{"username": "", "email": "", "title": "", "address_key": "", "name_key": ""},
            **{"note": "", "erased": True},
        )
    )
    connection.execute(
        sa.update(shares)
        .where(shares.c.person_id == person.person_id)
        .values(request_id=None, link_id="", drift=[])
    )


def _names(person: Person) -> list[str]:
    return [one for one in (person.email, person.username) if one]
