"""Numbers, times and lists as formatted in a language; its file says how (`format.…`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from helpr_core.texts.message import Message, Value

Say = Callable[[Message], str]
_MINUTES_UNTIL = timedelta(hours=2)
_HOURS_UNTIL = timedelta(days=2)


def shown(value: Value, say: Say) -> str:
    """The value as text; `say` turns messages into that language."""
    if isinstance(value, str):
        return value
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, tuple):
        return _list([shown(item, say) for item in value], say)
    if isinstance(value, timedelta):
        return say(_duration(value))
    if isinstance(value, date):
        return _moment(value, say)
    return _number(value, say)


def _number(value: float, say: Say) -> str:
    digits = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    decimal, thousands = say(Message("format.decimal")), say(Message("format.thousands"))
    return digits.translate({ord("."): decimal, ord(","): thousands})


def _moment(value: date, say: Say) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    months = say(Message("format.months")).split()
    parts = {"day": str(value.day), "month": months[value.month - 1], "year": str(value.year)}
    if isinstance(value, datetime):
        return say(Message("format.moment", time=f"{value:%H:%M}", **parts))
    return say(Message("format.date", **parts))


def _duration(value: timedelta) -> Message:
    minutes = int(value.total_seconds() // 60)
    if minutes < 1:
        return Message("format.under_a_minute")
    if value < _MINUTES_UNTIL:
        return Message("format.minutes", count=minutes)
    if value < _HOURS_UNTIL:
        return Message("format.hours", count=minutes // 60)
    return Message("format.days", count=value.days)


def _list(items: Sequence[str], say: Say) -> str:
    if len(items) < 2:
        return "".join(items)
    head = say(Message("format.list_separator")).join(items[:-1])
    return say(Message("format.list_end", head=head, last=items[-1]))
