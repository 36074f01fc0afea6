"""The Azure adapter: registers the functions, and turns the host's requests into Werkzeug's.

The only importer of azure.functions. The worker reads each function's parameters by name, and
evaluates their annotations.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import azure.functions as func
from werkzeug.wrappers import Request, Response

from helpr_core import web
from helpr_core.web.endpoint import Endpoint
from helpr_core.web.endpoints import HOUSEKEEPING_MINUTES, TIMER

SCHEDULE = f"0 */{HOUSEKEEPING_MINUTES} * * * *"
"""Housekeeping's schedule: seconds, minutes, hours, day, month, day of the week; UTC."""


def function_app(endpoints: Iterable[Endpoint]) -> func.FunctionApp:
    """An app with a function for each endpoint, and one for the timer."""
    app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
    for endpoint in endpoints:
        _register(app, endpoint)
    app.function_name(TIMER)(
        app.timer_trigger(
            schedule=SCHEDULE, arg_name="timer", use_monitor=True, run_on_startup=False
        )(_housekeeping)
    )
    return app


def _register(app: func.FunctionApp, endpoint: Endpoint) -> None:
    def function(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        web.telling.turn_on()
        response = web.answering.answer(
            endpoint, to_request(req), context.invocation_id, req.route_params
        )
        return from_response(response)

    function.__name__ = endpoint.name
    routed = app.route(
        route=endpoint.path or "/",  # an empty route would become the function's name
        methods=[func.HttpMethod(method) for method in endpoint.methods],
        auth_level=func.AuthLevel.FUNCTION if endpoint.key else func.AuthLevel.ANONYMOUS,
    )(function)
    app.function_name(endpoint.name)(routed)


def _housekeeping(timer: func.TimerRequest, context: func.Context) -> None:
    web.housekeeping.run(context.invocation_id)


def to_request(given: func.HttpRequest) -> Request:
    """The same request in WSGI's form; without the peer, which the host does not reveal."""
    url, body = urlsplit(given.url), given.get_body()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": given.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": _latin(url.query),
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": "443" if url.scheme == "https" else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in given.headers.items():
        # As every WSGI server does: X_Forwarded_For must not pass for X-Forwarded-For.
        if "_" not in name:
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = _latin(value)
    environ["HTTP_HOST"] = url.netloc
    environ["CONTENT_TYPE"] = environ.get("HTTP_CONTENT_TYPE", "")
    environ["CONTENT_LENGTH"] = str(len(body))
    # The host has already decoded chunks, or dropped them.
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return Request(environ)


def _latin(text: str) -> str:
    """UTF-8 as WSGI carries it."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def from_response(response: Response) -> func.HttpResponse:
    """The same answer for the host, which does the framing and sends only complete answers."""
    answer = func.HttpResponse(response.get_data(), status_code=response.status_code)
    for name, value in response.headers:
        if name.lower() != "content-length":
            answer.headers.add(name, value)
    response.close()
    return answer
