"""Extracting what was meant from a setting that was pasted with too much around it."""

from __future__ import annotations

import re
from urllib.parse import unquote

_QUOTES = (('"', '"'), ("'", "'"), ("“", "”"), ("„", "“"), ("‘", "’"), ("`", "`"))
# In the address bar, in a header, in Plex's XML and JSON; the last one counts.
_TOKEN = re.compile(
    r"""(?i)(?:x-plex-token|authtoken|plex_token)["']?\s*[=:]\s*["']?([^\s"'&#;,<>]+)"""
)
# As providers show it for a terminal, and as it is written in a settings file.
_BEFORE_A_DATABASE = re.compile(
    r"""(?i)\s*(?:psql\s+|(?:export\s+)?DATABASE_URL\s*=\s*)(?=["']?postgres)"""
)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


def unquoted(text: str) -> str:
    """Without surrounding spaces and one pair of quotes: `docker run --env-file` and some panels
    keep quotes as part of the value."""
    text = text.strip()
    for first, last in _QUOTES:
        inner = text[1:-1]
        if len(text) > 1 and text[0] == first and text[-1] == last and first not in inner:
            return inner.strip()
    return text


def plex_token(text: str) -> str:
    """The token in what was pasted: alone, as `X-Plex-Token=…`, or the whole address."""
    text = unquoted(text.translate(_INVISIBLE))
    found = _TOKEN.findall(text) or _TOKEN.findall(unquote(text))
    return unquoted(found[-1]) if found else text


def database(text: str) -> str:
    """The database in what was pasted: alone, as `psql '…'`, or as `DATABASE_URL=…`."""
    before = _BEFORE_A_DATABASE.match(text)
    return unquoted(text[before.end() :]) if before else text.strip()
