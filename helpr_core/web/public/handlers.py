"""What any program may request: the invite, its state, the site."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container, web
from helpr_core.domain.access_messages import access_until
from helpr_core.domain.requests import InviteRequest, Source
from helpr_core.errors import CrossSite, HelprError, InvalidInput, InviteCodeInvalid
from helpr_core.web import bodies, cookies, identities, origin
from helpr_core.web.call import Call
from helpr_core.web.endpoint import FORM
from helpr_core.web.problems import trouble_of, trouble_of_row
from helpr_core.web.public import shapes
from helpr_core.web.public.form import form_page, received_page
from helpr_core.web.public.links import asked_link, site_of, typed_link
from helpr_core.web.public.lookup import asked_row, share_of, status_message
from helpr_core.web.reading import body_fields
from helpr_core.web.responses import (
    NO_STORE,
    REVALIDATE,
    document_response,
    json_response,
    problem_response,
    redirect,
)

if TYPE_CHECKING:
    from helpr_core.domain.identity import Identity
    from helpr_core.services.owner.devices import Device


def get_site(_call: Call) -> Response:
    """GET /api/site."""
    return json_response(shapes.site_out(container.current().site.summary()))


def get_openapi(call: Call) -> Response:
    """GET /api/openapi.json."""
    return document_response(call.request, web.openapi.document(), REVALIDATE)


def get_invite(call: Call) -> Response:
    """GET /api/invites/{request_id}."""
    row = asked_row(call)
    share = share_of(row)
    return json_response(shapes.invite_status(row, status_message(row, share), access_until(share)))


def post_invite(call: Call) -> Response:
    """POST /api/invites: the main job."""
    fields: dict[str, object] = {}
    try:
        origin.require_own_site(call)
        fields = body_fields(call, FORM)
        if call.wants_html and "suggestion" in fields:  # the button "Use name@gmail.com"
            fields["email_or_username"] = fields.pop("suggestion")
        given = bodies.check(shapes.InviteIn, fields)
        browsers = container.current().requests.browsers()
        token = browsers.remember(cookies.friends_browser(call))
        identity = identities.read_identity(given.email_or_username, given.confirmed)
        row = _send(call, given, identity, browsers.find(token))
    except (CrossSite, InvalidInput, InviteCodeInvalid) as exc:
        trouble = trouble_of(exc)
        if not call.wants_html:
            return problem_response(trouble, call.reference)
        if isinstance(exc, CrossSite):
            with suppress(HelprError):  # unreadable text is not filled in again
                fields = body_fields(call, FORM)
        link = typed_link(call, _text(fields.get("invite_code")))
        return form_page(call, fields, cache=NO_STORE, trouble=trouble, link=link)
    if row is None:
        if call.wants_html:
            return received_page(call)
        return json_response(shapes.received_out(), 202)
    is_as_sent = identity.typed == given.email_or_username.strip()
    response = _answer(call, row, None if is_as_sent else identity.typed)
    cookies.remember_browser(call, response, token)
    return response


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _answer(call: Call, row: InviteRequest, understood: str | None) -> Response:
    """The answer to the request's own browser; `understood` if it differs from what was sent."""
    location = f"/invited/{row.request_id}"
    if call.wants_html:
        return redirect(location)
    failed = trouble_of_row(row)
    if failed is not None:
        return problem_response(failed, call.reference)
    taken = shapes.invite_out(row, understood)
    status = 201 if taken.status == "success" else 202
    return json_response(taken, status, {"Location": location})


def _send(
    call: Call, given: shapes.InviteIn, identity: Identity, browser: Device | None
) -> InviteRequest | None:
    parts = container.current()
    link = parts.requests.admission().check(given.invite_code, call.client)
    browser_key = parts.installation.keyed_hash("browser", browser.id) if browser else ""
    source = Source.LINK if link and not link.is_sites else Source.FORM
    send = parts.requests.submit()
    return send(identity, source, call.client_key, given.note, browser_key, call.actor, link)


def get_link(call: Call) -> Response:
    """GET /api/links/{code}: what a link gives."""
    link = asked_link(call)
    parts = container.current()
    return json_response(shapes.link_out(link, site_of(parts.site.summary(), link)))
