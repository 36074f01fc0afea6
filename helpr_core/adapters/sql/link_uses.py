"""Uses of links: taken by the statement that opens a request, returned by the one that ends it.

A request through a link holds one of its uses (`holds_use`) until it ends without an invite. A
person who has used that link before takes no second one. PostgreSQL decides on the link's row,
which the statement locks; SQLite has one writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.models import NOT_DELETED, UtcDateTime, invite_requests, links
from helpr_core.domain.requests import OPEN, Status
from helpr_core.domain.transitions import Transition
from helpr_core.errors import HelprError

_GIVE_BACK = -1
_TAKE_AGAIN = 1
_LIVING = (*OPEN, Status.SUCCESS)

_requests = invite_requests.c
_links = links.c


class NoUseLeft(HelprError):
    """The link no longer lets anybody in; nothing was written."""


def _room(now: Any) -> tuple[Any, ...]:
    """The condition that the link admits a request made at that time."""
    return (
        NOT_DELETED,
        _links.enabled,
        sa.or_(_links.expires_at.is_(None), _links.expires_at > now),
        sa.or_(_links.uses_limit.is_(None), _links.uses < _links.uses_limit),
    )


_NOW = sa.bindparam("now", type_=UtcDateTime())
_LINK = sa.bindparam("link", type_=_links.link_id.type)
_TAKE = sa.update(links).values(uses=_links.uses + 1).returning(_links.link_id)
_TAKE_ONE = _TAKE.where(_links.link_id == _LINK, *_room(_NOW))
_HAS_ROOM = sa.select(_links.id).where(_links.link_id == _LINK, *_room(_NOW))


def take(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Take a use of `link` at `now`. Raises NoUseLeft."""
    if connection.execute(_TAKE_ONE, values).first() is None:
        raise NoUseLeft


def take_for(opened: Any) -> Any:
    """For PostgreSQL: take it for the row that the statement opens, within the same statement."""
    return _TAKE.where(_links.link_id == opened.c.link_id, opened.c.holds_use, *_room(_NOW))


def holds_use(link_id: Any, identity_key: Any) -> Any:
    """Whether a new request for that person takes a use: no existing one holds one already."""
    other = invite_requests.alias("other")
    held = sa.exists().where(
        other.c.link_id == link_id, other.c.identity_key == identity_key, other.c.holds_use
    )
    return sa.and_(link_id.is_not(None), sa.not_(held))


def require_room(connection: sa.Connection, link_id: UUID, now: Any) -> None:
    """Raises NoUseLeft if the link admits no request made at that time."""
    if connection.execute(_HAS_ROOM, {"link": link_id, "now": now}).first() is None:
        raise NoUseLeft


_COUNTED = (
    sa.select(
        _requests.link_id.label("link_id"),
        sa.func.count().label("asked"),
        sa.func.count(_requests.sent_at).label("sent"),
        sa.func.count(_requests.accepted_at).label("accepted"),
    )
    .where(
        _requests.request_id.in_(sa.bindparam("deleted", expanding=True)),
        _requests.link_id.is_not(None),
    )
    .group_by(_requests.link_id)
)
_REMEMBER = (
    sa.update(links)
    .where(_links.link_id == sa.bindparam("of_link"))
    .values(
        past_asked=_links.past_asked + sa.bindparam("asked"),
        past_sent=_links.past_sent + sa.bindparam("sent"),
        past_accepted=_links.past_accepted + sa.bindparam("accepted"),
    )
)


def remember(connection: sa.Connection, request_ids: Sequence[UUID]) -> None:
    """Add these requests to their links' counts before they are deleted."""
    if not request_ids:
        return
    counted = connection.execute(_COUNTED, {"deleted": list(request_ids)}).mappings().all()
    for one in sorted(counted, key=lambda row: str(row["link_id"])):
        connection.execute(_REMEMBER, {**one, "of_link": one["link_id"]})


class Moves:
    """What a transition does to the uses of links; usually nothing.

    An end without an invite returns the use, unless the person has another ongoing request through
    that link. If the owner retries such a request, it takes the use again, whatever the limit: that
    is the owner's decision.
    """

    def __init__(self, transition: Transition) -> None:
        self._amount = 0
        if transition.after in (Status.FAILED, Status.DENIED):
            self._amount = _GIVE_BACK
        elif Status.FAILED in transition.before:
            self._amount = _TAKE_AGAIN

    def __bool__(self) -> bool:
        return self._amount != 0

    def columns(self) -> tuple[Any, ...]:
        """The columns of the changing rows that `in_one` needs."""
        return (_requests.link_id, self._moving().label("moves")) if self else ()

    def values(self) -> dict[str, Any]:
        """The values written to the request."""
        if self._amount == _GIVE_BACK:
            return {"holds_use": sa.false()}
        if self._amount == _TAKE_AGAIN:
            return {"holds_use": sa.or_(_requests.holds_use, self._moving())}
        return {}

    def in_one(self, rows: Any) -> Any:
        """PostgreSQL's statement, next to the one that changes these rows."""
        moved = (
            sa.select(rows.c.link_id, sa.func.count().label("requests"))
            .where(rows.c.moves)
            .group_by(rows.c.link_id)
            .subquery("moved")
        )
        return self._update(moved.c.requests).where(_links.link_id == moved.c.link_id)

    def alone(self) -> Any:
        """SQLite's, before the requests in `noted` are changed."""
        moving = sa.and_(
            _requests.request_id.in_(sa.bindparam("noted", expanding=True)), self._moving()
        )
        requests = (
            sa.select(sa.func.count())
            .select_from(invite_requests)
            .where(_requests.link_id == _links.link_id, moving)
            .correlate(links)
            .scalar_subquery()
        )
        link_ids = sa.select(_requests.link_id).where(moving)
        return self._update(requests).where(_links.link_id.in_(link_ids))

    def _update(self, requests: Any) -> Any:
        uses = _links.uses + self._amount * requests
        return sa.update(links).values(uses=sa.case((uses < 0, 0), else_=uses))

    def _moving(self) -> Any:
        """Whether the transition affects a request's use."""
        if self._amount == _TAKE_AGAIN:
            return sa.and_(
                _requests.status == Status.FAILED,
                _requests.link_id.is_not(None),
                sa.not_(_requests.holds_use),
            )
        other = invite_requests.alias("other")
        goes_on = sa.exists().where(
            other.c.link_id == _requests.link_id,
            other.c.identity_key == _requests.identity_key,
            other.c.id != _requests.id,
            other.c.status.in_(_LIVING),
        )
        return sa.and_(_requests.holds_use, sa.not_(goes_on))
