"""A state store in a dictionary, for tests of thousands of runs on one thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from helpr_core.clock import Clock
from helpr_core.errors import EntryChanged, EntryExists
from helpr_core.services.ports import Counter, Entry


class DictState:
    """StateStore; see the port for what each method does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[tuple[str, str], Entry] = {}
        self._writes = count()

    def get(self, kind: str, key: str) -> Entry | None:
        found = self._entries.get((kind, key))
        gone = found is not None and found.expires_at and found.expires_at <= self._clock()
        return None if gone else found

    def put(
        self, kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None = None
    ) -> Entry:
        entry = Entry(key, dict(value), str(next(self._writes)), expires_at)
        self._entries[kind, key] = entry
        return entry

    def insert(
        self, kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None = None
    ) -> Entry:
        if self.get(kind, key):
            raise EntryExists
        return self.put(kind, key, value, expires_at)

    def replace(
        self,
        kind: str,
        key: str,
        value: Mapping[str, Any],
        etag: str,
        expires_at: datetime | None = None,
    ) -> Entry:
        found = self.get(kind, key)
        if found is None or found.etag != etag:
            raise EntryChanged
        return self.put(kind, key, value, expires_at)

    def delete(self, kind: str, key: str, etag: str | None = None) -> bool:
        found = self.get(kind, key)
        if etag is not None and (found is None or found.etag != etag):
            raise EntryChanged
        return self._entries.pop((kind, key), None) is not None

    def list(self, kind: str, prefix: str = "") -> Sequence[Entry]:
        keys = sorted(key for of, key in self._entries if of == kind and key.startswith(prefix))
        return [entry for key in keys if (entry := self.get(kind, key))]

    def increment(self, kind: str, key: str, amount: int, window_seconds: int) -> Counter:
        found = self.get(kind, key)
        until = self._clock() + timedelta(seconds=window_seconds)
        if found and found.expires_at:
            until = found.expires_at
        value = (found.value["count"] if found else 0) + amount
        self.put(kind, key, {"count": value}, until)
        return Counter(value, until)

    def purge_expired(self, kind: str, limit: int = 1000) -> int:
        keys = [one for one in self._entries if one[0] == kind and self.get(*one) is None]
        for one in keys[:limit]:
            del self._entries[one]
        return len(keys[:limit])

    def ping(self) -> None:
        """Always available."""
