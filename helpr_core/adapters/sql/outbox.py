"""Outbox over SQLAlchemy: from events to notices, and from notices to messages."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import UtcDateTime, events, invite_requests
from helpr_core.adapters.sql.notice_models import alarms, channels, notices
from helpr_core.adapters.sql.outbox_entries import ENTRY, WITH_REQUEST, to_entry
from helpr_core.domain.audit import HOUSEKEEPING
from helpr_core.domain.notices import COLLECTED, SENT_WITHIN, TELLING, OutboxEntry
from helpr_core.domain.requests import Status
from helpr_core.services.notices.ports import Due, Pending, Plan

WAITING = "waiting"
TELLING_STATE = "telling"
"""Sending has begun: if it is found like this, nobody knows whether it arrived."""
_OPEN = (WAITING, TELLING_STATE)

_event, _notice, _channel, _request = events.c, notices.c, channels.c, invite_requests.c


class SqlOutbox:
    """See the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def fan_out(self, plan: Plan, now: datetime, most: int) -> int:
        wanted = (
            sa.select(*ENTRY)
            .select_from(WITH_REQUEST)
            .where(_event.consumed_at.is_(None))
            .order_by(_event.id)
            .limit(most)
            .with_for_update(skip_locked=True, of=events)
        )
        with self._database.begin() as connection:
            found = connection.execute(wanted).all()
            if not found:
                return 0
            entries = [
                to_entry(row) for row in found if row.kind in TELLING and now - row.at < SENT_WITHIN
            ]
            rows = _notices(plan, entries, self._latest(connection, now) if entries else {}, now)
            if rows:
                connection.execute(sa.insert(notices), rows)
            seen = sa.update(events).where(_event.id.in_([row.id for row in found]))
            connection.execute(seen.values(consumed_at=now))
        return len(found)

    def _latest(self, connection: sa.Connection, now: datetime) -> dict[tuple[UUID, str], datetime]:
        """When the newest notice of each kind is due on each channel, if that is not long ago."""
        due = sa.func.max(_notice.due_at, type_=UtcDateTime())
        recent = (
            sa.select(_notice.channel_id, _notice.kind, due.label("due"))
            .where(_notice.due_at > now - COLLECTED)
            .group_by(_notice.channel_id, _notice.kind)
        )
        return {(row.channel_id, row.kind): row.due for row in connection.execute(recent)}

    def due_channels(self, now: datetime) -> Sequence[UUID]:
        query = (
            sa.select(_notice.channel_id)
            .join(channels, _channel.channel_id == _notice.channel_id)
            .where(_notice.state.in_(_OPEN), _notice.due_at <= now, _may_be_tried(now))
            .group_by(_notice.channel_id)
            .order_by(sa.func.min(_notice.id))
        )
        with self._database.single() as connection:
            return list(connection.execute(query).scalars())

    def next_due(self) -> datetime | None:
        at: Any = _notice.due_at
        for free_at in (_channel.next_attempt_at, _channel.claimed_until):
            at = sa.case((free_at > at, free_at), else_=at)
        query = (
            sa.select(sa.func.min(at, type_=UtcDateTime()))
            .select_from(notices.join(channels, _channel.channel_id == _notice.channel_id))
            .where(_notice.state.in_(_OPEN), _channel.enabled)
        )
        with self._database.single() as connection:
            due: datetime | None = connection.execute(query).scalar_one()
            return due

    def claim(self, channel_id: UUID, now: datetime, lease: timedelta) -> str | None:
        """Claim the channel for that long; None if another has it, or it must not be tried."""
        token = str(uuid.uuid4())
        taken = (
            sa.update(channels)
            .where(_channel.channel_id == channel_id, _may_be_tried(now))
            .values(claim=token, claimed_until=now + lease)
        )
        with self._database.single() as connection:
            return token if connection.execute(taken).rowcount else None

    def release(self, channel_id: UUID, token: str) -> None:
        given = sa.update(channels).where(
            _channel.channel_id == channel_id, _channel.claim == token
        )
        with self._database.single() as connection:
            connection.execute(given.values(claim=None, claimed_until=None))

    def next_message(self, channel_id: UUID, now: datetime, *, together: bool) -> Pending | None:
        """The channel's next message; one already begun comes first."""
        mine = (_notice.channel_id == channel_id, _notice.state.in_(_OPEN))
        with self._database.begin() as connection:
            first = connection.execute(
                sa.select(notices)
                .where(*mine, _notice.due_at <= now)
                # A message that has been composed stays as it is.
                .order_by(_notice.message_id.is_(None), _notice.id)
                .limit(1)
            ).one_or_none()
            if first is None:
                return None
            message_id, doubtful = first.message_id, first.state == TELLING_STATE
            if message_id is None:
                message_id = uuid.uuid4()
                alike = (_notice.kind == first.kind, _notice.due_at <= now)
                which = sa.and_(*mine, *alike, _notice.message_id.is_(None))
                only = which if together else _notice.id == first.id
                connection.execute(sa.update(notices).where(only).values(message_id=message_id))
            rows = connection.execute(
                sa.select(*ENTRY)
                .select_from(WITH_REQUEST.join(notices, _notice.event_id == _event.id))
                .where(_notice.message_id == message_id)
                .order_by(_event.id)
            ).all()
        entries = tuple(to_entry(row) for row in rows)
        return Pending(message_id, first.kind, entries, doubtful, first.due_at)

    def begin(self, message_id: UUID, channel_id: UUID, token: str) -> bool:
        held = sa.exists().where(_channel.channel_id == channel_id, _channel.claim == token)
        begun = (
            sa.update(notices)
            .where(_notice.message_id == message_id, _notice.state.in_(_OPEN), held)
            .values(state=TELLING_STATE)
        )
        with self._database.single() as connection:
            return bool(connection.execute(begun).rowcount)

    def settle(self, message_id: UUID, state: str, now: datetime | None) -> None:
        settled = (
            sa.update(notices)
            .where(_notice.message_id == message_id, _notice.state.in_(_OPEN))
            .values(state=state, settled_at=now)
        )
        with self._database.single() as connection:
            connection.execute(settled)

    def raise_alarm(self, name: str, event: str, at: datetime, about: Due) -> bool:
        since = sa.bindparam("since", type_=UtcDateTime())
        added = sa.text(
            "INSERT INTO alarms (name, since) VALUES (:name, :since) ON CONFLICT (name) DO NOTHING"
        ).bindparams(since)
        with self._database.begin() as connection:
            if not connection.execute(added, {"name": name, "since": at}).rowcount:
                return False
            connection.execute(sa.insert(events), _of_itself(event, at, about))
        return True

    def note(self, event: str, at: datetime, about: Due) -> None:
        with self._database.single() as connection:
            connection.execute(sa.insert(events), _of_itself(event, at, about))

    def end_alarm(self, name: str) -> None:
        with self._database.single() as connection:
            connection.execute(sa.delete(alarms).where(alarms.c.name == name))

    def alarms(self) -> Mapping[str, datetime]:
        with self._database.single() as connection:
            return {row.name: row.since for row in connection.execute(sa.select(alarms))}

    def queued(self, now: datetime) -> Sequence[Mapping[str, Any]]:
        """Requests that wait for Plex because of an error: id, code, and since when."""
        query = sa.select(_request.request_id, _request.error_code, _request.queued_since).where(
            _request.status == Status.QUEUED,
            _request.error_code.is_not(None),
            _request.updated_at <= now + timedelta(minutes=1),
        )
        with self._database.single() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def count_events(self, since: datetime, until: datetime) -> Mapping[str, int]:
        query = (
            sa.select(_event.kind, sa.func.count().label("number"))
            .where(_event.at >= since, _event.at < until)
            .group_by(_event.kind)
        )
        with self._database.single() as connection:
            return {row.kind: row.number for row in connection.execute(query)}

    def newest(self, kinds: Sequence[str], since: datetime, most: int) -> Sequence[OutboxEntry]:
        """The newest events of these kinds, for the owner to look at."""
        query = (
            sa.select(*ENTRY)
            .select_from(WITH_REQUEST)
            .where(_event.kind.in_(kinds), _event.at >= since)
            .order_by(_event.id.desc())
            .limit(most)
        )
        with self._database.single() as connection:
            return [to_entry(row) for row in connection.execute(query)]

    def delete_older(self, than: datetime, most: int) -> int:
        """Delete what was settled before that."""
        old = (
            sa.select(_notice.id)
            .where(_notice.state.not_in(_OPEN), _notice.settled_at < than)
            .limit(most)
        )
        with self._database.single() as connection:
            return connection.execute(sa.delete(notices).where(_notice.id.in_(old))).rowcount

    def counts(self) -> Mapping[str, int]:
        query = sa.select(_notice.state, sa.func.count().label("number")).group_by(_notice.state)
        with self._database.single() as connection:
            return {row.state: row.number for row in connection.execute(query)}


def _of_itself(event: str, at: datetime, about: Due) -> dict[str, Any]:
    """An event that Helpr itself creates."""
    return {
        "at": at,
        "kind": event,
        "request_id": about.request_id,
        "door": HOUSEKEEPING.door,
        "actor": HOUSEKEEPING.name,
        "reference": "",
        "code": about.code,
        "data": dict(about.data),
    }


def _may_be_tried(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        _channel.enabled,
        sa.or_(_channel.claimed_until.is_(None), _channel.claimed_until <= now),
        sa.or_(_channel.next_attempt_at.is_(None), _channel.next_attempt_at <= now),
    )


def _notices(
    plan: Plan,
    entries: Sequence[OutboxEntry],
    latest: dict[tuple[UUID, str], datetime],
    now: datetime,
) -> list[dict[str, Any]]:
    """A row for each channel that reports an event; those that belong together are due together."""
    rows = []
    for one in entries:
        for channel_id, kind, due in plan(one, latest, now):
            latest[channel_id, kind] = max(due, latest.get((channel_id, kind), due))
            rows.append(
                {
                    "channel_id": channel_id,
                    "event_id": one.event_id,
                    "kind": kind,
                    "due_at": due,
                    "state": WAITING,
                }
            )
    return rows
