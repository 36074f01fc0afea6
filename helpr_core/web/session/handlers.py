"""The session door: the dashboard's page, signing in and out, and access to the use cases."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from hmac import compare_digest
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.domain.audit import REFUSED, Actor, Door
from helpr_core.domain.browsers import Way
from helpr_core.domain.notices import WayInChange
from helpr_core.domain.plex_addresses import pins_origin
from helpr_core.domain.second_factor import is_from_app, typed_code
from helpr_core.errors import CsrfFailed, NotFound, SignInFailed, SignInRequired, Unavailable
from helpr_core.texts import text
from helpr_core.web import origin, routing
from helpr_core.web.call import Call, Handler
from helpr_core.web.endpoint import Endpoint, named
from helpr_core.web.endpoints import ENDPOINTS, KEY_DOOR
from helpr_core.web.reading import read_body, read_query
from helpr_core.web.responses import REVALIDATE, document_response, may_connect_to, no_content
from helpr_core.web.session import shapes, signed_in
from helpr_core.web.session.changed import tell_change

if TYPE_CHECKING:
    from helpr_core.services.owner.sessions import Session

log = logging.getLogger(__name__)

_NOTED = (1, 10, 100, 1000, 10_000)
_TOLD_AT = 10
"""The owner is notified once there are this many failures within an hour."""
CSRF_HEADER = "x-csrf-token"


def show_dashboard(call: Call) -> Response:
    """GET /dashboard: the dashboard's page, with its own sign-in."""
    parts = container.current()
    # To sign in with Plex, the owner's own browser creates the PIN.
    pins = pins_origin(parts.installation.settings().plex_api_url)
    ways = parts.installation.sign_in_ways()
    page = web.pages.render(
        "dashboard.html",
        demo=parts.installation.is_demo(),
        server_name=parts.site.server_name(),
        heading=_heading(),
        passkeys=_has_passkeys(),
        ways=" ".join(ways),
        pins_url=f"{pins}/api/v2/pins" if Way.PLEX in ways else "",
    )
    response = document_response(call.request, page, REVALIDATE)
    # Also for signing in to Plex again, if no token is given as a setting.
    if Way.PLEX in ways or not parts.installation.has_token:
        may_connect_to(response, pins)
    return response


def _heading() -> str:
    """Who invites, for what is printed of a link; "" while the owner's name is unknown."""
    owner = container.face().owner
    return text("form.heading", owner=owner) if owner else ""


def _has_passkeys() -> bool:
    """Whether the sign-in page offers passkeys; the page works even if the stores are down."""
    try:
        return container.current().owner.passkeys().are_there()
    except Unavailable as exc:
        log.warning("the page offers no passkeys reason=%s", exc)
        return False


def post_session(call: Call) -> Response:
    """POST /dashboard/session: sign in."""
    origin.require_own_site(call)
    container.current().installation.require_password_way()
    sign_in = container.current().owner.sign_in()
    given = read_body(call, shapes.SignInIn)
    known = signed_in.known_device(call)
    try:
        username = sign_in(given.username, given.password, call.divided_client, known, given.code)
    except SignInFailed as exc:
        _note_refusal(call, exc)
        raise
    _note_recovery_code(call, username, given.code)
    return signed_in.let_in(call, username, Way.PASSWORD)


def get_session(call: Call) -> Response:
    """GET /dashboard/session: who is signed in."""
    query = read_query(call, shapes.SessionQuery)
    try:
        return signed_in.session_response(signed_in.session_of(call))
    except SignInRequired:
        if not query.if_any:
            raise
        return no_content()


def delete_session(call: Call) -> Response:
    """DELETE /dashboard/session: sign out, and end the session for every copy of its cookie."""
    origin.require_own_site(call)
    session = signed_in.session_of(call)
    _check_csrf(call, session)
    container.current().owner.sessions().end(session)
    signed_in.note(call, session.username, "sign_out")
    response = no_content()
    signed_in.set_cookie(call, response, signed_in.COOKIE, "", 0)
    return response


def pass_on(call: Call) -> Response:
    """ANY /dashboard/api/{*path}: the owner's use cases, as behind /api/manage/{path}."""
    origin.require_own_site(call)  # GET too: some call plex.tv, and some are logged
    session = signed_in.session_of(call)
    if call.request.method != "GET":
        _check_csrf(call, session)
    endpoint, path_params = _owners(call)
    handler: Handler = named(endpoint.handler)
    actor = Actor(Door.SESSION, session.username, call.reference)
    known = replace(call, actor=actor, path_params=path_params, session=session)
    return handler(known)


def _owners(call: Call) -> tuple[Endpoint, Mapping[str, str]]:
    """The owner's endpoint with that path at the key door; NotFound if there is none."""
    path = call.path_params.get("path", "")
    found = _behind_the_key_door().match(f"/{KEY_DOOR}{path}", call.request.method)
    if found is None:
        raise NotFound("no such use case")
    return found


@cache
def _behind_the_key_door() -> routing.Routes:
    return routing.Routes(endpoint for endpoint in ENDPOINTS if endpoint.key)


def _check_csrf(call: Call, session: Session) -> None:
    given = call.request.headers.get(CSRF_HEADER, "")
    if not compare_digest(given.encode("utf-8", "replace"), session.csrf_token.encode()):
        raise CsrfFailed("the CSRF token is missing or another session's")


def _note_recovery_code(call: Call, username: str, typed: str) -> None:
    """If one was used to sign in, record how many are left."""
    factor = container.current().owner.second_factors().current() if typed.strip() else None
    if factor is not None and factor.is_on and not is_from_app(typed_code(typed)):
        left = {"recovery_codes_left": len(factor.recovery)}
        signed_in.note(call, username, "recovery_code_used", left)
        tell_change(WayInChange.RECOVERY_CODE_USED)


def _note_refusal(call: Call, failed: SignInFailed) -> None:
    """Record an hour's first, tenth, hundredth … refusal, so that a stranger cannot fill the
    log."""
    if failed.failures == _TOLD_AT:
        container.current().notices().say("wrong_passwords", failures=failed.failures)
    if failed.failures in _NOTED:
        counted = {"failures_within_the_hour": failed.failures}
        signed_in.note(call, "", REFUSED, counted if failed.failures > 1 else None)
