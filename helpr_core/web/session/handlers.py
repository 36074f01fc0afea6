"""The session door: the dashboard's page, signing in and out, and the way to the use cases."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from hmac import compare_digest
from typing import TYPE_CHECKING

import azure.functions as func

from helpr_core import container, web
from helpr_core.domain.audit import REFUSED, Actor, Door
from helpr_core.errors import CsrfFailed, NotFound, SignInFailed, SignInRequired
from helpr_core.web import manage
from helpr_core.web.endpoint import Call, Endpoint
from helpr_core.web.problems import Purpose
from helpr_core.web.responses import NO_STORE, REVALIDATE, document_response, json_response

if TYPE_CHECKING:
    from helpr_core.services.owner.sessions import Session

COOKIE = "helpr_session"
DEVICE_COOKIE = "helpr_device"
"""Says that the owner has signed in from this browser: see services/devices.py."""
_NOTED = (1, 10, 100, 1000, 10_000)
CSRF_HEADER = "x-csrf-token"


def show_dashboard(call: Call) -> func.HttpResponse:
    """GET /dashboard: the dashboard's page; whoever opens it signs in there."""
    parts = container.current()
    page = web.pages.render("dashboard.html", demo=parts.is_demo(), server_name=parts.server_name())
    return document_response(call.request, page, REVALIDATE)


def post_session(call: Call) -> func.HttpResponse:
    """POST /dashboard/session: sign in."""
    web.origin.require_own_site(call)
    parts = container.current()
    sign_in = parts.sign_in()
    fields = web.bodies.read_fields(
        call.request.headers.get("content-type", ""), call.request.get_body(), forms=False
    )
    given = web.bodies.check(web.session_schemas.SignInIn, fields)
    device = parts.devices().find(next(web.cookies.values(call.request.headers, DEVICE_COOKIE), ""))
    try:
        token, session = sign_in(given.username, given.password, call.divided_client, device)
    except SignInFailed as exc:
        _note_refusal(call, exc)
        raise
    _note(call, session.username, "sign_in")
    response = _session_response(session)
    _set_cookie(call, response, COOKIE, token, parts.sessions().lifetime_seconds)
    remembered = parts.devices().remember(device)
    _set_cookie(call, response, DEVICE_COOKIE, remembered, parts.devices().lifetime_seconds)
    return response


def get_session(call: Call) -> func.HttpResponse:
    """GET /dashboard/session: who is signed in."""
    return _session_response(_session(call))


def delete_session(call: Call) -> func.HttpResponse:
    """DELETE /dashboard/session: sign out, and end the session wherever its cookie is."""
    web.origin.require_own_site(call)
    session = _session(call)
    _check_csrf(call, session)
    container.current().sessions().end(session)
    _note(call, session.username, "sign_out")
    response = func.HttpResponse(status_code=204, headers={"Cache-Control": NO_STORE})
    _set_cookie(call, response, COOKIE, "", 0)
    return response


def pass_on(call: Call) -> func.HttpResponse:
    """ANY /dashboard/api/{*path}: the owner's use cases, as behind /api/manage/{path}."""
    web.origin.require_own_site(call)  # GET too: some ask plex.tv, and some are written down
    session = _session(call)
    if call.request.method != "GET":
        _check_csrf(call, session)
    found = manage.find(call.request.method, call.request.route_params.get("path", ""))
    if found is None:
        raise NotFound("no such use case")
    operation, path_params = found
    actor = Actor(Door.SESSION, session.username)
    return operation.answer(replace(call, actor=actor, path_params=path_params))


def _session(call: Call) -> Session:
    """The caller's session; SignInRequired without one.

    Nobody is counted: saying no costs less than that, and must not keep the owner out.
    """
    sessions = container.current().sessions()
    for value in web.cookies.values(call.request.headers, COOKIE):
        with suppress(SignInRequired):
            return sessions.check(value)
    raise SignInRequired("no session of ours")


def _check_csrf(call: Call, session: Session) -> None:
    given = call.request.headers.get(CSRF_HEADER, "")
    if not compare_digest(given.encode("utf-8", "replace"), session.csrf_token.encode()):
        raise CsrfFailed("the CSRF token is missing or another session's")


def _note(
    call: Call, username: str, action: str, after: Mapping[str, object] | None = None
) -> None:
    actor = Actor(Door.SESSION, username)
    container.current().audit_trail().note(actor, action, "session", call.reference, after=after)


def _note_refusal(call: Call, failed: SignInFailed) -> None:
    """Of an hour's refusals the first, the tenth, the hundredth …: a stranger must not be able to
    fill the log with as many as there is patience for."""
    if failed.failures in _NOTED:
        counted = {"failures_within_the_hour": failed.failures}
        _note(call, "", REFUSED, counted if failed.failures > 1 else None)


def _session_response(session: Session) -> func.HttpResponse:
    told = web.session_schemas.SessionOut(username=session.username, csrf_token=session.csrf_token)
    return json_response(told)


def _set_cookie(
    call: Call, response: func.HttpResponse, name: str, value: str, max_age_seconds: int
) -> None:
    response.headers.add(
        "Set-Cookie",
        web.cookies.set_cookie(
            name,
            value,
            max_age_seconds,
            path="/dashboard",
            same_site="Strict",
            secure=call.is_https,
        ),
    )


ENDPOINTS = (
    Endpoint("dashboard", "dashboard", ("GET", "HEAD"), show_dashboard),
    Endpoint("sign_in", "dashboard/session", ("POST",), post_session),
    Endpoint("session", "dashboard/session", ("GET",), get_session),
    Endpoint("sign_out", "dashboard/session", ("DELETE",), delete_session),
    Endpoint(
        "dashboard_api",
        "dashboard/api/{*path}",
        ("GET", "POST", "PUT", "DELETE"),
        pass_on,
        purpose=Purpose.MANAGE,
    ),
)

blueprint = func.Blueprint()
for _endpoint in ENDPOINTS:
    _endpoint.register(blueprint)
