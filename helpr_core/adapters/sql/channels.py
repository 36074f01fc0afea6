"""ChannelLog over SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.by_name import from_row, values_of
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.notice_models import channels
from helpr_core.domain.channels import Channel, ChannelKind, quiet_hours
from helpr_core.domain.notices import NoticeKind

_columns = channels.c
_ALL = sa.select(channels).order_by(_columns.id)
_ONE = sa.select(channels).where(_columns.channel_id == sa.bindparam("wanted"))
_DELETE = sa.delete(channels).where(_columns.channel_id == sa.bindparam("wanted"))
_IS_IT = _columns.channel_id == sa.bindparam("wanted")
# Both databases know this form, and SQLAlchemy's own would need one for each.
_DECIDED = ("kind", "service", "label", "sealed", "events", "enabled", "language", "quiet")
_ADDED = ("channel_id", "from_environment", "created_at")
_ADD_NAMES = (*_DECIDED, *_ADDED)
_ADD = sa.text(
    f"INSERT INTO channels ({', '.join(_ADD_NAMES)}) "  # noqa: S608 # nosec B608
    f"VALUES ({', '.join(f':{name}' for name in _ADD_NAMES)}) "
    "ON CONFLICT (channel_id) DO NOTHING"
).bindparams(*(sa.bindparam(name, type_=_columns[name].type) for name in _ADD_NAMES))
_WELL: dict[str, Any] = {
    "attempts": 0,
    "next_attempt_at": None,
    "failing_since": None,
    "last_error": None,
}


class SqlChannels:
    """See the port for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Sequence[Channel]:
        with self._database.single() as connection:
            return [to_channel(row) for row in connection.execute(_ALL)]

    def get(self, channel_id: UUID) -> Channel | None:
        with self._database.single() as connection:
            row = connection.execute(_ONE, {"wanted": channel_id}).one_or_none()
        return to_channel(row) if row else None

    def add(self, channel: Channel) -> None:
        values = _decided(channel) | values_of(channel, _ADDED)
        with self._database.single() as connection:
            connection.execute(_ADD, values)

    def change(self, channel: Channel) -> bool:
        values = _decided(channel)
        is_new = _columns.sealed != channel.sealed
        reset = {
            name: sa.case((is_new, sa.literal(value, type_=_columns[name].type)), else_=old)
            for name, value in _WELL.items()
            for old in (_columns[name],)
        }
        with self._database.single() as connection:
            statement = sa.update(channels).where(_IS_IT).values(**values, **reset)
            return bool(connection.execute(statement, {"wanted": channel.channel_id}).rowcount)

    def delete(self, channel_id: UUID) -> bool:
        with self._database.single() as connection:
            return bool(connection.execute(_DELETE, {"wanted": channel_id}).rowcount)

    def note_success(self, channel_id: UUID, at: datetime) -> None:
        self._write(channel_id, {**_WELL, "last_ok_at": at})

    def note_failure(
        self, channel_id: UUID, at: datetime, error: Mapping[str, Any], next_attempt_at: datetime
    ) -> None:
        self._write(
            channel_id,
            {
                "attempts": _columns.attempts + 1,
                "failing_since": sa.func.coalesce(
                    _columns.failing_since, sa.literal(at, type_=_columns.failing_since.type)
                ),
                "next_attempt_at": next_attempt_at,
                "last_error": dict(error),
            },
        )

    def _write(self, channel_id: UUID, values: Mapping[str, Any]) -> None:
        with self._database.single() as connection:
            statement = sa.update(channels).where(_IS_IT).values(**values)
            connection.execute(statement, {"wanted": channel_id})


def _decided(channel: Channel) -> dict[str, Any]:
    return values_of(
        channel,
        _DECIDED,
        service=channel.service[:60],
        events=list(channel.events),
        quiet=channel.quiet.as_json() if channel.quiet else None,
    )


def to_channel(row: sa.Row[Any]) -> Channel:
    """The row as a domain object; kinds that only a newer version knows are ignored."""
    ticked = row.events if isinstance(row.events, list) else []
    kinds = tuple(NoticeKind.read(str(one)) for one in ticked)
    return from_row(
        Channel,
        row,
        kind=ChannelKind.read(row.kind),
        events=tuple(kind for kind in kinds if kind is not NoticeKind.UNKNOWN),
        quiet=quiet_hours(row.quiet),
        last_error=row.last_error if isinstance(row.last_error, dict) else None,
    )
