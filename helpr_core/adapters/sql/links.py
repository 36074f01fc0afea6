"""The table `links`. A code is found by a keyed hash, and stored encrypted to be shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from helpr_core import shapes
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import NOT_DELETED, events, invite_requests, links
from helpr_core.adapters.sql.paging import Listing, Position, to_cursor, to_position
from helpr_core.domain.audit import Actor
from helpr_core.domain.history import Page
from helpr_core.domain.links import Link, LinkState, Statistics
from helpr_core.domain.plex import read_libraries
from helpr_core.domain.terms import Approval
from helpr_core.services.links.errors import CodeTaken
from helpr_core.services.links.ports import LinkFilter
from helpr_core.services.sealing import SealBroken, Sealer

_columns = links.c
_SAME = (
    *("link_id", "label", "server_id", "uses_limit", "expires_at", "access_days"),
    *("require_sign_in", "welcome", "enabled", "created_at", "updated_at", "deleted_at"),
)
"""Columns with the same value as in the dataclass."""
_OMITTED = ("updated_at", "uses", "code")
"""Fields left out of events: not the owner's changes, or secret."""
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\%_"})

# Built once: putting a statement together takes longer than SQLite takes to run it.
_FIND = (
    sa.select(links)
    .where(_columns.code_hash == sa.bindparam("wanted_hash"))
    .order_by(_columns.deleted_at.is_not(None), _columns.id.desc())
    .limit(1)
)
_GET = sa.select(links).where(_columns.link_id == sa.bindparam("wanted_id"), NOT_DELETED)
_LIVING = sa.select(
    invite_requests.c.link_id,
    sa.func.count().label("asked"),
    sa.func.count(invite_requests.c.sent_at).label("sent"),
    sa.func.count(invite_requests.c.accepted_at).label("accepted"),
).group_by(invite_requests.c.link_id)
_PAST = sa.select(
    _columns.link_id,
    _columns.past_asked.label("asked"),
    _columns.past_sent.label("sent"),
    _columns.past_accepted.label("accepted"),
)


class SqlLinks:
    """Links over SQLAlchemy; see the port for what each method promises.

    `hash_of` turns a code into the keyed hash by which it is found, equal for codes that count as
    the same; `sealer` is called at the first code that is shown or stored.
    """

    def __init__(
        self, database: Database, hash_of: Callable[[str], str], sealer: Callable[[], Sealer]
    ) -> None:
        self._database = database
        self._hash_of = hash_of
        self._sealer = sealer

    def add(self, link: Link, by: Actor) -> Link:
        """Keep it, with its event."""
        values = _values(link) | self._code_values(link.code)
        with self._database.begin() as connection:
            _written(connection, sa.insert(links).values(**values).returning(links))
            _note(connection, "made", link, by, None, recorded(link))
        return link

    def change(self, link: Link, before: Link, by: Actor, kind: str) -> Link | None:
        """Write it, with its event."""
        written = _values(before)
        values = {name: one for name, one in _values(link).items() if one != written[name]}
        old, new = recorded(before), recorded(link)
        names = [name for name in {**old, **new} if new.get(name) != old.get(name)]
        data = [{name: one.get(name) for name in names} for one in (old, new)]
        if link.deleted_at is not None:
            values["code_sealed"] = ""  # its hash stays, so that friends get the right message
        elif link.code != before.code:
            values |= self._code_values(link.code)
            data[1]["code"] = "changed"
        update = (
            sa.update(links)
            .where(_columns.link_id == link.link_id, NOT_DELETED)
            .values(**values)
            .returning(links)
        )
        with self._database.begin() as connection:
            row = _written(connection, update)
            if row is None:
                return None
            _note(connection, kind, link, by, *data)
        return to_link(row, link.code)

    def get(self, link_id: UUID) -> Link | None:
        """The link."""
        with self._database.single() as connection:
            row = connection.execute(_GET, {"wanted_id": link_id}).one_or_none()
        return self._shown(row) if row else None

    def find(self, code: str) -> Link | None:
        """One SELECT; an existing link comes before deleted ones."""
        with self._database.single() as connection:
            found = connection.execute(_FIND, {"wanted_hash": self._hash_of(code)})
            row = found.one_or_none()
        return to_link(row) if row else None

    def all(self) -> Iterable[tuple[str, Link]]:
        """Every link with its code's hash, deleted ones before those that reuse their codes."""
        query = sa.select(links).order_by(_columns.deleted_at.is_(None), _columns.id)
        with self._database.single() as connection:
            rows = connection.execute(query).all()
        return [(row.code_hash, to_link(row)) for row in rows]

    def page(self, wanted: LinkFilter, limit: int, cursor: str = "") -> Page[Link]:
        position = to_position(cursor, Listing.LINKS)
        query = sa.select(links).where(_columns.id < position.id, *_wanted(wanted))
        with self._database.single() as connection:
            rows = connection.execute(query.order_by(_columns.id.desc()).limit(limit + 1)).all()
        shown = rows[:limit]
        last = Position(shown[-1].created_at, shown[-1].id) if len(rows) > limit else None
        return Page(
            [self._shown(row) for row in shown], to_cursor(last, Listing.LINKS) if last else ""
        )

    def count(self, wanted: LinkFilter) -> int:
        """One SELECT."""
        query = sa.select(sa.func.count()).select_from(links).where(*_wanted(wanted))
        with self._database.single() as connection:
            return connection.execute(query).scalar_one()

    def statistics(self, link_ids: Collection[UUID]) -> Mapping[UUID, Statistics]:
        """Two statements, however many links there are."""
        wanted = list(link_ids)
        with self._database.single() as connection:
            rows = [
                *connection.execute(_LIVING.where(invite_requests.c.link_id.in_(wanted))),
                *connection.execute(_PAST.where(_columns.link_id.in_(wanted))),
            ]
        return {one: _summed(row for row in rows if row.link_id == one) for one in wanted}

    def _code_values(self, code: str) -> dict[str, str]:
        return {"code_hash": self._hash_of(code), "code_sealed": self._sealer().seal(code)}

    def _shown(self, row: sa.Row[Any]) -> Link:
        try:
            return to_link(row, self._sealer().unseal(row.code_sealed))
        except SealBroken:
            return to_link(row)  # SECRET_KEY has changed: the owner gives it a new code


