"""Entries and counters as rows of a table.

Both kinds of row have an `ExpiresAt` (absent: never) and separate partitions, so that an entry and
a counter may have the same key.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from azure.data.tables import EdmType

from helpr_core.adapters.state.values import text_to_value, value_to_text
from helpr_core.errors import StateUnavailable
from helpr_core.services.ports import Counter, Entry
from helpr_core.texts import Message

ENTRIES = "entries"
COUNTERS = "counters"

# A property holds 64 KiB of UTF-16 (https://learn.microsoft.com/rest/api/storageservices/
# understanding-the-table-service-data-model), and a character takes up to 4 bytes of it.
_CHUNK_CHARACTERS = 16_000


def entry_to_row(key: str, value: Mapping[str, Any], expires_at: datetime | None) -> dict[str, Any]:
    """The row for an entry; raises ValueError as the port says."""
    text = value_to_text(value)
    row: dict[str, Any] = {"PartitionKey": ENTRIES, "RowKey": key}
    for number, start in enumerate(range(0, len(text), _CHUNK_CHARACTERS)):
        row[f"Value{number}"] = text[start : start + _CHUNK_CHARACTERS]
    if expires_at is not None:
        row["ExpiresAt"] = expires_at.astimezone(UTC)
    return row


def row_to_entry(row: Mapping[str, Any], etag: str) -> Entry:
    """The entry in a row; StateUnavailable if somebody else wrote it."""
    chunks: list[str] = []
    while f"Value{len(chunks)}" in row:
        chunks.append(str(row[f"Value{len(chunks)}"]))
    return Entry(row["RowKey"], text_to_value("".join(chunks)), etag, expiry_of(row))


def counter_to_row(key: str, counter: Counter) -> dict[str, Any]:
    """The row for a counter."""
    return {
        "PartitionKey": COUNTERS,
        "RowKey": key,
        "Count": (counter.value, EdmType.INT64),
        "ExpiresAt": counter.expires_at.astimezone(UTC),
    }


def row_to_counter(row: Mapping[str, Any]) -> Counter:
    """The counter in a row; StateUnavailable if somebody else wrote it."""
    expires_at = expiry_of(row)
    try:
        value = int(row["Count"].value)
    except (AttributeError, KeyError, TypeError, ValueError):
        expires_at = None
    if expires_at is None:
        raise StateUnavailable(Message("state.counter_not_ours"))
    return Counter(value, expires_at)


def expiry_of(row: Mapping[str, Any]) -> datetime | None:
    """When the row expires, as plain aware UTC; None for never."""
    written = row.get("ExpiresAt")
    if not isinstance(written, datetime):
        return None
    # The SDK's own subclass of datetime would end up in answers and caches.
    return datetime.fromtimestamp(0, UTC) + (written - datetime.fromtimestamp(0, UTC))
