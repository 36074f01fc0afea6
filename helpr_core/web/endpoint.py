"""What every endpoint has: limits, errors as answers, security headers, one log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import azure.functions as func

from helpr_core import container, web
from helpr_core.domain.audit import Actor, Door
from helpr_core.domain.client_address import Group, client_groups, divided, doubt_about
from helpr_core.domain.transport import came_over_https
from helpr_core.errors import HelprError, SetupRequired
from helpr_core.patience import within
from helpr_core.web import language
from helpr_core.web.negotiation import prefers_html
from helpr_core.web.problems import INTERNAL, Purpose, Trouble, trouble_of
from helpr_core.web.responses import (
    HSTS,
    SECURITY_HEADERS,
    problem_page,
    problem_response,
)

log = logging.getLogger(__name__)


PLEX_SECONDS = 10.0
"""How long one request waits for plex.tv, all its calls together; what is not done by then is
kept for later."""

TYPED = ("email_or_username", "invite_code", "note", "confirmed")
"""What a friend's form has in it."""

FOR_A_WHILE = ("rate_limited", "unavailable", "internal_error")
"""Troubles that end by themselves, or may: the same form can be sent again."""

WITH_WORDS = ("text/html; charset=utf-8", "application/json", "application/problem+json")
"""The types of answers that hold sentences; JSON has some for people in `message` and `detail`."""

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

    @property
    def is_https(self) -> bool:
        """Whether the browser came over HTTPS, to us or to a proxy that is believed."""
        return is_https(self.request)

    @cached_property
    def client(self) -> tuple[Group, ...]:
        """The client, and the networks it is in, as keyed hashes: enough to count by, nothing
        to find out."""
        return _hashed(client_groups(self.request.headers, self._trusted_hops))

    @cached_property
    def divided_client(self) -> tuple[Group, ...]:
        """The same for the owner's door: behind a proxy that is not believed others must not
        use up all of its limit."""
        return _hashed(divided(self.request.headers, self._trusted_hops))

    @property
    def client_key(self) -> str:
        """The client alone."""
        return self.client[0].key

    @cached_property
    def _trusted_hops(self) -> int:
        """How many proxies are believed. Where that seems wrong, the owner is told."""
        parts = container.current()
        hops = parts.settings().trusted_proxy_hops
        doubt = doubt_about(self.request.headers, hops)
        if doubt is not None:
            parts.sightings().note_doubt(doubt)
        return hops


def _hashed(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    keyed_hash = container.current().keyed_hash
    return tuple(Group(keyed_hash("client", key)[:32], factor) for key, factor in groups)


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
        spoken = _language(req)
        with within(PLEX_SECONDS), language.speaking(spoken, req.method, req.url):
            response = _answer(endpoint, call)
        _add_security_headers(req, response)
        _add_language(call, response, spoken)
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
            container.current().limiter().hit(endpoint.limit, call.client)
        return endpoint.handler(call)
    except HelprError as exc:
        trouble = trouble_of(exc, endpoint.purpose)
        log.info("refused code=%s error=%s", trouble.code, type(exc).__name__)
    except Exception as exc:  # noqa: BLE001 - the only place that catches everything
        # The traceback names the cause; the message may hold what a person typed.
        _log_unexpected(endpoint.name, call.reference, exc)
        trouble = INTERNAL
    if call.wants_html:
        return problem_page(trouble, call.reference, _typed(endpoint, call, trouble))
    return problem_response(trouble, call.reference)


def _typed(endpoint: Endpoint, call: Call, trouble: Trouble) -> dict[str, str] | None:
    """The fields of a friend's form that may well be taken later, just as they are.

    From the body alone: a flood that is refused must cost nothing.
    """
    if endpoint.purpose is not Purpose.ASK or trouble.code not in FOR_A_WHILE:
        return None
    try:
        content_type = call.request.headers.get("content-type", "")
        fields = web.bodies.read_fields(content_type, call.request.get_body(), forms=True)
    except HelprError:
        return None
    typed = {name: text for name in TYPED if isinstance(text := fields.get(name), str) and text}
    return typed if "email_or_username" in typed else None


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
    if is_https(request):
        response.headers["Strict-Transport-Security"] = HSTS


def _language(request: func.HttpRequest) -> str:
    remembered = next(web.cookies.values(request.headers, language.COOKIE), "")
    return language.language_of(request.headers, request.params, remembered)


def _add_language(call: Call, response: func.HttpResponse, spoken: str) -> None:
    """Say which language the answer is in, and remember one that was switched to."""
    if response.mimetype in WITH_WORDS or response.headers.get("Content-Type", "") in WITH_WORDS:
        response.headers["Content-Language"] = spoken
        varies = [response.headers.get("Vary", ""), *language.VARY]
        response.headers["Vary"] = ", ".join(filter(None, varies))
    if language.switched_to(call.request.params):
        cookie = web.cookies.set_cookie(
            language.COOKIE,
            spoken,
            language.YEAR_SECONDS,
            path="/",
            same_site="Lax",
            secure=call.is_https,
        )
        response.headers.add("Set-Cookie", cookie)


def is_https(request: func.HttpRequest) -> bool:
    """Whether that request came over HTTPS; while settings are missing, its address tells."""
    try:
        settings = container.current().settings()
    except SetupRequired:
        return came_over_https(request.url, {}, 0, None)
    return came_over_https(
        request.url, request.headers, settings.trusted_proxy_hops, settings.public_url
    )
