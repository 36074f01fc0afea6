"""What a row says about its last error: the column `error_words`.

It holds a message as JSON, or plex.tv's own words as text. `error_message` beside it has the
English of the versions before 0009, which may still run beside this one or be restored from
a backup; this version writes nothing there.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from helpr_core import shapes
from helpr_core.texts import Message, Words

COLUMNS = ("error_message", "error_words")


def columns_of(words: Words | None) -> dict[str, Any]:
    """The values of both columns."""
    return {"error_message": None, "error_words": shapes.write(words)}


def words_of(row: sa.Row[Any]) -> Words | None:
    """The row's error message; None if there is none, or it cannot be read.

    If it has English, that is the newer of the two; without a code, the words belong to an error
    that the previous version has cleared.
    """
    if row.error_message is not None:
        return str(row.error_message)
    stored = row.error_words
    if stored is None or row.error_code is None:
        return None
    if isinstance(stored, str):
        return stored
    try:
        return Message.from_json(stored)
    except (TypeError, ValueError):
        return None
