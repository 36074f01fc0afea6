"""The state store in the SQL database, without Azure Tables."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import UtcDateTime, state_counters, state_entries
from helpr_core.adapters.sql.upsert import insert
from helpr_core.adapters.state.values import (
    check_expiry,
    check_key,
    check_kind,
    check_prefix,
    check_window,
    is_past,
    text_to_value,
    value_to_text,
    within,
)
from helpr_core.clock import Clock, utc_now
from helpr_core.errors import EntryChanged, EntryExists, LogUnavailable, StateUnavailable
from helpr_core.services.ports import SITE, Counter, Entry

_KEY_COLUMNS = ["kind", "key"]
_VERSION_BITS = 63

# Written by hand: SQLAlchemy compiles an ON CONFLICT at each execution, which takes 1 ms.
_ADD_TEXT = """
INSERT INTO state_counters AS counter (kind, key, value, expires_at)
VALUES (:kind, :key, :amount, :expires_at)
ON CONFLICT (kind, key) DO UPDATE SET
    value = excluded.value
        + CASE WHEN counter.expires_at > :now THEN counter.value ELSE 0 END,
    expires_at =
        CASE WHEN counter.expires_at > :now AND counter.expires_at < excluded.expires_at
        THEN counter.expires_at ELSE excluded.expires_at END
