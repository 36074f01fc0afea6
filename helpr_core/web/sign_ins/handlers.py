"""A friend signs in with Plex: start, PIN, and return."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.plex_addresses import PRODUCT
from helpr_core.errors import (
    CrossSite,
    HelprError,
    InvalidInput,
    InviteCodeInvalid,
)
from helpr_core.services.links.errors import LinkOver, LinkUnknown
from helpr_core.services.sign_ins.errors import SignInOver, SignInWaiting
from helpr_core.services.sign_ins.stored import Typed
from helpr_core.texts import Message, say
from helpr_core.web import bodies, cookies, origin, way
from helpr_core.web.call import Call
from helpr_core.web.endpoint import FORM
from helpr_core.web.problems import trouble_of, trouble_of_row
from helpr_core.web.public.asked import received, taken
from helpr_core.web.public.form import form_page, received_page
from helpr_core.web.public.links import typed_link
from helpr_core.web.reading import body_fields
from helpr_core.web.responses import NO_STORE, json_response, problem_response, redirect
from helpr_core.web.sign_ins import pages, pins, shapes

if TYPE_CHECKING:
    from helpr_core.domain.requests import InviteRequest


def post_sign_in(call: Call) -> Response:
    """POST /api/sign-ins: from a script, or from the form's button without scripts."""
    fields: dict[str, object] = {}
    try:
        origin.require_own_site(call)
        fields = body_fields(call, FORM)
        if not fields.get("after"):
            fields.pop("after", None)
        given = bodies.check(shapes.PlexSignInIn, fields)
        return _begin(call, given)
    except (CrossSite, InvalidInput, InviteCodeInvalid) as exc:
        trouble = trouble_of(exc)
        if not call.wants_html:
            return problem_response(trouble, call.reference)
        if isinstance(exc, CrossSite):
            with suppress(HelprError):  # unreadable text is not filled in again
                fields = body_fields(call, FORM)
        code = fields.get("invite_code")
        link = typed_link(call, code) if isinstance(code, str) else None
        return form_page(call, fields, cache=NO_STORE, trouble=trouble, link=link)


def put_pin(call: Call) -> Response:
    """PUT /api/sign-ins/{sign_in_id}/pin: the browser's own PIN, or one made here."""
    origin.require_own_site(call)
    return pins.take_pin(call, container.current().sign_ins().stored())


def show_signed_in(call: Call) -> Response:
    """GET /signed-in/{sign_in_id}: back from Plex."""
    try:
        row = _finish(call)
    except HelprError as exc:
        return _ending(call, exc)
    return received_page(call) if row is None else redirect(f"/invited/{row.request_id}")


def post_finish(call: Call) -> Response:
    """POST /api/sign-ins/{sign_in_id}/finish: the same for scripts."""
    origin.require_own_site(call)
    try:
        row = _finish(call)
    except SignInWaiting as exc:
        message = say(Message(f"sign_in.{exc.code}.sentence"))
        return json_response(shapes.WaitingOut(status="sign_in_waiting", message=message), 202)
    if row is None:
        return json_response(received(), 202)
    failed = trouble_of_row(row)
    if failed is not None:
        return problem_response(failed, call.reference)
    finished = shapes.FinishedOut.model_validate(
        {**taken(row, None), "accepted": row.accepted_at is not None}
    )
    status = 201 if finished.status == "success" else 202
    return json_response(finished, status, {"Location": f"/invited/{row.request_id}"})


def _begin(call: Call, given: shapes.PlexSignInIn) -> Response:
    parts = container.current()
    browsers = parts.requests.browsers()
    token = browsers.remember(cookies.friends_browser(call))
    key = pins.key_of(browsers.find(token))
    typed = _typed(given)
    link = parts.requests.admission().check(typed.invite_code, call.client, signed_in=True)
    if link is None or not link.libraries:
        parts.plex.libraries_of(link.server_id if link else "").require_some()
    sign_in_id = uuid.uuid4()
    forward_url = f"{origin.own_address(call)}/signed-in/{sign_in_id}"
    ends = parts.sign_ins().stored().begin(sign_in_id, key, typed, forward_url)
    if call.wants_html:
        stored = parts.sign_ins().stored()
        code = pins.make_pin(stored, sign_in_id, key)
        address = pins.address_at_plex(stored, sign_in_id, code, forward_url)
        response = pages.alert(call, address)
    else:
        begun = shapes.PlexSignInOut(
            sign_in_id=sign_in_id,
            client_identifier=parts.sign_ins().stored().client_identifier(sign_in_id),
            product=PRODUCT,
            forward_url=forward_url,
            expires_at=ends,
        )
        response = json_response(begun, 201)
    cookies.remember_browser(call, response, token)
    return response


def _typed(given: shapes.PlexSignInIn) -> Typed:
    from_form = Typed(given.invite_code, given.note)
    if given.after is None:
        return from_form
    return container.current().sign_ins().stored().typed_before(given.after)


def _finish(call: Call) -> InviteRequest | None:
    finish = container.current().sign_ins().finish()
    return finish(pins.sign_in_id(call), pins.browser_key(call), call.client, call.actor)


def _ending(call: Call, error: HelprError) -> Response:
    """Why there is no request, and how the friend can still get one."""
    sign_in_id, auth_url = None, ""
    with suppress(SignInOver):
        sign_in_id = pins.sign_in_id(call)
    if not pages.has_own_page(error):
        if sign_in_id is not None and isinstance(error, LinkUnknown | LinkOver):
            with suppress(HelprError):
                before = container.current().sign_ins().stored().typed_before(sign_in_id)
                way.lead_without(before.invite_code)
        raise error
    with suppress(HelprError):
        if sign_in_id is not None:
            stored = container.current().sign_ins().stored()
            found = stored.look(sign_in_id, pins.browser_key(call))
            if found is not None:
                auth_url = pins.address_of(stored, sign_in_id, found)
    can_wait = isinstance(error, SignInWaiting) and bool(auth_url)
    return pages.ending(
        call,
        error,
        auth_url=auth_url if can_wait else "",
        sign_in_id=sign_in_id,
    )
