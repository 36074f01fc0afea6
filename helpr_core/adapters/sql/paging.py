"""Where a page ends: a position in newest-first order, and the cursor for it."""

from __future__ import annotations

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from helpr_core.errors import FieldError, InvalidInput
from helpr_core.texts import Message

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FORMAT = ">qq"  # microseconds since 1970 and id: 16 bytes, 22 characters after the list's
_PADDING = "=="


class Listing(StrEnum):
    """The list that a cursor belongs to: the positions of others mean nothing in it."""

    REQUESTS = "r"
    AUDIT = "a"
    LINKS = "l"
    BATCHES = "b"
    OPERATIONS = "o"


class Position(NamedTuple):
    """A row's place; positions compare in the rows' order, oldest first."""

    timestamp: datetime
    id: int


BEGINNING = Position(datetime.max.replace(tzinfo=UTC), 2**63 - 1)
"""Newer than every row: the page after it is the first one."""


def to_cursor(position: Position, of: Listing) -> str:
    """The position in that list as URL-safe text."""
    microseconds = (position.timestamp - _EPOCH) // _MICROSECOND
    packed = struct.pack(_FORMAT, microseconds, position.id)
    return of + base64.urlsafe_b64encode(packed).decode().removesuffix(_PADDING)


def to_position(cursor: str, of: Listing) -> Position:
    """The position that a cursor of that list names; "" is the beginning.

    Raises InvalidInput for what `to_cursor` did not make, or made for another list.
    """
    if not cursor:
        return BEGINNING
    if not cursor.startswith(of):
        raise _none_of_ours()
    try:
        packed = base64.b64decode(cursor.removeprefix(of) + _PADDING, altchars=b"-_", validate=True)
        microseconds, row_id = struct.unpack(_FORMAT, packed)
        position = Position(_EPOCH + timedelta(microseconds=microseconds), row_id)
    except (ValueError, binascii.Error, struct.error, OverflowError) as exc:
        raise _none_of_ours() from exc
    if to_cursor(position, of) != cursor:  # unused bits of the last character
        raise _none_of_ours()
    return position


def _none_of_ours() -> InvalidInput:
    return InvalidInput(FieldError("cursor", Message("field.cursor")))
