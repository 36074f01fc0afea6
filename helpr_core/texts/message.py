"""A sentence before it has a language: a code and its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

Value: TypeAlias = "str | int | float | date | datetime | timedelta | Message | tuple[Value, ...]"
"""Numbers, times and lists are formatted as in the language. An id or a port is text."""

SENTENCES = "join.sentences"
CLAUSES = "join.clauses"


class Message:
    """`code` names an entry of the catalogues; `count`, if there is one, chooses the plural form.

    str() gives the code with its parameters, for the log, which has no language.
    """

    __slots__ = ("code", "params")

    code: str
    params: Mapping[str, Value]

    def __init__(self, code: str, /, **params: Value) -> None:
        self.code = code
        self.params = params

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (self.code, self.params) == (other.code, other.params)

    def __hash__(self) -> int:
        return hash(self.code)

    def __repr__(self) -> str:
        given = "".join(f", {name}={value!r}" for name, value in self.params.items())
        return f"Message({self.code!r}{given})"

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.params.items())])

    def to_json(self) -> dict[str, Any]:
        """The form stored in rows and in the state store."""
        params = {name: _to_json(value) for name, value in self.params.items()}
        return {"code": self.code, "params": params}

    @classmethod
    def from_json(cls, stored: object) -> Message:
        """The message that was stored; parameters that cannot be read are left out.

        Raises TypeError or ValueError if it is not a message.
        """
        if not isinstance(stored, Mapping) or not isinstance(stored.get("code"), str):
            raise TypeError("not a message")
        read = {name: _from_json(value) for name, value in (stored.get("params") or {}).items()}
        return cls(stored["code"], **{name: one for name, one in read.items() if one is not None})


Words: TypeAlias = Message | str
"""A message, or text without a translation: what plex.tv said, what an old row contains."""


def _to_json(value: Value) -> Any:
    if isinstance(value, Message):
        return value.to_json()
    if isinstance(value, tuple):
        return [_to_json(one) for one in value]
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _from_json(stored: Any) -> Value | None:
    """The parameter; None if it is of a kind unknown to this version."""
    if isinstance(stored, list):
        return tuple(one for one in map(_from_json, stored) if one is not None)
    if not isinstance(stored, Mapping):
        return stored if isinstance(stored, str | int | float) else None
    try:
        if "seconds" in stored:
            return timedelta(seconds=stored["seconds"])
        if "time" in stored:
            return datetime.fromisoformat(stored["time"])
        if "date" in stored:
            return date.fromisoformat(stored["date"])
        return Message.from_json(stored)
    except (TypeError, ValueError, OverflowError):
        return None


def sentences(*parts: Words) -> Words:
    """One after the other; empty ones are left out."""
    return _joined(SENTENCES, parts)


def clauses(*parts: Words) -> Words:
    """Parts of one sentence."""
    return _joined(CLAUSES, parts)


def quoted(names: Iterable[str]) -> tuple[Message, ...]:
    """A list of names, each in the language's quotation marks."""
    return tuple(Message("join.quoted", name=name) for name in names)


def _joined(code: str, parts: tuple[Words, ...]) -> Words:
    said = tuple(part for part in parts if part)
    return said[0] if len(said) == 1 else Message(code, parts=said) if said else ""
