"""What the Functions host makes of a function's answer before the client sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import Morsel, SimpleCookie
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from urllib.parse import quote

from azure.functions.http import HttpResponseConverter
from werkzeug.http import http_date

if TYPE_CHECKING:
    import azure.functions as func

Headers = list[tuple[str, str]]

_BAD_NAME = re.compile(r"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")
_BAD_VALUE = re.compile(r"[^\x20-\x7e\t]")
_SAME_SITE = ("lax", "strict", "none")


@runtime_checkable
class Streamed(Protocol):
    """A response that is made part by part."""

    def take_parts(self) -> Iterator[bytes]:
        """The parts, once; the response then has no body."""


class BrokenAnswerError(ValueError):
    """The host cannot send what a function returned: an empty 500."""


@dataclass(frozen=True)
class Answer:
    """What goes to the client, before the headers of host.json."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    parts: Iterator[bytes] | None = None  # instead of a body, where it is made part by part

    @property
    def is_bodiless(self) -> bool:
        """Tell whether a body is forbidden by the status."""
        return self.status < 200 or self.status in (204, 205, 304)


def rendered(response: func.HttpResponse, method: str) -> Answer:
    """Turn a function's HttpResponse into what the host sends.

    The worker's converter comes first, because it also decides the Content-Type and takes the
    cookies out of the response. BrokenAnswerError for what the host cannot send.
    """
    # Microsoft's worker would put the parts together; this server sends each as it is made.
    parts = response.take_parts() if isinstance(response, Streamed) else None
    worker_answer = HttpResponseConverter.encode(response, expected_type=None).value
    status = int(worker_answer["status_code"].value)
    if not 100 <= status <= 999:
        raise BrokenAnswerError(f"status {status}")
    headers = _single_headers(
        (name, datum.value) for name, datum in worker_answer["headers"].items()
    )
    headers += [("Set-Cookie", cookie) for cookie in _cookies(worker_answer["cookies"] or [])]
    answer = Answer(status, headers, worker_answer["body"].value, parts)
    _refuse_framing(answer, method)
    return answer


def _single_headers(headers: Iterable[tuple[str, str]]) -> Headers:
    """Keep one of the headers that differ in nothing but case; refuse what cannot be sent."""
    kept: dict[str, tuple[str, str]] = {}
    for name, value in headers:
        if not name or _BAD_NAME.search(name):
            raise BrokenAnswerError(f"the header name {name!r} cannot be sent")
        if _BAD_VALUE.search(value):
            raise BrokenAnswerError(f"header {name}: not ASCII, or a control character")
        kept.setdefault(name.lower(), (name, value))
    return list(kept.values())


def _cookies(jars: Iterable[SimpleCookie]) -> list[str]:
    return [_set_cookie(morsel) for jar in jars for morsel in jar.values()]


def _set_cookie(morsel: Morsel[str]) -> str:
    """Write one cookie as ASP.NET does: value escaped, attributes lower-case, in its order.

    `domain=` and `path=` stand there even when empty, because the worker sends empty texts.
    """
    parts = [f"{morsel.key}={quote(morsel.value, safe='-_.~')}"]
    if morsel["expires"]:
        expires = datetime.strptime(morsel["expires"], "%a, %d %b %Y %H:%M:%S GMT")  # noqa: DTZ007
        parts.append(f"expires={http_date(expires.replace(tzinfo=UTC))}")
    if morsel["max-age"] != "":
        parts.append(f"max-age={int(float(morsel['max-age']))}")
    parts += [f"domain={morsel['domain']}", f"path={morsel['path']}"]
    if morsel["secure"]:
        parts.append("secure")
    if morsel["samesite"].lower() in _SAME_SITE:
        parts.append(f"samesite={morsel['samesite'].lower()}")
    if morsel["httponly"]:
        parts.append("httponly")
    return "; ".join(parts)


def _refuse_framing(answer: Answer, method: str) -> None:
    """Refuse framing headers that break the answer on Azure."""
    given = {name.lower(): value for name, value in answer.headers}
    if "transfer-encoding" in given:
        raise BrokenAnswerError("a function must not set Transfer-Encoding")
    length = given.get("content-length")
    if length is None or method == "HEAD" or answer.is_bodiless:
        return
    if length != str(len(answer.body)):
        raise BrokenAnswerError(f"Content-Length {length}, but {len(answer.body)} bytes")
