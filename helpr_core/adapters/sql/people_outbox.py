"""Events about people, written into the outbox in the transaction that makes the change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from helpr_core.adapters.sql.models import events
from helpr_core.domain.audit import HOUSEKEEPING
from helpr_core.domain.people_events import PeopleEvent


def note(connection: sa.Connection, happened: Iterable[PeopleEvent], at: datetime) -> None:
    """Store them, in order."""
    rows = [
        {
            "at": at,
            "kind": str(one.kind),
            "person_id": one.person_id,
            "door": HOUSEKEEPING.door,
            "actor": HOUSEKEEPING.name,
            "reference": HOUSEKEEPING.reference,
            "code": one.code,
            "data": dict(one.data),
        }
        for one in happened
    ]
    if rows:
        connection.execute(sa.insert(events), rows)
