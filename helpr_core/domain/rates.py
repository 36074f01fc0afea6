"""Rates in the notation of the library `limits`: `5/minute;20/hour`, `10 per 2 hours`."""

from __future__ import annotations

import re
from typing import NamedTuple

_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 60 * 60,
    "day": 24 * 60 * 60,
    "month": 30 * 24 * 60 * 60,
    "year": 12 * 30 * 24 * 60 * 60,
}
"""By unit; months and years have the lengths that `limits` gives them."""
_ONE = re.compile(r"\s*([0-9]+)\s*(?:/|per)\s*([0-9]*)\s*([a-z]+)\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;|]")


class Window(NamedTuple):
    """At most `amount` in `seconds`, counted from the first one."""

    amount: int
    seconds: int


def parse_rates(notation: str) -> list[Window]:
    """The windows in their order; ValueError where the text is not such a notation."""
    return [_window(one) for one in _BETWEEN.split(notation)]


def _window(text: str) -> Window:
    read = _ONE.fullmatch(text)
    unit = read[3].lower() if read else ""
    seconds = _SECONDS.get(unit) or _SECONDS.get(unit.removesuffix("s"))
    if read is None or seconds is None:
        raise ValueError("not a rate")
    return Window(int(read[1]), seconds * int(read[2] or 1))
