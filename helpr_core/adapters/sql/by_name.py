"""Dataclasses from and to rows, where a field and its column have the same name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def from_row(kind: type[T], row: Any, /, **others: Any) -> T:
    """The dataclass in that row: a field that is not in `others` is the column of that name."""
    wanted: Any = kind
    names = [field.name for field in fields(wanted) if field.name not in others]
    return kind(**{name: getattr(row, name) for name in names}, **others)


def values_of(thing: object, columns: Iterable[str], /, **others: Any) -> dict[str, Any]:
    """What is written to these columns: those not in `others` are the thing's fields."""
    return {name: getattr(thing, name) for name in columns if name not in others} | others
