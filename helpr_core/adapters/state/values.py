"""What the state store accepts, wherever it is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from helpr_core.errors import StateUnavailable
from helpr_core.services.ports import KINDS, Counter
from helpr_core.texts import Message

MAX_VALUE_BYTES = 60_000

_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,200}")
_PREFIX = re.compile(r"[A-Za-z0-9_.:-]{0,200}")


def check_kind(kind: str) -> None:
    """Raise ValueError for a kind that is not one of KINDS."""
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")


def check_key(kind: str, key: str) -> None:
    """Raise ValueError for an unknown kind or a key outside the port's alphabet."""
    check_kind(kind)
    if not _KEY.fullmatch(key):
        raise ValueError("a key is 1 to 200 of the characters A-Z a-z 0-9 _ . : -")


def check_prefix(kind: str, prefix: str) -> None:
    """Raise ValueError for an unknown kind or a prefix that no key can have."""
    check_kind(kind)
    if not _PREFIX.fullmatch(prefix):
        raise ValueError("a prefix is at most 200 of the characters A-Z a-z 0-9 _ . : -")


def check_expiry(expires_at: datetime | None) -> None:
    """Raise ValueError for a naive time: it would mean a different moment in each store."""
    if expires_at is not None and expires_at.tzinfo is None:
        raise ValueError("expires_at must be timezone-aware")


def check_window(window_seconds: int) -> None:
    """Raise ValueError for a window in which nothing could be counted."""
    if window_seconds < 1:
        raise ValueError("window_seconds must be at least 1")


def value_to_text(value: Mapping[str, Any]) -> str:
    """The value as JSON; ValueError if it is not a JSON object or over MAX_VALUE_BYTES."""
    if not isinstance(value, Mapping):
        raise ValueError("a value must be a JSON object")  # noqa: TRY004 - the port's promise
    try:
        text = json.dumps(dict(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError):
        # A lone surrogate also ends up here: UnicodeEncodeError is a ValueError. The reason is left
        # out because it may quote the value.
        raise ValueError("a value must be a JSON object") from None
    if size > MAX_VALUE_BYTES:
        raise ValueError(f"a value must not be over {MAX_VALUE_BYTES} bytes of JSON")
    return text


def text_to_value(text: str) -> Mapping[str, Any]:
    """The value that was written; StateUnavailable if something else is stored."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise StateUnavailable(Message("state.not_ours"))
    return value


def is_past(expires_at: datetime | None, now: datetime) -> bool:
    """Whether something that expires at `expires_at` is gone at `now`."""
    return expires_at is not None and expires_at <= now


def within(counter: Counter, latest: datetime) -> Counter:
    """The counter, ending no later than `latest`: otherwise a clock that was ahead wrote it."""
    return counter if counter.expires_at <= latest else replace(counter, expires_at=latest)
