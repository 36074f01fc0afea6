"""How hard a secret is to guess, judged by its looks: a cheap upper bound."""

from __future__ import annotations

import math

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "qwertzuiop", "azertyuiop")
_PLACEHOLDERS = ("changeme", "yoursecret", "placeholder", "replacethis", "password", "secretkey")


def bits(text: str) -> float:
    """The most bits of information a text can hold: a generated one has nearly as many.

    A predictable character counts for nothing: one that continues a run or a series (aaa, 123, zyx,
    qwe), or that ends a repetition of three earlier characters.
    """
    folded = text.casefold()
    new = sum(1 for at in range(len(folded)) if not _foretold(folded, at))
    return new * math.log2(max(len(set(folded)), 1))


def is_placeholder(text: str) -> bool:
    """Whether it looks like a placeholder from an example."""
    letters = "".join(letter for letter in text.casefold() if letter.isalnum())
    return any(letters.startswith(word) for word in _PLACEHOLDERS)


def _foretold(text: str, at: int) -> bool:
    if at < 2:
        return False
    three = text[at - 2 : at + 1]
    steps = (ord(three[1]) - ord(three[0]), ord(three[2]) - ord(three[1]))
    if steps[0] == steps[1] and abs(steps[0]) <= 1:
        return True
    if any(three in row or three in row[::-1] for row in _ROWS):
        return True
    return three in text[:at]
