"""Stores that are down when a test says so, and the owner's settings on them."""

from __future__ import annotations

from typing import Any

from helpr_core.adapters.sealing import KeySealer
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.decisions import SqlDecisions
from helpr_core.errors import HelprError, LogUnavailable, StateUnavailable
from helpr_core.services.decisions import Decided
from helpr_core.services.ports import StateStore
from helpr_core.services.site.settings import DOCUMENT, FRESH, Saved, StoredSettings
from helpr_core.services.site.site_code import CodeKeeper
from tests.services.worker import SetClock


class FlakyStore:
    """The store, except while it is `down`."""

    def __init__(self, store: object, error: type[HelprError]) -> None:
        self.down = False
        self._store = store
        self._error = error

    def __getattr__(self, name: str) -> Any:
        if self.down:
            raise self._error("it is down")
        return getattr(self._store, name)


def _sealer() -> KeySealer:
    return KeySealer("5e" * 32)


class Place:
    """A record and a state store, and the settings of any number of workers on them."""

    def __init__(self, record: Database, state: StateStore, clock: SetClock) -> None:
        self.record = FlakyStore(SqlDecisions(record), LogUnavailable)
        self.state = FlakyStore(state, StateUnavailable)
        self.clock = clock

    def decided(self) -> Decided[Saved]:
        """One worker's view of the settings."""
        state: Any = self.state
        return Decided(DOCUMENT, Saved(), lambda: self.record, state, self.clock, FRESH)

    def settings(self) -> StoredSettings:
        """The same, as the worker serves them."""
        return StoredSettings(
            self.decided(), self.clock, CodeKeeper("", _sealer, lambda _code: False)
        )