RETURNING value, expires_at"""
# A counter need not survive a crash, so its commit does not wait for the disk. Set within the
# statement, because a separate one would be another round trip.
_WITHOUT_WAITING = ", set_config('synchronous_commit', 'off', true)"


def _addition(text: str) -> Any:
    times = [sa.bindparam(name, type_=UtcDateTime()) for name in ("expires_at", "now")]
    return sa.text(text).bindparams(*times).columns(value=sa.BigInteger, expires_at=UtcDateTime)


_ADD: dict[str, Any] = {
    "sqlite": _addition(_ADD_TEXT),
    "postgresql": _addition(_ADD_TEXT + _WITHOUT_WAITING),
}

_entries = state_entries.c
_counters = state_counters.c


class SqlStateStore:
    """StateStore over SQLAlchemy; see the port for what each method promises.

    Every write gives the entry a random version, which is its ETag: a counter would repeat after a
    delete and an insert.
    """

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def get(self, kind: str, key: str) -> Entry | None:
        check_key(kind, key)
        query = sa.select(state_entries).where(*self._live(kind, key))
        with self._single() as connection:
            row = connection.execute(query).one_or_none()
        return _entry(row) if row is not None else None

    def put(
        self, kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None = None
    ) -> Entry:
        """Write, whatever was there."""
        new = _checked_row(kind, key, value, expires_at)
        upsert = self._upsert(new)
        with self._begin() as connection:
            connection.execute(upsert)
        return _new_entry(new)

    def insert(
        self, kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None = None
    ) -> Entry:
        """Write if nothing is there, or if what is there has expired."""
        new = _checked_row(kind, key, value, expires_at)
        upsert = self._upsert(new, where=_entries.expires_at <= self._clock())
        with self._begin() as connection:
            written = connection.execute(upsert.returning(_entries.version)).one_or_none()
        if written is None:
            raise EntryExists
        return _new_entry(new)

    def replace(
        self,
        kind: str,
        key: str,
        value: Mapping[str, Any],
        etag: str,
        expires_at: datetime | None = None,
    ) -> Entry:
        new = _checked_row(kind, key, value, expires_at)
        update = (
            sa.update(state_entries)
            .where(*self._live(kind, key), _entries.version == _version(etag))
            .values(new)
        )
        with self._begin() as connection:
            if connection.execute(update).rowcount == 0:
                raise EntryChanged
        return _new_entry(new)

    def delete(self, kind: str, key: str, etag: str | None = None) -> bool:
        """Remove; True for the one caller that removed it."""
        check_key(kind, key)
        delete = sa.delete(state_entries).where(*self._live(kind, key))
        if etag is not None:
            delete = delete.where(_entries.version == _version(etag))
        with self._begin() as connection:
            removed = connection.execute(delete).rowcount > 0
        if etag is not None and not removed:
            raise EntryChanged
        return removed

    def list(self, kind: str, prefix: str = "") -> Sequence[Entry]:
        check_prefix(kind, prefix)
        # Not LIKE: "_" is a wildcard there, and SQLite's ignores case.
        starts = sa.func.substr(_entries.key, 1, len(prefix)) == prefix
        query = sa.select(state_entries).where(*self._live(kind), starts)
        with self._single() as connection:
            rows = connection.execute(query).all()
        # Sorted here: a PostgreSQL database may use a language's collation.
        return sorted((_entry(row) for row in rows), key=lambda entry: entry.key)

    def increment(self, kind: str, key: str, amount: int, window_seconds: int) -> Counter:
        """Add to a counter in one statement; with an amount of 0 nothing is written."""
        check_key(kind, key)
        check_window(window_seconds)
        now = self._clock()
        fresh = Counter(amount, now + timedelta(seconds=window_seconds))
        if amount == 0:
            return within(self._counter(kind, key, now) or fresh, fresh.expires_at)
        with self._single() as connection:
            row = connection.execute(
                _ADD[self._database.dialect],
                {
                    "kind": kind,
                    "key": key,
                    "amount": amount,
                    "expires_at": fresh.expires_at,
                    "now": now,
                },
            ).one()
        return Counter(row.value, row.expires_at)

    def purge_expired(self, kind: str, limit: int = 1000) -> int:
        check_kind(kind)
        now = self._clock()
        purged = 0
        with self._begin() as connection:
            for table in (state_entries, state_counters):
                past = (table.c.kind == kind, table.c.expires_at <= now)
                keys = sa.select(table.c.key).where(*past).limit(limit - purged)
                # `past` twice: a row may be renewed between being found and deleted.
                delete = sa.delete(table).where(*past, table.c.key.in_(keys))
                purged += connection.execute(delete).rowcount
        return purged

    def ping(self) -> None:
        """Write an entry and delete it again, in one transaction that nobody sees."""
        expires_at = self._clock() + timedelta(minutes=1)
        new = _checked_row(SITE, f"ping-{secrets.token_hex(8)}", {}, expires_at)
        with self._begin() as connection:
            connection.execute(sa.insert(state_entries), new)
            connection.execute(
                sa.delete(state_entries).where(
                    _entries.kind == new["kind"], _entries.key == new["key"]
                )
            )

    def _live(self, kind: str, key: str | None = None) -> tuple[sa.ColumnElement[bool], ...]:
        lives = sa.or_(_entries.expires_at.is_(None), _entries.expires_at > self._clock())
        if key is None:
            return (_entries.kind == kind, lives)
        return (_entries.kind == kind, _entries.key == key, lives)

    def _upsert(self, new: Mapping[str, Any], where: Any = None) -> Any:
        return (
            insert(self._database.dialect, state_entries)
            .values(new)
            .on_conflict_do_update(
                index_elements=_KEY_COLUMNS,
                set_={name: new[name] for name in ("value", "version", "expires_at")},
                where=where,
            )
        )

    def _counter(self, kind: str, key: str, now: datetime) -> Counter | None:
        query = sa.select(_counters.value, _counters.expires_at).where(
            _counters.kind == kind, _counters.key == key
        )
        with self._single() as connection:
            row = connection.execute(query).one_or_none()
        if row is None or is_past(row.expires_at, now):
            return None
        return Counter(row.value, row.expires_at)

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        with _translated(), self._database.begin() as connection:
            yield connection

    @contextmanager
    def _single(self) -> Iterator[sa.Connection]:
        with _translated(), self._database.single() as connection:
            yield connection


def put_all(
    connection: sa.Connection, kinds: Sequence[str], entries: Iterable[tuple[str, str, Any]]
) -> None:
    """Replace all lasting entries of these kinds with these (kind, key, value).

    Nothing is committed here. Raises ValueError for one that the store would not accept.
    """
    lasting = sa.delete(state_entries).where(_entries.kind.in_(kinds))
    connection.execute(lasting.where(_entries.expires_at.is_(None)))
    for kind, key, value in entries:
        new = _checked_row(kind, key, value, None)
        # A short-lived entry may have that name: housekeeping's lease is not the owner's.
        connection.execute(
            sa.delete(state_entries).where(_entries.kind == kind, _entries.key == key)
        )
        connection.execute(sa.insert(state_entries), new)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except LogUnavailable as exc:
        raise StateUnavailable(exc.words, exc.retry_after_seconds, fix=exc.fix) from exc


def _checked_row(
    kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None
) -> dict[str, Any]:
    check_key(kind, key)
    check_expiry(expires_at)
    return {
        "kind": kind,
        "key": key,
        "value": value_to_text(value),
        "version": secrets.randbits(_VERSION_BITS),
        "expires_at": expires_at,
    }


def _version(etag: str) -> int:
    """The version that an ETag names; -1, which no entry has, for a foreign ETag."""
    version = int(etag) if etag.isascii() and etag.isdigit() and len(etag) < 20 else -1
    return version if version < 2**_VERSION_BITS else -1  # otherwise more than a bigint


def _entry(row: Any) -> Entry:
    return Entry(row.key, text_to_value(row.value), str(row.version), row.expires_at)


def _new_entry(new: Mapping[str, Any]) -> Entry:
    value = text_to_value(new["value"])
    return Entry(new["key"], value, str(new["version"]), new["expires_at"])
