"""Decisions about people that are read only from the database, and changed under its version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from helpr_core import shapes
from helpr_core.clock import Clock
from helpr_core.errors import LogUnavailable
from helpr_core.services.ports import Decisions
from helpr_core.texts import Message

T = TypeVar("T")

_TRIES = 5


class TableDecision(Generic[T]):
    """One decision by its name; `none` is what applies before the owner has decided anything.

    All methods raise LogUnavailable.
    """

    def __init__(self, name: str, none: T, table: Callable[[], Decisions], clock: Clock) -> None:
        self._name = name
        self._none = none
        self._table = table
        self._clock = clock

    def read(self) -> T:
        """The current value."""
        return self._read()[0]

    def change(self, changed: Callable[[T], T], by: str) -> T:
        """Replace it with what `changed` makes of it, even if others save at the same time."""
        for _ in range(_TRIES):
            before, version = self._read()
            after = changed(before)
            if after == before:
                return after
            value = shapes.write(after)
            if self._table().put(self._name, value, version + 1, version, self._clock(), by):
                return after
        raise LogUnavailable(Message("database.decision_contended"))

    def _read(self) -> tuple[T, int]:
        row = self._table().get(self._name)
        if row is None:
            return self._none, 0
        try:
            return shapes.read(type(self._none), row.value), row.version
        except shapes.Unreadable as exc:
            raise LogUnavailable(Message("database.newer_decision")) from exc
