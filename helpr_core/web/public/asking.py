"""The friend's request: the main job, and all that a cold worker's first invite imports of web.

What only a page or another endpoint needs is imported when there is one.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from helpr_core import container, first_use
from helpr_core.domain.requests import InviteRequest, Source
from helpr_core.errors import CrossSite, HelprError, InvalidInput, InviteCodeInvalid
from helpr_core.web import cookies, identities, origin
from helpr_core.web.call import Call
from helpr_core.web.endpoint import FORM
from helpr_core.web.problems import trouble_of, trouble_of_row
from helpr_core.web.public.asked import Asked, read_asked, received, taken
from helpr_core.web.public.links import typed_link
from helpr_core.web.reading import body_fields
from helpr_core.web.responses import NO_STORE, json_response, problem_response, redirect

if TYPE_CHECKING:
    from helpr_core.domain.identity import Identity
    from helpr_core.services.owner.devices import Device


def post_invite(call: Call) -> Response:
    """POST /api/invites: the main job."""
    fields: dict[str, object] = {}
    try:
        origin.require_own_site(call)
        fields = body_fields(call, FORM)
        if call.wants_html and "suggestion" in fields:  # the button "Use name@gmail.com"
            fields["email_or_username"] = fields.pop("suggestion")
        given = read_asked(fields)
        browsers = container.current().requests.browsers()
        token = browsers.remember(cookies.friends_browser(call))
        identity = identities.read_identity(given.email_or_username, given.confirmed)
        row = _send(call, given, identity, browsers.find(token))
    except (CrossSite, InvalidInput, InviteCodeInvalid) as exc:
        return _refused(call, exc, fields)
    if row is None:
        if call.wants_html:
            page: Response = _form().received_page(call)
            return page
        return json_response(received(), 202)
    is_as_sent = identity.typed == given.email_or_username.strip()
    response = _answer(call, row, None if is_as_sent else identity.typed)
    cookies.remember_browser(call, response, token)
    return response


def _refused(call: Call, error: HelprError, fields: dict[str, object]) -> Response:
    trouble = trouble_of(error)
    if not call.wants_html:
        return problem_response(trouble, call.reference)
    if isinstance(error, CrossSite):
        with suppress(HelprError):  # unreadable text is not filled in again
            fields = body_fields(call, FORM)
    link = typed_link(call, _text(fields.get("invite_code")))
    page: Response = _form().form_page(call, fields, cache=NO_STORE, trouble=trouble, link=link)
    return page


def _form() -> Any:
    return first_use.module("helpr_core.web.public.form")


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
    fields = taken(row, understood)
    status = 201 if fields["status"] == "success" else 202
    return json_response(fields, status, {"Location": location})


def _send(
    call: Call, given: Asked, identity: Identity, browser: Device | None
) -> InviteRequest | None:
    parts = container.current()
    link = parts.requests.admission().check(given.invite_code, call.client)
    browser_key = parts.installation.keyed_hash("browser", browser.id) if browser else ""
    source = Source.LINK if link and not link.is_sites else Source.FORM
    send = parts.requests.submit()
    return send(identity, source, call.client_key, given.note, browser_key, call.actor, link)
