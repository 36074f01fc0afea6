"""Names that people read: titles that look the same are the same, however they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

# What a phone's keyboard types in place of what other keyboards have.
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
_CLOSE = 0.75
_LONGEST_SHOWN = 80
_LONGEST_WORD = 40
_SHORTEST_SECRET = 16
# A quoted title ends at a comma or at the end; any other quote is part of the text.
_NAME = re.compile(r'\s*(?:"([^"]*)"\s*(?=,|$)|([^,]*))(?:,|$)')


def title_key(text: str) -> str:
    """Equal for titles that look equal: case, Unicode forms and repeated spaces are ignored.

    Invisible characters (emoji variation selectors, zero-width and direction marks) are ignored,
    and so are spaces around a comma.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(char for char in unicodedata.normalize("NFKC", folded) if not _unseen(char))
    return " ".join(_COMMA.sub(",", seen.translate(_LOOK_ALIKES)).split())


def split_names(text: str) -> tuple[str, ...]:
    """The names of a list with commas; `"Kids, Family"` in quotes is one name."""
    pieces = (quoted or plain for quoted, plain in _NAME.findall(text))
    return tuple(piece.strip() for piece in pieces if piece.strip())


def nearest(typed: str, names: Iterable[str]) -> str:
    """The one name that was most likely meant, "" where none is close or several are."""
    by_letters: dict[str, list[str]] = {}
    for name in names:
        by_letters.setdefault(_letters(name), []).append(name)
    close = get_close_matches(_letters(typed), by_letters, n=1, cutoff=_CLOSE)
    meant = by_letters[close[0]] if close else []
    return meant[0] if len(meant) == 1 else ""


def may_be_shown(typed: str) -> bool:
    """Whether a name that somebody typed looks like one: a token in the wrong place does not."""
    word = max(typed.split(), key=len, default="")
    is_secret = any(char.isdigit() for char in word) or len(word) >= _LONGEST_WORD
    return len(typed) <= _LONGEST_SHOWN and not (len(word) >= _SHORTEST_SECRET and is_secret)


def _letters(name: str) -> str:
    return "".join(char for char in title_key(name) if char.isalnum())


def _unseen(char: str) -> bool:
    if unicodedata.category(char) in ("Cf", "Cc"):
        return not char.isspace()
    return any(first <= char <= last for first, last in _VARIATIONS)
