"""Documents in the state store: each with a place and a shape, and read tolerantly."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from helpr_core import shapes
from helpr_core.errors import EntryChanged, EntryExists
from helpr_core.frozen import dataclass
from helpr_core.services.ports import Entry, StateStore

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What is stored for a document: nothing, or an entry, and its value if it can be read."""

    value: T | None = None
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Document(Generic[T]):
    """One JSON document: `kind` and `key` are its place, the dataclass `shape` its form.

    `modernised` converts what an earlier version wrote to the current shape. All methods raise
    StateUnavailable.
    """

    kind: str
    key: str
    shape: type[T]
    modernised: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict

    def named(self, name: str) -> Document[T]:
        """One of many documents of this shape, whose keys begin with this one's key."""
        return replace(self, key=f"{self.key}{name}")

    def find(self, state: StateStore) -> Found[T]:
        """What is stored now; an entry that this version cannot read has no value."""
        entry = state.get(self.kind, self.key)
        return Found(self.read(entry.value) if entry else None, entry)

    def all(self, state: StateStore) -> Sequence[tuple[Entry, T]]:
        """All readable documents whose keys begin with this one's key."""
        read = ((entry, self.read(entry.value)) for entry in state.list(self.kind, self.key))
        return [(entry, value) for entry, value in read if value is not None]

    def put(self, state: StateStore, value: T, expires_at: datetime | None = None) -> Found[T]:
        """Write it, replacing anything there."""
        return Found(value, state.put(self.kind, self.key, shapes.write(value), expires_at))

    def swap(
        self, state: StateStore, found: Found[T], value: T, expires_at: datetime | None = None
    ) -> Found[T]:
        """Replace what was found with it, keeping keys that another version added.

        Raises EntryChanged if somebody else has written since.
        """
        before = found.entry
        written = shapes.write(value, before.value if before else None)
        try:
            if before is None:
                entry = state.insert(self.kind, self.key, written, expires_at)
            else:
                entry = state.replace(self.kind, self.key, written, before.etag, expires_at)
        except EntryExists as exc:
            raise EntryChanged from exc
        return Found(value, entry)

    def read(self, stored: Mapping[str, Any]) -> T | None:
        """The value of that JSON, whatever it is; None if it does not have the shape."""
        try:
            modern = self.modernised(stored) if isinstance(stored, Mapping) else stored
            return shapes.read(self.shape, modern)
        except shapes.Unreadable as exc:
            log.warning("document not readable kind=%s key=%s: %s", self.kind, self.key, exc)
            return None
