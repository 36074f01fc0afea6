"""Which values HELPR_SMTP_URL and HELPR_MAIL_FROM may have."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_MAILBOX = r"[^\s@<>,;:\"()\\]+@[A-Za-z0-9._-]+"
_NAME = r"\"[^\"\\\r\n]+\"|[^@<>,;:\"\\\r\n]*"
# Not email.utils.parseaddr: before Python 3.13 it takes the first of several addresses.
_SENDER = re.compile(rf"{_MAILBOX}|(?:{_NAME})\s*<{_MAILBOX}>")


def is_mail_server(url: str) -> bool:
    """Whether it is `smtp://` or `smtps://` and a host, with nothing after that."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme.lower() in ("smtp", "smtps")
        and bool(_HOST.fullmatch(parts.hostname or ""))
        and port != 0
        and parts.path in ("", "/")
        and not (parts.query or parts.fragment)
    )


def mail_password(url: str) -> str:
    """The password in a checked URL, or nothing."""
    return unquote(urlsplit(url).password or "")


def is_sender(text: str) -> bool:
    """Whether it is one mailbox, with or without a name before it."""
    return bool(_SENDER.fullmatch(text))
