"""A call and an answer, apart from the wire format."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

JSON = "application/json; charset=utf-8"
XML = "application/xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One call; `path` is still percent-encoded, names of `headers` are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def plex_header(self, name: str) -> str:
        """An X-Plex header, which plex.tv takes from the query string too."""
        return self.headers.get(name.lower()) or self.query.get(name, "")

    @property
    def wants_json(self) -> bool:
        """Whether the caller requests JSON instead of XML from v2."""
        return "application/json" in self.headers.get("accept", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers beyond Content-Type and Content-Length."""

    status: int
    body: bytes = b""
    content_type: str = XML
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(value: object, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), JSON)


@dataclass(frozen=True, slots=True)
class Call:
    """What is remembered about a call, never the token.

    `invited` and `library_ids` are those of a POST that shares, otherwise None; `library_ids` is
    empty if the caller shared everything. `by_browser`: the caller was a page, not a server.
    """

    method: str
    path: str
    query: Mapping[str, str]
    client_identifier: str
    invited: str | None = None
    library_ids: tuple[int, ...] | None = None
    by_browser: bool = False

    def as_json(self) -> dict[str, Any]:
        """The call as `GET /_demo/calls` shows it."""
        return asdict(self)


class CallLog:
    """The calls in the order they came in; may be used from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []

    def add(self, call: Call) -> None:
        """Remember a call."""
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()

    def calls(self) -> list[Call]:
        """All calls since the last clear()."""
        with self._lock:
            return list(self._calls)
