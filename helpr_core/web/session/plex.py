"""The owner signs in to the dashboard with Plex: begin, make a PIN, return."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.browsers import Way
from helpr_core.domain.plex_addresses import PRODUCT
from helpr_core.errors import HelprError, NotFound
from helpr_core.services.plex.errors import PlexError
from helpr_core.services.sign_ins.errors import SignInWaiting
from helpr_core.services.sign_ins.stored import Typed
from helpr_core.texts import Message
from helpr_core.web import cookies, origin
from helpr_core.web.call import Call
from helpr_core.web.endpoint import Purpose
from helpr_core.web.problems import trouble_of
from helpr_core.web.responses import json_response, redirect, retry_after
from helpr_core.web.session import signed_in
from helpr_core.web.sign_ins import pages, pins, shapes

if TYPE_CHECKING:
    from helpr_core.services.sign_ins.stored import SignIns

_OWN_WORDS = (
    *("sign_in_over", "sign_in_elsewhere", "sign_in_waiting"),
    *("not_the_owner", "plex_unreachable"),
)


def post_begin(call: Call) -> Response:
    """POST /dashboard/plex: begin a sign-in with Plex, for this browser only."""
    origin.require_own_site(call)
    sign_ins = _sign_ins()
    browsers = container.current().requests.browsers()
    token = browsers.remember(cookies.friends_browser(call))
    sign_in_id = uuid.uuid4()
    forward_url = f"{origin.own_address(call)}/dashboard/plex/{sign_in_id}"
    ends = sign_ins.begin(sign_in_id, pins.key_of(browsers.find(token)), Typed(), forward_url)
    begun = shapes.PlexSignInOut(
        sign_in_id=sign_in_id,
        client_identifier=sign_ins.client_identifier(sign_in_id),
        product=PRODUCT,
        forward_url=forward_url,
        expires_at=ends,
    )
    response = json_response(begun, 201)
    cookies.remember_browser(call, response, token)
    return response


def put_pin(call: Call) -> Response:
    """PUT /dashboard/plex/{sign_in_id}/pin: store the browser's own PIN, or one made here."""
    origin.require_own_site(call)
    return pins.take_pin(call, _sign_ins())


def show_back(call: Call) -> Response:
    """GET /dashboard/plex/{sign_in_id}: return from Plex, to the dashboard or to a page that
    says why not."""
    sign_ins = _sign_ins()
    try:
        by_plex = container.current().owner.by_plex()
        username = by_plex(pins.sign_in_id(call), pins.browser_key(call))
    except HelprError as exc:
        return _ending(call, sign_ins, exc)
    return signed_in.let_in(call, username, Way.PLEX, redirect("/dashboard"))


def _sign_ins() -> SignIns:
    """The owner's sign-ins; NotFound if Plex is not an enabled way in."""
    parts = container.current()
    if Way.PLEX not in parts.installation.sign_in_ways():
        raise NotFound("nobody signs in with Plex here")
    parts.installation.require_dashboard()
    return parts.owner.plex_sign_ins()


def _ending(call: Call, sign_ins: SignIns, error: HelprError) -> Response:
    """Why nobody is signed in, and the next step."""
    code = "plex_unreachable" if isinstance(error, PlexError) else error.code
    trouble = trouble_of(error, Purpose.LOOK)
    own, waits = code in _OWN_WORDS, isinstance(error, SignInWaiting)
    auth_url, here = "", ""
    with suppress(HelprError):
        wanted = pins.sign_in_id(call)
        here = f"/dashboard/plex/{wanted}"
        found = sign_ins.look(wanted, pins.browser_key(call)) if waits else None
        auth_url = pins.address_of(sign_ins, wanted, found) if found else ""
    response = pages.page(
        call,
        202 if waits else trouble.kind.status,
        heading=Message(f"owner_sign_in.{code}.heading") if own else trouble.kind.title,
        sentence=Message(f"owner_sign_in.{code}.sentence") if own else trouble.kind.detail,
        tone="wait" if waits else "bad",
        auth_url=auth_url,
        retry=here if code == "plex_unreachable" else "",
        owners=True,
    )
    response.headers.update(retry_after(trouble))
    return response
