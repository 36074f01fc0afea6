"""The session door: the dashboard's page, signing in and out, and the way to the use cases."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from hmac import compare_digest
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.domain.audit import REFUSED, Actor, Door
from helpr_core.errors import CsrfFailed, NotFound, SignInFailed, SignInRequired
from helpr_core.web import cookies, origin, routing
from helpr_core.web.call import Call, Handler
from helpr_core.web.endpoint import Endpoint, named
from helpr_core.web.endpoints import ENDPOINTS, KEY_DOOR
from helpr_core.web.reading import read_body
from helpr_core.web.responses import NO_STORE, REVALIDATE, document_response, json_response
from helpr_core.web.session import shapes

if TYPE_CHECKING:
    from werkzeug.routing import Map

    from helpr_core.services.owner.sessions import Session

COOKIE = "helpr_session"
DEVICE_COOKIE = "helpr_device"
"""Says that the owner has signed in from this browser: see services/devices.py."""
_NOTED = (1, 10, 100, 1000, 10_000)
_TOLD_AT = 10
"""So many failures within an hour are news to the owner."""
CSRF_HEADER = "x-csrf-token"


def show_dashboard(call: Call) -> Response:
    """GET /dashboard: the dashboard's page, with its own sign-in."""
    parts = container.current()
    page = web.pages.render(
        "dashboard.html", demo=parts.installation.is_demo(), server_name=parts.site.server_name()
    )
    return document_response(call.request, page, REVALIDATE)


def post_session(call: Call) -> Response:
    """POST /dashboard/session: sign in."""
    origin.require_own_site(call)
    parts = container.current()
    sign_in = parts.owner.sign_in()
    given = read_body(call, shapes.SignInIn)
    device = parts.owner.devices().find(next(iter(cookies.values(call.request, DEVICE_COOKIE)), ""))
    try:
        token, session = sign_in(given.username, given.password, call.divided_client, device)
    except SignInFailed as exc:
        _note_refusal(call, exc)
        raise
    _note(call, session.username, "sign_in")
    if device is None:
        parts.notices().say("new_browser", name=session.username)
    response = _session_response(session)
    _set_cookie(call, response, COOKIE, token, parts.owner.sessions().lifetime_seconds)
    remembered = parts.owner.devices().remember(device)
    _set_cookie(call, response, DEVICE_COOKIE, remembered, parts.owner.devices().lifetime_seconds)
    return response


def get_session(call: Call) -> Response:
    """GET /dashboard/session: who is signed in."""
    return _session_response(_session(call))


def delete_session(call: Call) -> Response:
    """DELETE /dashboard/session: sign out, and end the session wherever its cookie is."""
    origin.require_own_site(call)
    session = _session(call)
    _check_csrf(call, session)
    container.current().owner.sessions().end(session)
    _note(call, session.username, "sign_out")
    response = Response(status=204, headers={"Cache-Control": NO_STORE})
    _set_cookie(call, response, COOKIE, "", 0)
    return response


def pass_on(call: Call) -> Response:
    """ANY /dashboard/api/{*path}: the owner's use cases, as behind /api/manage/{path}."""
    origin.require_own_site(call)  # GET too: some ask plex.tv, and some are written down
    session = _session(call)
    if call.request.method != "GET":
        _check_csrf(call, session)
    endpoint, path_params = _owners(call)
    handler: Handler = named(endpoint.handler)
    actor = Actor(Door.SESSION, session.username, call.reference)
    return handler(replace(call, actor=actor, path_params=path_params))


def _owners(call: Call) -> tuple[Endpoint, Mapping[str, str]]:
    """The owner's endpoint at that path below the key door; NotFound if there is none."""
    path = call.path_params.get("path", "")
    found = routing.match(_behind_the_key_door(), f"/{KEY_DOOR}{path}", call.request.method)
    if found is None:
        raise NotFound("no such use case")
    return found


@cache
def _behind_the_key_door() -> Map:
    return routing.url_map(endpoint for endpoint in ENDPOINTS if endpoint.key)


def _session(call: Call) -> Session:
    """The caller's session; SignInRequired without one.

    Nobody is counted: saying no costs less than that, and must not keep the owner out.
    """
    sessions = container.current().owner.sessions()
    for value in cookies.values(call.request, COOKIE):
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
    actor = Actor(Door.SESSION, username, call.reference)
    container.current().owner.audit_trail().note(actor, action, "session", after=after)


def _note_refusal(call: Call, failed: SignInFailed) -> None:
    """Of an hour's refusals the first, the tenth, the hundredth …: a stranger must not be able to
    fill the log with as many as there is patience for."""
    if failed.failures == _TOLD_AT:
        container.current().notices().say("wrong_passwords", failures=failed.failures)
    if failed.failures in _NOTED:
        counted = {"failures_within_the_hour": failed.failures}
        _note(call, "", REFUSED, counted if failed.failures > 1 else None)


def _session_response(session: Session) -> Response:
    told = shapes.SessionOut(username=session.username, csrf_token=session.csrf_token)
    return json_response(told)


def _set_cookie(call: Call, response: Response, name: str, value: str, seconds: int) -> None:
    cookies.set_cookie(call, response, name, value, seconds, path="/dashboard", same_site="Strict")
