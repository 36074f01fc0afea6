"""Writes what a reading changes about people, with its events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql import people_outbox as outbox
from helpr_core.adapters.sql import people_rows as rows
from helpr_core.adapters.sql.models import events
from helpr_core.adapters.sql.people_models import OPEN_OPERATIONS, operations, people, shares
from helpr_core.domain.people import Person, Share
from helpr_core.domain.people_drift import ABOUT_LIBRARIES, DriftKind
from helpr_core.domain.people_events import of_change
from helpr_core.domain.people_merge import Merged
from helpr_core.domain.people_operations import Kind


def without_what_is_under_way(connection: sa.Connection, merged: Merged) -> Merged:
    """The same without drift that an operation is about to end: the promise came first."""
    wanted = [one.person_id for one in merged.changed if any(s.drift for s in one.shares)]
    if not wanted:
        return merged
    columns = operations.c
    open_ones = connection.execute(
        sa.select(columns.person_id, columns.server_id, columns.kind).where(
            OPEN_OPERATIONS, columns.person_id.in_(wanted)
        )
    ).all()
    about = {(row.person_id, row.server_id, row.kind) for row in open_ones}
    changed = [
        replace(
            person,
            shares=tuple(
                replace(
                    share,
                    drift=tuple(
                        one for one in share.drift if not _ends(about, person, share, one.kind)
                    ),
                )
                for share in person.shares
            ),
        )
        for person in merged.changed
    ]
    return replace(merged, changed=changed)


def _ends(about: set[tuple[UUID, str, str]], person: Person, share: Share, drift: str) -> bool:
    if drift == DriftKind.RESTRICTIONS:
        return (person.person_id, "", Kind.SET_RESTRICTIONS) in about
    kinds = (Kind.SET_LIBRARIES, Kind.RESEND, Kind.REMOVE)
    is_about_libraries = drift in ABOUT_LIBRARIES
    return is_about_libraries and any(
        (person.person_id, share.server_id, kind) in about for kind in kinds
    )


def write(connection: sa.Connection, merged: Merged, now: datetime) -> None:
    """Write what a reading changes, with the events that report it."""
    for old, into in merged.joined.items():
        _join(connection, old, into)
    for person in merged.changed:
        connection.execute(
            sa.update(people)
            .where(people.c.person_id == person.person_id)
            .values(**rows.person_values(person), updated_at=now)
        )
        _write_shares(connection, person, now)
    for person in merged.added:
        connection.execute(
            sa.insert(people).values(
                person_id=person.person_id,
                **rows.person_values(person),
                created_at=now,
                updated_at=now,
            )
        )
        _write_shares(connection, person, now)
    happened = [
        event
        for person in (*merged.changed, *merged.added)
        for event in of_change(merged.before.get(person.person_id), person)
    ]
    outbox.note(connection, happened, now)


def _join(connection: sa.Connection, old: UUID, into: UUID) -> None:
    """What was known only by an address now belongs to the account; its shares are rewritten."""
    connection.execute(
        sa.update(operations).where(operations.c.person_id == old).values(person_id=into)
    )
    connection.execute(sa.update(events).where(events.c.person_id == old).values(person_id=into))
    connection.execute(sa.delete(shares).where(shares.c.person_id == old))
    connection.execute(sa.delete(people).where(people.c.person_id == old))


def _write_shares(connection: sa.Connection, person: Person, now: datetime) -> None:
    for share in person.shares:
        values = rows.share_values(share) | {"updated_at": now}
        changed = connection.execute(
            sa.update(shares)
            .where(shares.c.person_id == person.person_id, shares.c.server_id == share.server_id)
            .values(**values)
        ).rowcount
        if not changed:
            connection.execute(sa.insert(shares).values(person_id=person.person_id, **values))
