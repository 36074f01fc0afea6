"""What a measuring process needs from the demo besides invites; standard library only."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit


def count_calls(plex_url: str) -> int:
    """How many calls plex.tv and the media server got since the last `forget_calls`."""
    told: dict[str, list[Any]] = json.loads(_control(plex_url, "GET", "calls"))
    return len(told["calls"])


def forget_calls(plex_url: str) -> None:
    """Restart the count."""
    _control(plex_url, "DELETE", "calls")


def empty_seats(plex_url: str) -> None:
    """Take all shares back: Plex has seats for 100 people."""
    _control(plex_url, "POST", "reset")


def settle_people(plex_url: str, people: int, elsewhere: int) -> None:
    """Give so many people access to the server, and so many others to a second one."""
    _control(plex_url, "POST", "settings", {"people": people, "elsewhere": elsewhere})


def _control(plex_url: str, method: str, name: str, body: Any = None) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(plex_url).netloc, timeout=10)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"/_demo/{name}", sent)
        response = connection.getresponse()
        if response.status >= 400:
            raise RuntimeError(f"the demo refuses {method} {name}: {response.status}")
        return response.read()
    finally:
        connection.close()