def _wanted(wanted: LinkFilter) -> list[Any]:
    """The conditions of a filter."""
    conditions: list[Any] = [NOT_DELETED]
    if wanted.enabled is not None:
        conditions.append(_columns.enabled == wanted.enabled)
    if wanted.search:
        pattern = f"%{wanted.search.lower().translate(_ESCAPED)}%"
        conditions.append(sa.func.lower(_columns.label).like(pattern, escape="\\"))
    if wanted.state is not None and wanted.at is not None:
        conditions.append(_state(wanted.at) == wanted.state.value)
    return conditions


def _state(at: datetime) -> sa.ColumnElement[str]:
    """What `Link.state` says of a link that was not deleted."""
    return sa.case(
        (sa.not_(_columns.enabled), LinkState.DISABLED.value),
        (_columns.expires_at <= at, LinkState.EXPIRED.value),
        (_columns.uses >= _columns.uses_limit, LinkState.USED_UP.value),
        else_=LinkState.ACTIVE.value,
    )


def recorded(link: Link) -> dict[str, Any]:
    """The link as it appears in events and the audit log: without its code."""
    written: dict[str, Any] = shapes.write(link)
    return {name: value for name, value in written.items() if name not in _OMITTED}


def _written(connection: sa.Connection, statement: Any) -> sa.Row[Any] | None:
    """The row that was written. Raises CodeTaken, which ends the transaction."""
    try:
        return connection.execute(statement).one_or_none()
    except IntegrityError as exc:
        raise CodeTaken("another link has this code") from exc


def _note(
    connection: sa.Connection,
    kind: str,
    link: Link,
    by: Actor,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """The event of that change."""
    values = {
        "at": link.updated_at,
        "kind": f"link_{kind}",
        "link_id": link.link_id,
        "door": by.door,
        "actor": by.name,
        "reference": by.reference,
        "data": {"label": link.label, "before": before, "after": after},
    }
    connection.execute(sa.insert(events).values(**values))


def _values(link: Link) -> dict[str, Any]:
    """Everything that the owner sets, and the times, but neither uses nor code."""
    return {name: getattr(link, name) for name in _SAME} | {
        "libraries": None if link.libraries is None else shapes.write(link.libraries),
        "restrictions": dict(link.restrictions),
        "approval": link.approval,
    }


def to_link(row: sa.Row[Any], code: str = "") -> Link:
    """The row as a link; an unknown approval from a newer version means that the owner is asked."""
    approval = Approval.read(row.approval)
    given: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
    return Link(
        **given,
        code=code,
        libraries=None if row.libraries is None else read_libraries(row.libraries),
        restrictions=row.restrictions if isinstance(row.restrictions, dict) else {},
        uses=row.uses,
        approval=Approval.YES if approval is Approval.UNKNOWN else approval,
    )


def _summed(rows: Iterable[sa.Row[Any]]) -> Statistics:
    found = list(rows)
    return Statistics(
        asked=sum(row.asked for row in found),
        sent=sum(row.sent for row in found),
        accepted=sum(row.accepted for row in found),
    )
