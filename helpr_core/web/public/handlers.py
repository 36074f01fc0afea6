"""What anyone may ask: the pages, the invite, its state, the site, health."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

import azure.functions as func

from helpr_core import __version__, container, web
from helpr_core.domain.messages import RECEIVED, friend_message
from helpr_core.domain.requests import InviteRequest, Source
from helpr_core.errors import (
    CrossSite,
    FieldError,
    HelprError,
    InvalidInput,
    InviteCodeInvalid,
    NotFound,
)
from helpr_core.texts import Message
from helpr_core.web.endpoint import Call, Endpoint
from helpr_core.web.problems import KINDS, Purpose, Trouble, trouble_of, trouble_of_row
from helpr_core.web.responses import (
    FOR_EVER,
    NO_STORE,
    REVALIDATE,
    document_response,
    json_response,
    problem_response,
    redirect,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpr_core.domain.identity import Identity
    from helpr_core.services.owner.devices import Device
    from helpr_core.services.site.summary import Site

REFRESH_SECONDS = 10
"""How often the result page reloads itself where JavaScript is off."""


def show_form(call: Call) -> func.HttpResponse:
    """GET /: the form, or the setup page while settings are missing."""
    # A cookie comes with it, which no shared cache may hand to others.
    return _form(call, {}, cache=f"private, {REVALIDATE}")


def show_join_form(call: Call) -> func.HttpResponse:
    """GET /join/{code}: the form with the code filled in."""
    # The host decodes all of a path but its slashes.
    code = call.request.route_params.get("code", "").replace("%2F", "/").replace("%2f", "/")
    # The code is in it: kept by no cache.
    return _form(call, {"invite_code": code[:255]}, cache=NO_STORE)


def show_result(call: Call) -> func.HttpResponse:
    """GET /invited/{request_id}: where the request stands, at any time."""
    row = _row(call)
    parts = container.current()
    page = web.pages.render(
        "invited.html",
        message=friend_message(row),
        row_name=row.email_or_username,
        request_id=str(row.request_id),
        server_name=row.server_name or parts.server_name(),
        refresh_seconds=REFRESH_SECONDS,
        demo=parts.is_demo(),
    )
    return document_response(call.request, page, f"private, {REVALIDATE}")


def show_static(call: Call) -> func.HttpResponse:
    """GET /static/{*path}: a file of the allow-list."""
    document = web.pages.static_document(call.request.route_params.get("path", ""))
    if document is None:
        raise NotFound("no such file")
    # A version in the query names these very bytes, so they never change under that name.
    named = call.request.params.get("v") == document.version
    return document_response(call.request, document, FOR_EVER if named else REVALIDATE)


def get_site(_call: Call) -> func.HttpResponse:
    """GET /api/site."""
    return json_response(web.schemas.site_out(container.current().site()))


def get_health(_call: Call) -> func.HttpResponse:
    """GET /healthz: the worker answers; nothing else is touched."""
    # Written out: the JSON models would cost this first answer of a cold worker 70 ms.
    return func.HttpResponse(
        f'{{"status":"ok","version":"{__version__}"}}',
        mimetype="application/json",
        headers={"Cache-Control": NO_STORE},
    )


def get_openapi(call: Call) -> func.HttpResponse:
    """GET /api/openapi.json."""
    return document_response(call.request, web.openapi.document(), REVALIDATE)


def get_invite(call: Call) -> func.HttpResponse:
    """GET /api/invites/{request_id}."""
    return json_response(web.schemas.invite_status(_row(call)))


def post_invite(call: Call) -> func.HttpResponse:
    """POST /api/invites: the main job."""
    fields: dict[str, object] = {}
    try:
        web.origin.require_own_site(call)
        fields = _fields(call)
        if call.wants_html and "suggestion" in fields:  # the button "Use name@gmail.com"
            fields["email_or_username"] = fields.pop("suggestion")
        given = web.bodies.check(web.schemas.InviteIn, fields)
        browsers = container.current().browsers()
        token = browsers.remember(web.cookies.friends_browser(call))
        identity = web.identities.read_identity(given.email_or_username, given.confirmed)
        row = _send(call, given, identity, browsers.find(token))
    except (CrossSite, InvalidInput, InviteCodeInvalid) as exc:
        trouble = trouble_of(exc)
        if not call.wants_html:
            return problem_response(trouble, call.reference)
        if isinstance(exc, CrossSite):
            with suppress(HelprError):  # what cannot be read is not filled in
                fields = _fields(call)
        return _form(call, fields, cache=NO_STORE, trouble=trouble)
    if row is None:
        return _received(call)
    is_as_sent = identity.typed == given.email_or_username.strip()
    response = _answer(call, row, None if is_as_sent else identity.typed)
    web.cookies.remember_browser(call, response, token)
    return response


def _fields(call: Call) -> dict[str, object]:
    return web.bodies.read_fields(
        call.request.headers.get("content-type", ""), call.request.get_body(), forms=True
    )


def _answer(call: Call, row: InviteRequest, understood: str | None) -> func.HttpResponse:
    """To the browser whose request it is; `understood` where it is not what was sent."""
    location = f"/invited/{row.request_id}"
    if call.wants_html:
        return redirect(location)
    failed = trouble_of_row(row)
    if failed is not None:
        return problem_response(failed, call.reference)
    taken = web.schemas.invite_out(row, understood)
    status = 201 if taken.status == "success" else 202
    return json_response(taken, status, {"Location": location})


def _received(call: Call) -> func.HttpResponse:
    """To any other browser: the same for every state of the person's request."""
    if not call.wants_html:
        return json_response(web.schemas.received_out(), 202)
    parts = container.current()
    name = parts.settings().plex_server_name
    page = web.pages.render(
        "received.html", received=RECEIVED, server_name=name, demo=parts.is_demo()
    )
    return document_response(call.request, page, NO_STORE, 202)


