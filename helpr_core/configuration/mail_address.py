"""Which values HELPR_SMTP_URL and HELPR_MAIL_FROM may have."""

from __future__ import annotations

import re
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_MAILBOX = re.compile(r"[^\s@<>,;:\"()\\]+@[A-Za-z0-9._-]+")


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
    return bool(_MAILBOX.fullmatch(parseaddr(text)[1]))
