"""A FunctionApp as a WSGI application that keeps the Functions host's rules."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Event
from typing import TYPE_CHECKING, Any

import azure.functions as func
from werkzeug.http import HTTP_STATUS_CODES

from helpr_core.local import functions, incoming, outgoing, timers
from helpr_core.local.configuration import HttpConfiguration, read_http_configuration
from helpr_core.local.context import new_context
from helpr_core.local.functions import HttpFunction, TimerFunction
from helpr_core.local.outgoing import Answer, Headers

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

FunctionKeys = Callable[[], Collection[str]]
OverHttps = Callable[["WSGIEnvironment"], bool]

log = logging.getLogger(__name__)


def create_application(
    app: func.FunctionApp,
    *,
    host_json: Mapping[str, Any],
    function_keys: FunctionKeys,
    most_body_bytes: int = incoming.MAX_BODY_BYTES,
    over_https: OverHttps = lambda environ: environ["wsgi.url_scheme"] == "https",
    last_resort: str = "",
) -> HostedApplication:
    """Turn a FunctionApp into a WSGI application.

    Reads the app's functions, which an app allows once. `function_keys` is asked at each call
    of a function that wants a key. HostRefusalError for what the host would refuse at start.
    The host takes bodies of 100 MiB; a server with less memory refuses larger ones unread.
    `over_https` tells which requests came so, where TLS ends before the server. The function
    named `last_resort` gets what no other takes; the host itself has none, and answers 404.
    """
    configuration = read_http_configuration(host_json)
    http, timed = functions.read_functions(app, configuration.route_prefix)
    return HostedApplication(
        http, timed, configuration, function_keys, most_body_bytes, over_https, last_resort
    )


class HostedApplication:
    """The WSGI application; `functions` are in the order in which requests try them."""

    def __init__(
        self,
        http_functions: tuple[HttpFunction, ...],
        timer_functions: tuple[TimerFunction, ...],
        configuration: HttpConfiguration,
        function_keys: FunctionKeys,
        most_body_bytes: int,
        over_https: OverHttps,
        last_resort: str,
    ) -> None:
        self.functions = http_functions
        self.timers = timer_functions
        self._configuration = configuration
        self._function_keys = function_keys
        self._most_body_bytes = most_body_bytes
        self._over_https = over_https
        self._last_resort = next((one for one in http_functions if one.name == last_resort), None)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        method = environ["REQUEST_METHOD"]
        try:
            answer = self._answer(environ, method)
        except incoming.RequestRejectedError as rejected:
            answer = Answer(rejected.status)
        if answer.parts is not None and method != "HEAD":
            return self._stream(answer, answer.parts, environ, start_response)
        has_body = method != "HEAD" and not answer.is_bodiless
        headers = self._with_configured(answer.headers, environ)
        if has_body and not answer.body and not _has(headers, "Content-Length"):
            headers.append(("Content-Length", "0"))
        phrase = HTTP_STATUS_CODES.get(answer.status, "Unknown")
        start_response(f"{answer.status} {phrase}", headers)
        return [answer.body] if has_body and answer.body else []

    def _stream(
        self,
        answer: Answer,
        parts: Iterable[bytes],
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """Each part as it is made; without a length, so the server marks the end."""
        headers = self._with_configured(answer.headers, environ)
        phrase = HTTP_STATUS_CODES.get(answer.status, "Unknown")
        start_response(f"{answer.status} {phrase}", headers)
        return parts

    def start_timers(self) -> Event:
        """Call the timers' functions when their time comes, until the returned event is set.

        For one call in each process that serves: importing the application starts nothing.
        """
        stop = Event()
        timers.start(self.timers, run_timer, stop)
        return stop

    def configured_headers(self) -> Headers:
        """Those of host.json, for what a server answers without asking the application."""
        return list(self._configuration.custom_headers)

    def _answer(self, environ: WSGIEnvironment, method: str) -> Answer:
        path = incoming.request_path(environ)
        for function in self.functions:
            if function.methods is None or method in function.methods:
                route_params = function.template.match(path)
                if route_params is not None:
                    return self._call(function, environ, path, route_params)
        last = self._last_resort
        if last is not None and method in (last.methods or (method,)):
            return self._call(last, environ, path, {})
        return Answer(404)

    def _call(
        self,
        function: HttpFunction,
        environ: WSGIEnvironment,
        path: str,
        route_params: dict[str, str],
    ) -> Answer:
        """Check the key, then read the body, then call the function: the host's order."""
        headers = incoming.request_headers(environ)
        query = environ.get("QUERY_STRING", "")
        if not self._is_authorized(function, incoming.offered_key(headers, query)):
            return Answer(401)
        request = func.HttpRequest(
            method=environ["REQUEST_METHOD"],
            url=incoming.request_url(environ, path),
            headers=headers,
            params=incoming.query_parameters(query),
            route_params=route_params,
            body=incoming.request_body(environ, self._most_body_bytes),
        )
        return _invoke(function, request)

    def _is_authorized(self, function: HttpFunction, key: str) -> bool:
        if function.auth_level == functions.ANONYMOUS:
            return True
        if function.auth_level == functions.ADMIN:
            return False  # there is no master key outside Azure
        offered = key.encode()
        # A list, so that the time does not tell which key was right.
        hits = [hmac.compare_digest(offered, known.encode()) for known in self._function_keys()]
        return key != "" and any(hits)

    def _with_configured(self, headers: Headers, environ: WSGIEnvironment) -> Headers:
        configured = list(self._configuration.custom_headers)
        if self._configuration.hsts is not None and self._over_https(environ):
            configured.append(("Strict-Transport-Security", self._configuration.hsts))
        return headers + [one for one in configured if not _has(headers, one[0])]


def _has(headers: Headers, name: str) -> bool:
    return any(given.lower() == name.lower() for given, _ in headers)


def run_timer(timer: TimerFunction) -> float | None:
    """Call a timer's function once, as the host does when its time has come.

    Returns in how many seconds it wants to be called again, where it cannot wait.
    """
    context = new_context(timer.name, timer.directory)
    request = timers.OwnTimer()
    arguments: dict[str, object] = {timer.parameter: request}
    if timer.wants_context:
        arguments["context"] = context
    try:
        timer.handler(**arguments)
    except Exception:  # the worker's rule here, too: the next time comes all the same
        log.exception(
            "timer failed function=%s invocation_id=%s", timer.name, context.invocation_id
        )
    return request.again_after_seconds


def _invoke(function: HttpFunction, request: func.HttpRequest) -> Answer:
    context = new_context(function.name, function.directory)
    arguments: dict[str, object] = {function.request_parameter: request}
    if function.wants_context:
        arguments["context"] = context
    try:
        response = function.handler(**arguments)
        if not isinstance(response, func.HttpResponse):
            raise TypeError(f"an HttpResponse is wanted, not {type(response).__name__}")  # noqa: TRY301
        return outgoing.rendered(response, request.method)
    except Exception:  # the worker's rule: whatever is wrong, an empty 500 and a line in the log
        log.exception(
            "function failed function=%s invocation_id=%s", function.name, context.invocation_id
        )
        return Answer(500)
