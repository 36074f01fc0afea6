"""Log lines without secrets: tokens, e-mail addresses and codes are redacted.

It works where records are created, so it covers every logger and handler in the process, whoever
added them and when: the Functions worker's, gunicorn's, the libraries'. A record carries only the
finished text; its arguments and its exception, which hold the original, are dropped. Only the
standard library is imported, because a cold start pays for it.

Strangers write part of what is logged, so each pattern takes time in proportion to the line.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

HIDDEN = "…"
SHORTEST_KNOWN = 8
"""In characters. A shorter secret would also match inside ordinary words; its context
(/join/…, /approve/…, invite_code=…) still hides it."""

# They log what they send and receive.
_CHATTY = ("urllib3", "azure")
_FORMAT = "%(asctime)s %(levelname)s %(message)s"

_QUOTED = r"""b?"[^"\r\n]*"|b?'[^'\r\n]*'"""
_NAMES = (
    "token|secret|passw(?:or)?d|pwd|credential|invite_code|helpr_session|sharedaccesssignature"
    "|(?:functions|account|access|api|master|signing|secret)[_-]?key"
)
_PATTERNS = (
    # Everything up to the end: a header's value may contain spaces, commas and semicolons.
    (
        rf"(?i)((?:authorization|cookie)[\"']?\s*[:=]\s*+)(?:{_QUOTED}|(?!{HIDDEN})[^\r\n]+)",
        rf"\g<1>{HIDDEN}",
    ),
    # name=value, name: value, "name": "value"; what a name ends with does not matter.
    (
        rf"(?i)((?:{_NAMES})[\w-]{{0,24}}[\"']?\s*(?:[:=]|%3D)\s*)"
        rf"(?:{_QUOTED}|[^\s\"'&;,<>(){{}}\[\]]+)",
        rf"\g<1>{HIDDEN}",
    ),
    (r"(?i)\b(bearer|sharedkey)(\s+)[\w.~+/=:-]{8,}", rf"\g<1>\g<2>{HIDDEN}"),
    # A signed token. Atomic, and from the start of a run of such characters alone: what has no
    # full stop behind its first "eyJ" has none behind the others, and is not searched again.
    (
        r"(?<![\w-])(?>([\w-]*?)\beyJ)[\w-]{8,}+\.[\w-]+(?:\.[\w-]*)?",
        rf"\g<1>{HIDDEN}",
    ),
    (
        r"(?i)((?:/|%2F)(?:join|approve|unsubscribe|api(?:/|%2F)links)(?:/|%2F))[^\s\"'<>?#&]+",
        rf"\g<1>{HIDDEN}",
    ),
    # Not every code=: a line such as "refused code=rate_limited" is not a secret.
    (r"(?i)((?:[?&;]|%3F|%26)(?:code|sig|key)(?:=|%3D))[^\s\"'&#<>]+", rf"\g<1>{HIDDEN}"),
    (r"(://)[^\s/@:\"'<>]*:[^\s/@\"'<>]+@", rf"\g<1>{HIDDEN}@"),
    # The first condition keeps the time linear: a run of letters is tried from its start alone.
    (
        r"(?:(?<![\w.+'%-])|(?<=%40))(?:[\w.+'-]|%(?!40))+(?:@|%40)+[\w.-]*\w",
        f"{HIDDEN}@{HIDDEN}",
    ),
)
_COMPILED = tuple((re.compile(pattern), replacement) for pattern, replacement in _PATTERNS)
_NOTHING = re.compile(r"(?!)")
_plain = logging.Formatter()


class _Known:
    """The secrets whose values are known, as one pattern; replaced entirely."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: frozenset[str] = frozenset()
        self._compiled: re.Pattern[str] | None = _NOTHING

    def add(self, secrets: Iterable[str]) -> None:
        written = {form for one in secrets for form in (one, quote(one), quote(one, safe=""))}
        with self._lock:
            self._texts |= {text for text in written if len(text) >= SHORTEST_KNOWN}
            self._compiled = None

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled for the first line after an addition: a start adds several times."""
        compiled = self._compiled
        return compiled if compiled is not None else self._compile()

    def _compile(self) -> re.Pattern[str]:
        with self._lock:
            # The longest first, because one may be part of another.
            longest_first = sorted(self._texts, key=len, reverse=True)
            parts = "|".join(re.escape(text) for text in longest_first)
            self._compiled = re.compile(rf"(?<!\w)(?:{parts})(?!\w)") if parts else _NOTHING
            return self._compiled


_known = _Known()


def install() -> None:
    """Redact secrets in everything logged from now on; calling it again changes nothing."""
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    make = logging.getLogRecordFactory()
    if not isinstance(make, _RedactingFactory):
        logging.setLogRecordFactory(_RedactingFactory(make))


def hide(*secrets: str) -> None:
    """Also redact these texts wherever they appear, if they have SHORTEST_KNOWN characters or
    more."""
    _known.add(secrets)


def listen() -> None:
    """Write Helpr's lines to standard error where nothing else does: under gunicorn."""
    logging.basicConfig(format=_FORMAT)
    logging.getLogger("helpr_core").setLevel(logging.INFO)


def redact(text: str) -> str:
    """The text with every secret in it replaced by an ellipsis."""
    text = _known.pattern.sub(HIDDEN, text)
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text


class _RedactingFactory:
    """Creates log records whose text is final."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        record.msg, record.args = redact(_message_of(record)), ()
        if record.exc_info:
            # Formatters use this text and do not build it again.
            record.exc_text = redact(_plain.formatException(record.exc_info))
            record.exc_info = None
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return record


def _message_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, LookupError, AttributeError):
        # Otherwise the caller would fail, or the handler would print the raw arguments.
        return f"{record.msg} (its arguments do not fit)"
