"""When two names or addresses belong to the same person."""

from __future__ import annotations

import unicodedata

JOINERS = "\u200c\u200d"
"""They join or separate two letters; some scripts are unreadable without them."""
MARKS = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063"
    "\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9\ufffa\ufffb"
)
"""Zero-width characters and direction marks."""

_UNSEEN = dict.fromkeys(map(ord, MARKS + JOINERS))


def identity_key(text: str) -> str:
    """The key that identifies one person, however the name was typed.

    An international domain has the same key in both spellings (xn--… and the letters).
    """
    folded = unicodedata.normalize("NFKC", without_unseen(text)).casefold()
    folded = " ".join(unicodedata.normalize("NFKC", folded).split())
    local, at, domain = folded.partition("@")
    return local + at + ".".join(map(_spelled_out, domain.split("."))) if at else folded


def without_unseen(text: str) -> str:
    """The text without zero-width characters and direction marks."""
    return text.translate(_UNSEEN)


def _spelled_out(label: str) -> str:
    """A domain's label in its own letters; unchanged if it does not start with xn--."""
    if not (label.startswith("xn--") and label.isascii()):
        return label
    try:
        letters = label[4:].encode().decode("punycode")
    except ValueError:  # what only looks like one
        return label
    folded = unicodedata.normalize("NFKC", letters).casefold()
    is_whole = letters == folded and not letters.isascii() and not any(map(str.isspace, letters))
    return letters if is_whole else label
