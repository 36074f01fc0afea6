"""The places where a state store can be kept, and a way to use them concurrently."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

import sqlalchemy as sa

from helpr_core.adapters.sql import database as sql_database
from helpr_core.adapters.sql.models import state_counters, state_entries
from helpr_core.adapters.state import connect as tables_connect
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.adapters.state.tables import TABLE_NAMES, TablesStateStore
from helpr_core.clock import Clock, utc_now
from helpr_core.errors import HelprError
from helpr_core.services.ports import StateStore

T = TypeVar("T")


class MovableClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def after(self, seconds: float) -> datetime:
        """The moment that many seconds from now."""
        return self.now + timedelta(seconds=seconds)


class Place(Protocol):
    """Where a store's entries are; a test opens as many instances on it as it needs."""

    target: str

    def open(self, clock: Clock = utc_now) -> StateStore:
        """A store with its own connections, as another instance of Helpr has."""

    def clear(self) -> None:
        """Remove everything that was written, and close what was opened."""


class TablesPlace:
    """The three tables of an account."""

    def __init__(self, connection_string: str) -> None:
        self.target = connection_string

    def open(self, clock: Clock = utc_now) -> StateStore:
        return TablesStateStore(tables_connect.connect(self.target), clock)

    def clear(self) -> None:
        # The next test then also shows that missing tables are created.
        with tables_connect.connect(self.target) as service:
            for name in TABLE_NAMES.values():
                service.delete_table(name)


class SqlPlace:
    """Two tables of a database."""

    def __init__(self, url: str) -> None:
        self.target = url
        self._opened: list[sql_database.Database] = []

    def open(self, clock: Clock = utc_now) -> StateStore:
        database = sql_database.connect(self.target)
        self._opened.append(database)
        return SqlStateStore(database, clock)

    def clear(self) -> None:
        database = sql_database.connect(self.target)
        with database.begin() as connection:
            connection.execute(sa.delete(state_entries))
            connection.execute(sa.delete(state_counters))
        for opened in (*self._opened, database):
            opened.dispose()
        self._opened.clear()


def all_at_once(calls: list[Callable[[], T]]) -> list[T | HelprError]:
    """Run all calls in threads of their own, starting together, and return their results."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | HelprError:
        barrier.wait()
        try:
            return call()
        except HelprError as exc:
            return exc

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
