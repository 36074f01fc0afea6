"""What a friend's and the owner's sign-in at Plex have in common: whose browser, and its PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.plex_addresses import auth_address
from helpr_core.services.sign_ins.errors import SignInOver
from helpr_core.web import bodies, cookies
from helpr_core.web.reading import body_fields
from helpr_core.web.responses import json_response
from helpr_core.web.sign_ins import shapes

if TYPE_CHECKING:
    from helpr_core.services.owner.devices import Device
    from helpr_core.services.sign_ins.stored import SignIns, Stored
    from helpr_core.web.call import Call


def sign_in_id(call: Call) -> UUID:
    """The one that the path names; SignInOver where it cannot be one."""
    try:
        return UUID(call.path_params.get("sign_in_id", ""))
    except ValueError as exc:
        raise SignInOver("not a sign-in's id") from exc


def browser_key(call: Call) -> str:
    """The browser's; "" for one that has never been here, which no sign-in has."""
    return key_of(cookies.friends_browser(call))


def key_of(browser: Device | None) -> str:
    """The keyed hash of a browser's id."""
    parts = container.current()
    return parts.installation.keyed_hash("browser", browser.id) if browser else ""


def make_pin(sign_ins: SignIns, wanted: UUID, key: str) -> str:
    """A PIN made by Helpr, kept for that sign-in; its code."""
    found = sign_ins.find(wanted, key)
    pin = container.current().sign_ins().door().make_pin(sign_ins.client_identifier(wanted))
    sign_ins.pin(wanted, found, pin.id, pin.code)
    return pin.code


def take_pin(call: Call, sign_ins: SignIns) -> Response:
    """The browser's own PIN, or one made here where the call has none; where to sign in with it."""
    wanted, key = sign_in_id(call), browser_key(call)
    found = sign_ins.find(wanted, key)
    if found.value is None or found.value.request_id:
        raise SignInOver("it has come to a request")
    made_here = not call.request.get_data()
    if made_here:
        code = make_pin(sign_ins, wanted, key)
    else:
        given = bodies.check(shapes.PinIn, body_fields(call))
        sign_ins.pin(wanted, found, given.pin_id, given.pin_code)
        code = given.pin_code
    address = address_at_plex(sign_ins, wanted, code, found.value.forward_url)
    return json_response(shapes.PinOut(auth_url=address, alert_expected=made_here))


def address_of(sign_ins: SignIns, wanted: UUID, stored: Stored) -> str:
    """Plex's page for a sign-in under way; "" while it has no PIN."""
    if not stored.pin_code:
        return ""
    return address_at_plex(sign_ins, wanted, stored.pin_code, stored.forward_url)


def address_at_plex(sign_ins: SignIns, wanted: UUID, code: str, forward_url: str) -> str:
    """Plex's page on which that PIN is signed in with."""
    api_url = container.current().installation.settings().plex_api_url
    return auth_address(api_url, sign_ins.client_identifier(wanted), code, forward_url)
