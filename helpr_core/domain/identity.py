"""Who a friend says to be: a Plex username or an e-mail address."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_LENGTH = 255

EMPTY = "Enter a Plex username or an e-mail address."
TOO_LONG = f"That is too long: {MAX_LENGTH} characters at most."
UNPRINTABLE = "That holds a character that cannot be printed. Type it again by hand."
BAD_EMAIL = "That is not a complete e-mail address. It should look like name@example.com."
BAD_USERNAME = (
    "That cannot be a Plex username: letters, digits, dots, dashes and underscores only. "
    "You can use your e-mail address instead."
)

# Deliberately narrow: ASCII only, and nothing that could mean something to HTML, SQL or a
# header. Plex decides whether an address or a name exists; whoever has a rarer username
# can use the e-mail address, and is told so.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_USERNAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")


@dataclass(frozen=True, slots=True)
class Identity:
    """One person: `typed` is what goes to Plex, `key` is equal for equal people.

    `key` folds case, Unicode forms and runs of spaces, so that one person has one key.
    """

    typed: str
    key: str

    @property
    def is_email(self) -> bool:
        """Whether this is an address, which Plex invites even when nobody registered it."""
        return "@" in self.typed


def parse_identity(text: str) -> Identity:
    """Trim and check what was typed.

    Raises ValueError with a sentence for the friend.
    """
    typed = text.strip()
    if not typed:
        raise ValueError(EMPTY)
    if len(typed) > MAX_LENGTH:
        raise ValueError(TOO_LONG)
    # "C" is Unicode's "other": controls, formats such as a right-to-left override,
    # surrogates, private use, unassigned.
    if any(unicodedata.category(char).startswith("C") for char in typed):
        raise ValueError(UNPRINTABLE)
    key = identity_key(typed)
    if len(key) > MAX_LENGTH:
        raise ValueError(TOO_LONG)
    if "@" in typed:
        if not _EMAIL.fullmatch(typed):
            raise ValueError(BAD_EMAIL)
    elif not _USERNAME.fullmatch(typed):
        raise ValueError(BAD_USERNAME)
    return Identity(typed, key)


def identity_key(text: str) -> str:
    """The key under which one person is one person, however it was typed."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
