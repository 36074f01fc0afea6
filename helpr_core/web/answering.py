"""What all endpoints share: limits, errors as answers, security headers, one log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace

from werkzeug.wrappers import Request, Response

from helpr_core import container, web
from helpr_core.domain.audit import FRIEND
from helpr_core.errors import BodyTooLarge, HelprError
from helpr_core.patience import within
from helpr_core.web import cookies, language, telling, way
from helpr_core.web.call import KEY_HOLDER, Call, Handler, is_https
from helpr_core.web.endpoint import FORM, Endpoint, Purpose, named
from helpr_core.web.problems import INTERNAL, Trouble, trouble_of
from helpr_core.web.reading import body_fields
from helpr_core.web.responses import HSTS, SECURITY_HEADERS, problem_page, problem_response

log = logging.getLogger(__name__)

PLEX_SECONDS = 10.0
"""How long one request waits for plex.tv in total; anything not done by then is kept for later."""

TYPED = ("email_or_username", "invite_code", "note", "confirmed")
"""The fields of a friend's form."""

FOR_A_WHILE = ("rate_limited", "unavailable", "internal_error", "invites_paused")
"""Errors that may pass by themselves: the same form can be sent again."""

WITH_WORDS = ("text/html", "application/json", "application/problem+json")
"""The types of answers that contain sentences; JSON has some in `message` and `detail`."""


def answer(
    endpoint: Endpoint, request: Request, reference: str, path_params: Mapping[str, str]
) -> Response:
    """The endpoint's answer to the request. `reference` finds it in the log."""
    started = time.perf_counter()
    actor = replace(KEY_HOLDER if endpoint.key else FRIEND, reference=reference)
    call = Call(request, reference, actor, path_params)
    spoken = language.language_of(request)
    with within(PLEX_SECONDS), way.walking(request), language.speaking(spoken, request):
        response = _answer(endpoint, call)
    add_security_headers(request, response)
    _add_language(call, response, spoken)
    level = logging.INFO if response.status_code < 500 else logging.WARNING
    log.log(
        level,
        "answered function=%s status=%d ms=%d reference=%s",
        endpoint.name,
        response.status_code,
        (time.perf_counter() - started) * 1000,
        reference,
    )
    telling.after(endpoint, request.method)
    return response


def _answer(endpoint: Endpoint, call: Call) -> Response:
    try:
        _refuse_unread(call.request)
        if endpoint.limit is not None:
            container.current().site.limiter().hit(endpoint.limit, call.client)
        handler: Handler = named(endpoint.handler)
        return handler(call)
    except HelprError as exc:
        trouble = trouble_of(exc, endpoint.purpose)
        log.info("refused code=%s error=%s", trouble.code, type(exc).__name__)
    except Exception as exc:  # noqa: BLE001 - the only place that catches everything
        # The traceback shows the cause; the message may contain what a person typed.
        log_unexpected(endpoint.name, call.reference, exc)
        trouble = INTERNAL
    if call.wants_html:
        return problem_page(trouble, call.reference, _typed(endpoint, call, trouble))
    return problem_response(trouble, call.reference)


def _refuse_unread(request: Request) -> None:
    """Raise BodyTooLarge for a body larger than the server reads, whatever else is wrong."""
    most = request.max_content_length
    if most is not None and (request.content_length or 0) > most:
        raise BodyTooLarge(web.bodies.MAX_BYTES)


def _typed(endpoint: Endpoint, call: Call, trouble: Trouble) -> dict[str, str] | None:
    """The fields of a friend's form, unchanged, to be sent again later.

    Only from the body: refusing a flood must cost nothing.
    """
    if endpoint.purpose is not Purpose.ASK or trouble.code not in FOR_A_WHILE:
        return None
    try:
        fields = body_fields(call, FORM)
    except HelprError:
        return None
    typed = {name: text for name in TYPED if isinstance(text := fields.get(name), str) and text}
    return typed if "email_or_username" in typed else None


def log_unexpected(name: str, reference: str, error: Exception) -> None:
    """Log one line with the place of the error, but not its text, which may contain a secret."""
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


def add_security_headers(request: Request, response: Response) -> None:
    """The headers of every answer; a page may have its own policy."""
    for name, text in SECURITY_HEADERS.items():
        response.headers.setdefault(name, text)
    if is_https(request):
        response.headers["Strict-Transport-Security"] = HSTS


def _add_language(call: Call, response: Response, spoken: str) -> None:
    """Say which language the answer is in, and remember one that was switched to."""
    if response.mimetype in WITH_WORDS:
        response.headers["Content-Language"] = spoken
        response.vary.update(language.VARY)
    if language.switched_to(call.request):
        seconds = language.YEAR_SECONDS
        cookies.set_cookie(
            call, response, language.COOKIE, spoken, seconds, path="/", same_site="Lax"
        )
