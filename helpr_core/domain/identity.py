"""The person a friend asks for: a Plex username or an e-mail address."""

from __future__ import annotations

import re
import unicodedata

from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.mail_domains import likely_meant
from helpr_core.domain.plain_identity import unwrapped
from helpr_core.frozen import dataclass
from helpr_core.texts import Message

MAX_LENGTH = 255
_MOST_PASTED = 1000
"""How much text may surround a name or an address; nobody pastes more by mistake."""

EMPTY = Message("name.empty")
TOO_LONG = Message("name.too_long", count=MAX_LENGTH)
UNPRINTABLE = Message("name.unprintable")
BAD_ADDRESS = Message("name.bad_address")
SEVERAL = Message("name.several")

_NOT_IN_LOCAL_PART = frozenset('@<>()[]\\,;:"')
_BETWEEN_ADDRESSES = re.compile(r"@.*[,;\s].*@", re.DOTALL)
_MAX_LABEL = 63


@dataclass(frozen=True, slots=True)
class Identity:
    """One person: `typed` is what goes to Plex, `key` is equal for equal people.

    `key` folds case, Unicode forms and runs of spaces, so that one person has one key.
    """

    typed: str
    key: str

    @property
    def likely_meant(self) -> str | None:
        """The address at a well-known domain that this one is a typo away from, if any."""
        return likely_address(self.typed)


def likely_address(typed: str) -> str | None:
    """The address at a well-known domain that this is a typo away from, complete or not."""
    local, _, domain = typed.partition("@")
    meant = likely_meant(domain) if _is_local_part(local) and domain else None
    return f"{local}@{meant}" if meant else None


def parse_identity(text: str) -> Identity:
    """Extract the name or address from what was typed or pasted, and check it.

    Refuses only what no request could carry, and what is plainly not an address: which usernames
    exist is for Plex to say. Raises ValueError with a Message for the friend.
    """
    if len(text.strip()) > _MOST_PASTED:
        raise ValueError(TOO_LONG)
    typed = unwrapped(text)
    if not typed:
        raise ValueError(EMPTY)
    if typed.count("@") > 1 and _BETWEEN_ADDRESSES.search(typed):
        raise ValueError(SEVERAL)
    if not all(map(_is_printable, typed)):
        raise ValueError(UNPRINTABLE)
    key = identity_key(typed)
    if max(len(typed), len(key)) > MAX_LENGTH:
        raise ValueError(TOO_LONG)
    if "@" in typed:
        _check_address(typed)
    return Identity(typed, key)


def _is_printable(char: str) -> bool:
    """False for controls, line separators, half surrogates and what Unicode calls no character."""
    code = ord(char)
    is_no_character = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") and not is_no_character


def _check_address(typed: str) -> None:
    local, _, domain = typed.partition("@")
    if not _is_local_part(local):
        raise ValueError(BAD_ADDRESS)
    labels = domain.split(".")
    if len(labels) < 2 or not all(map(_is_label, labels)):
        raise ValueError(BAD_ADDRESS)


def _is_local_part(local: str) -> bool:
    return bool(local) and not any(c.isspace() or c in _NOT_IN_LOCAL_PART for c in local)


def _is_label(label: str) -> bool:
    """A part of a domain: letters and digits of any script, and dashes inside."""
    has_length = 0 < len(label) <= _MAX_LABEL
    return has_length and label.strip("-") == label and all(map(_is_of_label, label))


def _is_of_label(char: str) -> bool:
    if char.isascii():
        return char.isalnum() or char == "-"
    return unicodedata.category(char)[0] in "LMNS"  # S: there are domains of emoji
