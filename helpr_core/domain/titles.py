"""Names that people read: titles that look the same are the same, however they are written."""

from __future__ import annotations

import re
import unicodedata

# What a telephone's keyboard puts in place of what the other keyboard has.
_LOOK_ALIKES = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "−": "-",
    }
)
_VARIATIONS = (("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef"), ("\u034f", "\u034f"))
_COMMA = re.compile(r"\s*,\s*")
# A quoted title ends at a comma or at the end; any other quote is part of what stands there.
_NAME = re.compile(r'\s*(?:"([^"]*)"\s*(?=,|$)|([^,]*))(?:,|$)')


def title_key(text: str) -> str:
    """Equal for titles that look equal: no case, no Unicode forms, no spaces but single ones.

    What cannot be seen (variation selectors of emoji, zero-width and direction marks) counts
    for nothing, nor do the spaces around a comma.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(char for char in unicodedata.normalize("NFKC", folded) if not _unseen(char))
    return " ".join(_COMMA.sub(",", seen.translate(_LOOK_ALIKES)).split())


def split_names(text: str) -> tuple[str, ...]:
    """The names of a list with commas; `"Kids, Family"` in quotes is one name."""
    pieces = (quoted or plain for quoted, plain in _NAME.findall(text))
    return tuple(piece.strip() for piece in pieces if piece.strip())


def _unseen(char: str) -> bool:
    if unicodedata.category(char) in ("Cf", "Cc"):
        return not char.isspace()
    return any(first <= char <= last for first, last in _VARIATIONS)
