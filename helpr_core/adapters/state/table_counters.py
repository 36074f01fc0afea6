"""Counters in Azure Tables, which can compare-and-swap but not add."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import SystemRandom
from threading import Lock

from helpr_core.adapters.state.azure_table import AzureTable, etag_of
from helpr_core.adapters.state.shared_additions import Key, SharedAdditions
from helpr_core.adapters.state.table_rows import COUNTERS, counter_to_row, row_to_counter
from helpr_core.adapters.state.values import is_past, within
from helpr_core.clock import Clock
from helpr_core.errors import StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.ports import Counter
from helpr_core.texts import Message

_REMEMBERED = 2048
_PATIENCE_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 0.2

_random = SystemRandom()


@dataclass(frozen=True, slots=True)
class _Known:
    counter: Counter
    etag: str


class TableCounters:
    """Adds by compare-and-swap on the row's ETag.

    This process remembers what it wrote last: an addition is then one round trip while nobody else
    writes. The ETag makes a stale memory harmless. Threads of this process take turns on a counter,
    and waiting ones share one write; only other processes can get in between.
    """

    def __init__(self, tables: Mapping[str, AzureTable], clock: Clock) -> None:
        self._tables = tables
        self._clock = clock
        self._shared = SharedAdditions(self._add)
        self._memory = _Memory()

    def increment(self, kind: str, key: str, amount: int, window_seconds: int) -> Counter:
        """As the port says; with an amount of 0 nothing is written."""
        if amount == 0:
            known = self._read(kind, key)
            return _advance(known, 0, window_seconds, self._clock())
        return self._shared.add(Key(kind, key, window_seconds), amount)

    def _add(self, to: Key, amount: int) -> Counter:
        kind, key, window_seconds = to
        known = self._memory.pop((kind, key)) or self._read(kind, key)
        for pause in _pauses():
            counter = _advance(known, amount, window_seconds, self._clock())
            etag = self._write(kind, key, counter, known)
            if etag is not None:
                self._memory.keep((kind, key), _Known(counter, etag))
                return counter
            time.sleep(pause)
            known = self._read(kind, key)
        raise StateUnavailable(Message("state.counter_contended"))

    def _read(self, kind: str, key: str) -> _Known | None:
        row = self._tables[kind].read(COUNTERS, key)
        return _Known(row_to_counter(row), etag_of(row)) if row is not None else None

    def _write(self, kind: str, key: str, counter: Counter, known: _Known | None) -> str | None:
        row = counter_to_row(key, counter)
        if known is None:
            return self._tables[kind].create(row)
        return self._tables[kind].swap(row, known.etag)


def _advance(known: _Known | None, amount: int, window_seconds: int, now: datetime) -> Counter:
    latest = now + timedelta(seconds=window_seconds)
    if known is None or is_past(known.counter.expires_at, now):
        return Counter(amount, latest)
    return within(Counter(known.counter.value + amount, known.counter.expires_at), latest)


def _pauses() -> Iterator[float]:
    """How long to wait after each lost race: none at first, then random and growing."""
    yield 0.0
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    longest = 0.01
    while time.monotonic() < give_up_at:
        yield _random.uniform(0, longest)
        longest = min(longest * 2, _LONGEST_PAUSE_SECONDS)


class _Memory:
    """The counters written last, `_REMEMBERED` of them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    def pop(self, key: tuple[str, str]) -> _Known | None:
        with self._lock:
            return self._kept.pop(key, None)

    def keep(self, key: tuple[str, str], known: _Known) -> None:
        with self._lock:
            self._kept[key] = known
            if len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
