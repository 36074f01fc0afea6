"""What people plainly mean by what they paste: an address without its wrapping, a plain name."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from helpr_core.domain.identity_key import JOINERS, MARKS, without_unseen

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = (
    _FULL_WIDTH
    | dict.fromkeys(map(ord, "‘’ʼ‛′＇"), "'")
    | dict.fromkeys(map(ord, "。｡．"), ".")
    | {0x3000: " "}
)
"""Characters from phones and Asian keyboards that stand for an ASCII one."""

_UNSEEN_BUT_JOINERS = re.compile(f"[{MARKS}]")
# A joiner has a meaning between two letters of Persian, say, or two parts of one emoji.
_IDLE_JOINER = re.compile(rf"(?<![^\x00-\x7f\s])[{JOINERS}]|[{JOINERS}](?![^\x00-\x7f\s])")

_PAIRS = ('""', "''", "“”", "„“", "”“", "«»", "‹›", "``")
_PREFIX = re.compile(r"(mailto|e-?mail)\s*:(?://)?\s*", re.IGNORECASE)
_MARKDOWN = re.compile(r"\[[^\]]*\]\(([^()]*)\)")
_BRACKETED = re.compile(r"[^@()\[\]]+[(\[]\s*([^@()\[\]\s]+@[^@()\[\]\s]+)\s*[)\]]")
_AFTER_ADDRESS = ".,;:!?>)]}'\"»”…、"
_BEFORE_ADDRESS = "<([{'\"«„“,;"
_AFTER_NAME = ",;"
_ROUND_AT = re.compile(r"\s*@\s*")
_ROUND_DOT = re.compile(r"\s*\.\s*")
# One of these after an @ means that the name was left out, not that it is a nickname.
_ENDS_OF_DOMAINS = (".com", ".net", ".org")


def unwrapped(text: str) -> str:
    """The username or address in what was pasted; anything ambiguous stays as it is."""
    text = unicodedata.normalize("NFC", text.translate(_SIGNS))
    text = _UNSEEN_BUT_JOINERS.sub("", text)
    before = None
    while text != before:
        before = text
        # A joiner next to removed wrapping no longer joins anything.
        text = _peeled(_spaced(_IDLE_JOINER.sub("", text)))
    return text


def _spaced(text: str) -> str:
    """Trimmed, with one plain space for each run of spaces; control characters stay, to be
    refused."""
    spaces = (" " if unicodedata.category(char) == "Zs" else char for char in text.strip())
    return re.sub(" +", " ", "".join(spaces))


def _peeled(text: str) -> str:
    """The text with one wrapping less."""
    if any(len(text) > 2 and text[0] == pair[0] and text[-1] == pair[1] for pair in _PAIRS):
        return text[1:-1]
    prefix = _PREFIX.match(text)
    if prefix:
        rest = text[prefix.end() :]
        # A link may be escaped and have a subject; in chats its label follows a bar.
        return unquote(re.split(r"[?|]", rest)[0]) if prefix[1].lower() == "mailto" else rest
    markdown = _MARKDOWN.fullmatch(text)
    if markdown:
        return markdown[1]
    if "@" in text[1:]:
        return _peeled_address(text)
    if text.startswith("@") and not text.lower().endswith(_ENDS_OF_DOMAINS):
        return text[1:]
    return text.rstrip(_AFTER_NAME)


def _peeled_address(text: str) -> str:
    inner = text.rpartition("<")[2].partition(">")[0]
    if "<" in text and "@" in inner and "@" not in text.replace(inner, "", 1):
        return inner  # Bob <bob@example.com>
    outer, _, comment = text.partition(" (")
    if comment.endswith(")") and "@" in outer and "@" not in comment:
        return outer  # bob@example.com (Bob)
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        return bracketed[1]  # Bob (bob@example.com)
    local, _, domain = _ROUND_AT.sub("@", without_unseen(text)).partition("@")
    local = local.lstrip(_BEFORE_ADDRESS)
    return f"{local}@{_ROUND_DOT.sub('.', domain).rstrip(_AFTER_ADDRESS)}"
