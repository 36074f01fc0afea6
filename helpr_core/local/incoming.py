"""What the Functions host makes of a request before a function sees it.

Works on the raw request target, since PATH_INFO no longer tells `%2F` from `/`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlsplit

from werkzeug.datastructures import EnvironHeaders

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

MAX_BODY_BYTES = 100 * 1024 * 1024
PEER_HEADER = "x-helpr-peer"

_MAX_DRAINED_BYTES = 1024 * 1024
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ENCODED_SLASH = re.compile(r"(%2[Ff])")
# In the url a function gets, escapes that are still there stay, other characters are escaped.
_TO_ENCODE = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/]")


class RequestRejectedError(Exception):
    """The host answers the request itself, with `status` and an empty body."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the host answers {status}")
        self.status = status


def request_path(environ: WSGIEnvironment) -> str:
    """Return the decoded path: `%2F` and invalid UTF-8 stay encoded, dot segments are gone."""
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if target is None:
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        target = quote(path.encode("latin-1"), safe="/%")
    if not (target + environ.get("QUERY_STRING", "")).isascii():
        raise RequestRejectedError(400)
    raw = target.partition("?")[0].partition("#")[0]
    if not raw.startswith("/"):  # a proxy's absolute form
        raw = urlsplit(raw).path or "/"
    decoded = _ESCAPES.sub(_decode, raw)
    if "\0" in decoded:
        raise RequestRejectedError(400)
    return _without_dot_segments(decoded)


def _decode(escapes: re.Match[str]) -> str:
    parts = _ENCODED_SLASH.split(escapes[0])
    return "".join(part if part.upper() == "%2F" else _utf8_or_as_is(part) for part in parts)


def _utf8_or_as_is(escaped: str) -> str:
    try:
        return unquote_to_bytes(escaped).decode("utf-8")
    except UnicodeDecodeError:
        return escaped


def _without_dot_segments(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == ".." and kept:
            kept.pop()
        elif segment not in (".", ".."):
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def request_url(environ: WSGIEnvironment, path: str) -> str:
    """Return `req.url`: the decoded path escaped anew, the query as it was sent."""
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    encoded = _TO_ENCODE.sub(
        lambda found: found[0] if len(found[0]) == 3 else quote(found[0], safe=""), path
    )
    query = environ.get("QUERY_STRING", "")
    return f"{environ['wsgi.url_scheme']}://{host}{encoded}" + (f"?{query}" if query else "")


def query_values(query: str) -> dict[str, list[str]]:
    """Return all values of each key, empty ones too; keys that differ by case are one."""
    spelled: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for item in filter(None, query.split("&")):
        key, _, value = item.partition("=")
        text = _form_text(key)
        values.setdefault(spelled.setdefault(text.lower(), text), []).append(_form_text(value))
    return values


def _form_text(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


def query_parameters(query: str) -> dict[str, str]:
    """Return `req.params`: repeats joined with commas; `?a=` and `?flag` are left out."""
    joined = {key: ",".join(filter(None, texts)) for key, texts in query_values(query).items()}
    return {key: text for key, text in joined.items() if text}


def offered_key(headers: dict[str, str], query: str) -> str:
    """Return the function key a request brings: the header's, else the first `code`, else ""."""
    if "x-functions-key" in headers:
        return headers["x-functions-key"]
    for key, texts in query_values(query).items():
        if key.lower() == "code":
            return texts[0]
    return ""


def request_headers(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the headers with lower-case names; the server has joined repeated ones.

    `x-helpr-peer` is the address the connection came from, whatever the request says.
    """
    try:
        headers = {
            name.lower(): value.encode("latin-1").decode("utf-8")
            for name, value in EnvironHeaders(environ)
        }
    except UnicodeDecodeError:
        raise RequestRejectedError(400) from None
    headers.pop(PEER_HEADER, None)
    if environ.get("REMOTE_ADDR"):
        headers[PEER_HEADER] = environ["REMOTE_ADDR"]
    return headers


def request_body(environ: WSGIEnvironment, most_bytes: int = MAX_BODY_BYTES) -> bytes:
    """Return the body; empty when it comes in chunks, without a Content-Length.

    Beyond 100 MiB the host answers an empty 500, and nothing of the body is read. A lower
    limit is the server's own, and whatever is beyond it a 413.
    """
    length = environ.get("CONTENT_LENGTH") or ""
    try:
        if environ.get("HTTP_TRANSFER_ENCODING") or not length.isdecimal():
            _drain(environ)
            return b""
        if int(length) > most_bytes:
            raise RequestRejectedError(413 if most_bytes < MAX_BODY_BYTES else 500)
        body: bytes = environ["wsgi.input"].read(int(length))
    except OSError:  # too slow for the server's patience, or gone
        raise RequestRejectedError(400) from None
    if len(body) < int(length):  # the client has gone
        raise RequestRejectedError(400)
    return body


def _drain(environ: WSGIEnvironment) -> None:
    # Unread chunks would make the server reset the connection before the answer is read.
    if environ.get("wsgi.input_terminated"):
        environ["wsgi.input"].read(_MAX_DRAINED_BYTES)
