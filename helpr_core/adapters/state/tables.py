"""The state store in Azure Tables: one table for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from secrets import token_hex
from typing import Any

from azure.data.tables import TableEntity, TableServiceClient

from helpr_core.adapters.state.azure_table import AT_ONCE, AzureTable, etag_of
from helpr_core.adapters.state.table_counters import TableCounters
from helpr_core.adapters.state.table_rows import ENTRIES, entry_to_row, expiry_of, row_to_entry
from helpr_core.adapters.state.values import (
    check_expiry,
    check_key,
    check_kind,
    check_prefix,
    check_window,
    is_past,
)
from helpr_core.clock import Clock, utc_now
from helpr_core.errors import EntryChanged, EntryExists, StateUnavailable
from helpr_core.services.ports import INBOX, LIMITS, PLEX, SESSIONS, SITE, Counter, Entry
from helpr_core.texts import Message

TABLE_NAMES = {
    SITE: "HelprSite",
    PLEX: "HelprPlex",
    LIMITS: "HelprLimits",
    SESSIONS: "HelprSessions",
    INBOX: "HelprInbox",
}
"""The table of each kind; a test compares infra/ with it."""

_TRIES = 10


class TablesStateStore:
    """StateStore over Azure Tables; see the port for what each method promises."""

    def __init__(self, service: TableServiceClient, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._tables = {
            kind: AzureTable(service.get_table_client(name)) for kind, name in TABLE_NAMES.items()
        }
        self._counters = TableCounters(self._tables, clock)

    def get(self, kind: str, key: str) -> Entry | None:
        check_key(kind, key)
        row = self._live_row(kind, key)
        return row_to_entry(row, etag_of(row)) if row is not None else None

    def put(
        self, kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None = None
    ) -> Entry:
        """Write, whatever was there."""
        row = _checked_row(kind, key, value, expires_at)
        return _written(row, self._tables[kind].overwrite(row))

    def insert(
        self, kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None = None
    ) -> Entry:
        """Write if nothing is there, or if what is there has expired."""
        row = _checked_row(kind, key, value, expires_at)
        table = self._tables[kind]
        for _ in range(_TRIES):
            etag = table.create(row)
            if etag is None:
                etag = self._take_over(table, row)
            if etag is not None:
                return _written(row, etag)
        raise StateUnavailable(Message("state.contended"))

    def replace(
        self,
        kind: str,
        key: str,
        value: Mapping[str, Any],
        etag: str,
        expires_at: datetime | None = None,
    ) -> Entry:
        row = _checked_row(kind, key, value, expires_at)
        # Checked first: the service would also swap an expired entry, and accepts the ETag "*" for
        # any version.
        found = self._live_row(kind, key)
        if found is None or etag_of(found) != etag:
            raise EntryChanged
        new_etag = self._tables[kind].swap(row, etag)
        if new_etag is None:
            raise EntryChanged
        return _written(row, new_etag)

    def delete(self, kind: str, key: str, etag: str | None = None) -> bool:
        """Remove; True for the one caller that removed it."""
        check_key(kind, key)
        for _ in range(_TRIES):
            found = self._live_row(kind, key)
            if etag is not None and (found is None or etag_of(found) != etag):
                raise EntryChanged
            if found is None:
                return False
            if self._tables[kind].remove(ENTRIES, key, etag_of(found)):
                return True
        raise StateUnavailable(Message("state.contended"))

    def list(self, kind: str, prefix: str = "") -> Sequence[Entry]:
        check_prefix(kind, prefix)
        query = f"PartitionKey eq '{ENTRIES}'"
        if prefix:
            # The first string after all those with the prefix; keys are ASCII.
            behind = prefix[:-1] + chr(ord(prefix[-1]) + 1)
            query += f" and RowKey ge '{prefix}' and RowKey lt '{behind}'"
        now = self._clock()
        # The service orders by partition and row key, across its pages too.
        return [
            row_to_entry(row, etag_of(row))
            for row in self._tables[kind].query(query)
            if not is_past(expiry_of(row), now)
        ]

    def increment(self, kind: str, key: str, amount: int, window_seconds: int) -> Counter:
        check_key(kind, key)
        check_window(window_seconds)
        return self._counters.increment(kind, key, amount, window_seconds)

    def purge_expired(self, kind: str, limit: int = 1000) -> int:
        check_kind(kind)
        table = self._tables[kind]
        now = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        past = table.query(
            f"ExpiresAt le datetime'{now}'", select=["PartitionKey", "RowKey", "ExpiresAt"]
        )
        purged = 0
        # Ordered by partition, because only rows of one can be deleted together.
        for _, rows in groupby(islice(past, limit), key=lambda row: str(row["PartitionKey"])):
            for together in _chunks(rows, AT_ONCE):
                purged += table.remove_all(together)
        return purged

    def ping(self) -> None:
        """Write an entry and delete it again; it expires soon in any case."""
        row = _checked_row(SITE, f"ping-{token_hex(8)}", {}, self._clock() + timedelta(minutes=1))
        etag = self._tables[SITE].overwrite(row)
        self._tables[SITE].remove(ENTRIES, row["RowKey"], etag)

    def _live_row(self, kind: str, key: str) -> TableEntity | None:
        row = self._tables[kind].read(ENTRIES, key)
        return None if row is None or is_past(expiry_of(row), self._clock()) else row

    def _take_over(self, table: AzureTable, row: Mapping[str, Any]) -> str | None:
        """The ETag after overwriting an expired row; None if it vanished meanwhile."""
        found = table.read(ENTRIES, row["RowKey"])
        if found is None:
            return None
        if not is_past(expiry_of(found), self._clock()):
            raise EntryExists
        return table.swap(row, etag_of(found))


def _checked_row(
    kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None
) -> dict[str, Any]:
    check_key(kind, key)
    check_expiry(expires_at)
    return entry_to_row(key, value, expires_at)


def _written(row: Mapping[str, Any], etag: str) -> Entry:
    return row_to_entry(row, etag)


def _chunks(rows: Iterable[TableEntity], size: int) -> Iterator[list[TableEntity]]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, size)):
        yield chunk
