"""The endpoints as a WSGI application: what the Functions host does for them on Azure."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from werkzeug.wrappers import Request, Response

from helpr_core import web
from helpr_core.local import timers
from helpr_core.web import routing
from helpr_core.web.endpoint import Endpoint
from helpr_core.web.endpoints import ENDPOINTS, LAST_RESORT

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

MOST_BODY_BYTES = 1024 * 1024
"""Helpr itself accepts at most 256 KB and says so; anything far larger is not even read."""


class Application:
    """The WSGI application. `function_keys` is called for each request that needs a key."""

    def __init__(self, function_keys: Callable[[], Collection[str]]) -> None:
        self._function_keys = function_keys
        self._routes = routing.Routes(ENDPOINTS)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request.max_content_length = MOST_BODY_BYTES
        return self._answer(request, target_path(environ))(environ, start_response)

    def start_timers(self) -> Event:
        """Run housekeeping when it is due, until the returned event is set.

        Call it once in each serving process: importing the application starts nothing.
        """
        stop = Event()
        web.set_up.tell_address()
        web.telling.turn_on()
        timers.start(lambda: web.housekeeping.run(str(uuid.uuid4())), stop)
        return stop

    def _answer(self, request: Request, path: str | None) -> Response:
        if path is None:
            return _refused(request, 400)
        found = self._find(path, request.method)
        if found is None:
            return _refused(request, 404)
        endpoint, path_params = found
        if endpoint.key and not self._is_known(_offered_key(request)):
            return _refused(request, 401)
        return web.answering.answer(endpoint, request, str(uuid.uuid4()), path_params)

    def _find(self, path: str, method: str) -> tuple[Endpoint, Mapping[str, str]] | None:
        found = self._routes.match(path, method)
        if found is None and method in LAST_RESORT.methods:
            return LAST_RESORT, {}
        return found

    def _is_known(self, key: str) -> bool:
        # A list, so that the time taken does not reveal which key was right.
        offered = key.encode("utf-8", "surrogatepass")
        hits = [hmac.compare_digest(offered, known.encode()) for known in self._function_keys()]
        return key != "" and any(hits)


def target_path(environ: WSGIEnvironment) -> str | None:
    """The path, decoded except for `%2F`, which PATH_INFO cannot distinguish from `/`.

    None for what no client may send: bytes beyond ASCII, or a NUL.
    """
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"]
    if not (target + environ.get("QUERY_STRING", "")).isascii():
        return None
    raw = target.partition("?")[0].partition("#")[0]
    if not raw.startswith("/"):  # a proxy's absolute form
        raw = urlsplit(raw).path or "/"
    path = unquote(raw.replace("%2F", "%252F").replace("%2f", "%252f"))
    return None if "\0" in path else path


def _offered_key(request: Request) -> str:
    """The header's key, otherwise the query's first `code`, otherwise ""."""
    header = request.headers.get("x-functions-key")
    if header is not None:
        return header
    codes = (text for name, text in request.args.items(multi=True) if name.lower() == "code")
    return next(codes, "")


def _refused(request: Request, status: int) -> Response:
    """An answer of the server's own, without a body."""
    response = Response(status=status)
    web.answering.add_security_headers(request, response)
    return response
