"""The owner signs in to Plex again, from the dashboard."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import UUID

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.plex_addresses import PRODUCT, auth_address, pins_address
from helpr_core.domain.token_source import TokenSource
from helpr_core.services.set_up.again import SignInAgain, TokenIsGiven
from helpr_core.services.sign_ins.errors import SignInOver, SignInWaiting
from helpr_core.services.upkeep.turn import Turn
from helpr_core.texts import Message, say
from helpr_core.web import bodies, origin
from helpr_core.web.reading import body_fields, note
from helpr_core.web.responses import json_response
from helpr_core.web.set_up import shapes
from helpr_core.web.sign_ins.shapes import PinIn, PinOut, WaitingOut

if TYPE_CHECKING:
    from helpr_core.web.call import Call

_AT_ONCE_SECONDS = 15.0
"""For this long, waiting requests are sent while the owner watches; housekeeping does the rest."""


def post_sign_in(call: Call) -> Response:
    """POST connection/sign-ins: begin one."""
    again, site = _again(), origin.own_address(call)
    begun = again.begin(_by(call), lambda sign_in_id: f"{site}/dashboard?plex={sign_in_id}")
    told = shapes.OwnersSignInOut(
        sign_in_id=begun.sign_in_id,
        client_identifier=begun.client_identifier,
        product=PRODUCT,
        pins_url=pins_address(container.current().installation.base().plex_api_url),
        expires_at=begun.expires_at,
    )
    return json_response(told, 201)


def put_pin(call: Call) -> Response:
    """PUT connection/sign-ins/{sign_in_id}/pin: the browser's own PIN, or one made here."""
    sign_in_id = _sign_in_id(call)
    made = None
    if call.request.get_data():
        given = bodies.check(PinIn, body_fields(call))
        made = (given.pin_id, given.pin_code)
    code, forward_url = _again().pin(sign_in_id, _by(call), made)
    parts = container.current()
    identifier = parts.set_up().sign_ins().client_identifier(sign_in_id)
    address = auth_address(parts.installation.base().plex_api_url, identifier, code, forward_url)
    return json_response(PinOut(auth_url=address, alert_expected=made is None))


def post_finish(call: Call) -> Response:
    """POST connection/sign-ins/{sign_in_id}/finish: back from Plex."""
    try:
        account = _again().finish(_sign_in_id(call), _by(call))
    except SignInWaiting:
        words = say(Message("again.waiting"))
        return json_response(WaitingOut(status="sign_in_waiting", message=words), 202)
    note(call, "plex_signed_in_again", "connection", after={"account": account.name})
    parts = container.current()
    turn = Turn(time.monotonic() + _AT_ONCE_SECONDS)
    parts.batches.queue()(turn)
    left = parts.stores.invite_queue().state().queued
    told = shapes.SignedInAgainOut(account=account.name, sent=turn.counts["sent"], waiting=left)
    return json_response(told)


def _again() -> SignInAgain:
    """TokenIsGiven where a sign-in would change nothing."""
    parts = container.current()
    source = parts.installation.token_source()
    if source is not TokenSource.SIGN_IN:
        raise TokenIsGiven(Message(f"check.token.fix_{source}"))
    return parts.set_up().again()


def _by(call: Call) -> str:
    actor = f"{call.actor.door}/{call.actor.name}"
    return container.current().installation.keyed_hash("owner's sign-in at Plex", actor)


def _sign_in_id(call: Call) -> UUID:
    try:
        return UUID(call.path_params.get("sign_in_id", ""))
    except ValueError as exc:
        raise SignInOver("not a sign-in's id") from exc
