"""Requests that wait as lines of a batch, until the owner calls it off or the friend asks."""

from __future__ import annotations

import sqlalchemy as sa

from helpr_core.adapters.sql.models import invite_requests
from helpr_core.domain.audit import Actor
from helpr_core.domain.policies import LET_OTHERS_PASS, is_ones_own_wish
from helpr_core.domain.requests import InviteRequest, Source, Status

_columns = invite_requests.c

BATCH_WAITS = (
    _columns.source.in_(LET_OTHERS_PASS),
    _columns.status == Status.QUEUED,
    _columns.attempts == 0,
)
"""Only the owner has asked for it, and nothing has begun."""

_WISHED = (
    sa.update(invite_requests)
    .where(_columns.request_id == sa.bindparam("wanted_id"), *BATCH_WAITS)
    .values(source=Source.FORM)
)


def is_taken_up(connection: sa.Connection, row: InviteRequest, by: Actor) -> bool:
    """Whether `row` can answer somebody who asks for its person.

    If it waits in a batch and a friend asks, it becomes a friend's request: it goes before those of
    a list, and stays if the owner calls off the rest. False if it no longer waits, because a
    call-off or an attempt came first: then the row must be read again.
    """
    waits = not is_ones_own_wish(row.source) and row.status is Status.QUEUED and not row.attempts
    if by.is_owner or not waits:
        return True
    return connection.execute(_WISHED, {"wanted_id": row.request_id}).rowcount == 1
