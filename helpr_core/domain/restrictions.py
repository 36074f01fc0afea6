"""Restrictions by named field: a field that is not named stays as it is.

Terms, promises and operations store them like this; `domain.people.Restrictions` has all fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from helpr_core.domain.people import Restrictions, read_restrictions

FIELDS = ("downloads", "live_tv", "subtitles", "movies", "television", "music")
_SWITCHES = ("downloads", "subtitles")


def to_terms(fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Fields as stored in `Terms.restrictions`."""
    return tuple((name, _text(fields[name])) for name in FIELDS if fields.get(name) is not None)


def of_terms(kept: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Fields from terms; those that only a newer version knows are ignored."""
    return {
        name: value == "true" if name in _SWITCHES else value
        for name, value in kept
        if name in FIELDS
    }


def known(fields: object) -> dict[str, Any]:
    """The fields of a stored promise or target; {} if there are none."""
    if not isinstance(fields, Mapping):
        return {}
    return {name: fields[name] for name in FIELDS if fields.get(name) is not None}


def merged(current: Restrictions, fields: Mapping[str, Any]) -> Restrictions:
    """The current restrictions, with the named fields replaced."""
    return read_restrictions(asdict(current) | known(fields)) or current


def holds(current: Restrictions, fields: Mapping[str, Any]) -> bool:
    """Whether each named field is as promised."""
    return merged(current, fields) == current


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