def _send(
    call: Call, given: web.schemas.InviteIn, identity: Identity, browser: Device | None
) -> InviteRequest | None:
    parts = container.current()
    parts.admission().check(given.invite_code, call.client)
    browser_key = parts.keyed_hash("browser", browser.id) if browser else ""
    send = parts.send_invite()
    return send(identity, Source.FORM, call.client_key, given.note, browser_key)


def _row(call: Call) -> InviteRequest:
    try:
        request_id = UUID(call.request.route_params.get("request_id", ""))
    except ValueError as exc:
        raise NotFound("not a request's id") from exc
    row = container.current().request_lookup()(request_id)
    if row is None:
        raise NotFound("no such request")
    return row


def _form(
    call: Call, typed: dict[str, object], cache: str, trouble: Trouble | None = None
) -> func.HttpResponse:
    parts = container.current()
    site = parts.site()
    names = ("email_or_username", "invite_code", "note")
    page = web.pages.render(
        "form.html",
        site=site,
        values={name: _shown(typed.get(name)) for name in names},
        errors=_errors(trouble),
        fields=list(_shown_fields(site)),
        suggestion=trouble.suggestion if trouble else None,
        retention=_retention(site.retention_days),
        received=RECEIVED,
        server_name=site.server_name,
        demo=parts.is_demo(),
    )
    status = trouble.kind.status if trouble else 200
    response = document_response(call.request, page, cache, status)
    # With the form, not with the first answer: the second half of a double click leaves before
    # that has come. Sent by another site's page the browser kept its cookie to itself.
    is_foreign = trouble is not None and trouble.code == CrossSite.code
    if not is_foreign and web.cookies.friends_browser(call) is None:
        web.cookies.remember_browser(call, response, parts.browsers().remember(None))
    return response


def _retention(days: int) -> Message:
    if not days:
        return Message("form.retention_for_ever")
    return Message("form.retention_days", count=days)


def _shown_fields(site: Site) -> Iterator[str]:
    yield "email_or_username"
    if site.code_required:
        yield "invite_code"
    if site.approval_required:
        yield "note"


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _errors(trouble: Trouble | None) -> tuple[FieldError, ...]:
    if trouble is None:
        return ()
    if trouble.code == CrossSite.code:
        return (FieldError("", trouble.kind.detail),)
    if trouble.code == "invite_code_invalid":
        return (FieldError("invite_code", KINDS[trouble.code].detail),)
    return trouble.errors


PAGE = ("GET", "HEAD")

ENDPOINTS = (
    Endpoint("form", "/", PAGE, show_form, limit="default"),
    Endpoint("join", "join/{code}", PAGE, show_join_form, limit="default"),
    Endpoint("invited", "invited/{request_id}", PAGE, show_result, limit="status"),
    Endpoint("static_files", "static/{*path}", PAGE, show_static),
    Endpoint("site", "api/site", ("GET",), get_site, limit="default"),
    Endpoint(
        "invite",
        "api/invites",
        ("POST",),
        post_invite,
        limit="invites",
        purpose=Purpose.ASK,
    ),
    Endpoint("invite_status", "api/invites/{request_id}", ("GET",), get_invite, limit="status"),
    Endpoint("healthz", "healthz", PAGE, get_health),
    Endpoint("openapi", "api/openapi.json", ("GET",), get_openapi, limit="default"),
)

blueprint = func.Blueprint()
for _endpoint in ENDPOINTS:
    _endpoint.register(blueprint)
