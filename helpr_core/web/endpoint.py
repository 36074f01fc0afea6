"""What every endpoint has: limits, errors as answers, security headers, one log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import azure.functions as func

from helpr_core import container
from helpr_core.domain.audit import Actor, Door
from helpr_core.domain.client_address import client_bucket
from helpr_core.errors import HelprError
from helpr_core.web.negotiation import prefers_html
from helpr_core.web.problems import INTERNAL, Purpose, trouble_of
from helpr_core.web.responses import (
    HSTS,
    SECURITY_HEADERS,
    problem_page,
    problem_response,
)

log = logging.getLogger(__name__)


NOBODY = Actor(Door.KEY, "")
# The host checks the key and does not tell the app which of its keys it was.
KEY_HOLDER = Actor(Door.KEY, "function key")


@dataclass(frozen=True)
class Call:
    """One request, and what the handlers need to know of it.

    `actor` is who acts where a door was passed, `path_params` what the path held.
    """

    request: func.HttpRequest
    reference: str
    actor: Actor = NOBODY
    path_params: Mapping[str, str] = field(default_factory=dict)

    @property
    def wants_html(self) -> bool:
        """Whether a browser asks for a page, rather than a program for JSON."""
        return prefers_html(self.request.headers.get("accept", ""))

    @cached_property
    def client_key(self) -> str:
        """The client's address as a keyed hash: enough to count by, nothing to find out."""
        parts = container.current()
        bucket = client_bucket(self.request.headers, parts.settings().trusted_proxy_hops)
        return parts.keyed_hash("client", bucket)[:32]


Handler = Callable[[Call], func.HttpResponse]
AzureFunction = Callable[[func.HttpRequest, func.Context], func.HttpResponse]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A function of the app. `limit` names the rate limit's rule, None for none."""

    name: str
    route: str
    methods: tuple[str, ...]
    handler: Handler
    limit: str | None = None
    auth_level: func.AuthLevel = func.AuthLevel.ANONYMOUS
    purpose: Purpose = Purpose.LOOK

    def register(self, blueprint: func.Blueprint) -> None:
        """Add it to the blueprint, under its own name, with everything stated."""
        function = _azure_function(self)
        routed = blueprint.route(
            route=self.route,
            methods=[func.HttpMethod(method) for method in self.methods],
            auth_level=self.auth_level,
        )(function)
        blueprint.function_name(self.name)(routed)


def _azure_function(endpoint: Endpoint) -> AzureFunction:
    # Not functools.wraps: the worker looks at the signature, and needs these two names.
    def function(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        started = time.perf_counter()
        call = Call(
            req,
            context.invocation_id,
            NOBODY if endpoint.auth_level is func.AuthLevel.ANONYMOUS else KEY_HOLDER,
            req.route_params,
        )
        response = _answer(endpoint, call)
        _add_security_headers(req, response)
        level = logging.INFO if response.status_code < 500 else logging.WARNING
        log.log(
            level,
            "answered function=%s status=%d ms=%d reference=%s",
            endpoint.name,
            response.status_code,
            (time.perf_counter() - started) * 1000,
            call.reference,
        )
        return response

    function.__name__ = endpoint.name
    # Written as objects: the worker evaluates annotations when it indexes the app.
    function.__annotations__ = {
        "req": func.HttpRequest,
        "context": func.Context,
        "return": func.HttpResponse,
    }
    return function


def _answer(endpoint: Endpoint, call: Call) -> func.HttpResponse:
    try:
        if endpoint.limit is not None:
            container.current().limiter().hit(endpoint.limit, call.client_key)
        return endpoint.handler(call)
    except HelprError as exc:
        trouble = trouble_of(exc, endpoint.purpose)
        log.info("refused code=%s error=%s", trouble.code, type(exc).__name__)
    except Exception as exc:  # noqa: BLE001 - the only place that catches everything
        # The traceback names the cause; the message may hold what a person typed.
        _log_unexpected(endpoint.name, call.reference, exc)
        trouble = INTERNAL
    if call.wants_html:
        return problem_page(trouble, call.reference)
    return problem_response(trouble, call.reference)


def run_timer(name: str, work: Callable[[], None], reference: str) -> None:
    """Do a timer's work; what goes wrong is one line in the log, as for a request."""
    try:
        work()
    except HelprError as exc:
        log.warning("not done timer=%s code=%s reference=%s", name, exc.code, reference)
    except Exception as exc:  # noqa: BLE001 - nobody is there to answer; see above
        _log_unexpected(name, reference, exc)


def _log_unexpected(name: str, reference: str, error: Exception) -> None:
    frames = []
    step = error.__traceback__
    while step is not None:
        frames.append(f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}")
        step = step.tb_next
    log.error(
        "failed function=%s reference=%s error=%s at=%s",
        name,
        reference,
        type(error).__name__,
        " > ".join(frames[-8:]),
    )


def _add_security_headers(request: func.HttpRequest, response: func.HttpResponse) -> None:
    for name, value in SECURITY_HEADERS.items():
        response.headers[name] = value
    if request.url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = HSTS
