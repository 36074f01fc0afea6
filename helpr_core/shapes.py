"""Dataclasses as JSON that two versions running side by side can both read.

A missing field gets its default, a key without a field is ignored, and an unreadable element of a
collection is left out. If a required field is missing or has the wrong type, the whole is
`Unreadable`. None is written as a missing field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache, partial
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")
Reader = Callable[[Any], Any]

FLAT = {"flat": True}
"""Metadata for a field whose own fields are written beside the others, not below its name."""


class Unreadable(ValueError):
    """JSON that does not have the wanted shape."""


def read(shape: type[T], value: object) -> T:
    """The dataclass that the JSON stands for. Raises Unreadable."""
    wanted: Any = shape
    try:
        found: T = _reader(wanted)(value)
    except (TypeError, ValueError, OverflowError) as exc:
        raise Unreadable(f"not a {shape.__name__}") from exc
    return found


def write(value: object, over: object = None) -> Any:
    """The value as JSON; keys of `over` without a field in its dataclasses stay."""
    if is_dataclass(value) and not isinstance(value, type):
        return _write_fields(value, over if isinstance(over, Mapping) else {})
    if isinstance(value, Mapping):
        return {name: write(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [write(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return value.to_json() if hasattr(value, "to_json") else _write_scalar(value)


def _write_scalar(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, UUID) else value


def _write_fields(value: Any, over: Mapping[str, Any]) -> dict[str, Any]:
    shape: Any = type(value)
    written = {name: one for name, one in over.items() if name not in _names(shape)}
    for field in fields(value):
        one = getattr(value, field.name)
        if one is not None and _is_flat(field):
            written |= {name: part for name, part in write(one).items() if part is not None}
        elif one is not None:
            written[field.name] = write(one, over.get(field.name))
    return written


_hints = cache(get_type_hints)


@cache
def _names(shape: Any) -> frozenset[str]:
    """Every key that the shape has at its own level."""
    hints = _hints(shape)
    flat = (_names(_without_none(hints[one.name])) for one in fields(shape) if _is_flat(one))
    return frozenset().union((one.name for one in fields(shape) if not _is_flat(one)), *flat)


@cache
def _reader(shape: Any) -> Reader:
    """The reader for values of that type; it raises TypeError or ValueError."""
    origin, arguments = get_origin(shape), get_args(shape)
    if is_dataclass(shape):
        return partial(_read_fields, shape)
    if origin in (Union, UnionType):
        readers = [_reader(one) for one in arguments if one is not type(None)]
        return partial(_read_either, readers, type(None) in arguments)
    if origin is tuple and arguments[-1] is not ...:
        return partial(_read_each, [_reader(one) for one in arguments])
    if origin in (tuple, frozenset):
        return partial(_read_all, origin, _reader(arguments[0]))
    if origin is Mapping:
        return partial(_read_mapping, _reader(arguments[1]))
    if isinstance(shape, type) and issubclass(shape, Enum):
        return getattr(shape, "read", shape)
    if hasattr(shape, "from_json"):
        return cast(Reader, shape.from_json)
    return _SCALARS.get(shape) or partial(_read_plain, shape)


def _read_fields(shape: Any, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise TypeError
    hints: Mapping[str, Any] = _hints(shape)
    given: dict[str, Any] = {}
    for field in fields(shape):
        if _is_flat(field):
            given |= _read_flat(field, hints[field.name], value)
        elif value.get(field.name) is not None:
            given[field.name] = _reader(hints[field.name])(value[field.name])
    return shape(**given)  # TypeError if a field without a default is missing


def _read_flat(field: Field[Any], shape: Any, value: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {field.name: _reader(shape)(value)}
    except (TypeError, ValueError):
        if field.default is MISSING:
            raise
        return {}


def _read_either(readers: list[Reader], may_be_none: bool, value: Any) -> Any:
    if value is None and may_be_none:
        return None
    for reader in readers[:-1]:
        with suppress(TypeError, ValueError):
            return reader(value)
    return readers[-1](value)


def _read_each(readers: list[Reader], value: Any) -> Any:
    return tuple(reader(one) for reader, one in zip(readers, value, strict=True))


def _read_all(make: Callable[[Any], Any], reader: Reader, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise TypeError
    found = []
    for one in value:
        try:
            found.append(reader(one))
        except (TypeError, ValueError):
            continue
    return make(found)


def _read_mapping(reader: Reader, value: Any) -> Any:
    return {str(name): reader(one) for name, one in dict(value).items()}


def _read_plain(shape: Any, value: Any) -> Any:
    if shape is Any:
        return value
    # To Python a bool is an int; to JSON it is not.
    if not isinstance(value, shape) or (isinstance(value, bool) and shape is not bool):
        raise TypeError
    return value


def _read_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _read_time(value: Any) -> datetime:
    time = datetime.fromisoformat(value)
    if time.tzinfo is None:
        raise ValueError
    return time


_SCALARS: dict[Any, Reader] = {
    datetime: _read_time,
    float: _read_number,
    timedelta: lambda value: timedelta(seconds=_read_number(value)),
    UUID: lambda value: UUID(_read_plain(str, value)),
}


def _without_none(shape: Any) -> Any:
    return next((one for one in get_args(shape) if one is not type(None)), shape)


def _is_flat(field: Field[Any]) -> bool:
    return bool(field.metadata.get("flat"))
