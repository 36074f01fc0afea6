"""The second factor beside the dashboard's password."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.notices import WayInChange
from helpr_core.errors import NotPossible
from helpr_core.texts import Message, say
from helpr_core.web import qr
from helpr_core.web.call import Call
from helpr_core.web.endpoint import SVG
from helpr_core.web.reading import read_body
from helpr_core.web.responses import NO_STORE, json_response
from helpr_core.web.second_factor import shapes
from helpr_core.web.session.changed import note_change
from helpr_core.web.session.proof import (
    is_proof_wanted,
    require_proof,
    require_proof_or_recent_sign_in,
)

_TARGET = "second_factor"


def get_second_factor(call: Call) -> Response:
    """GET second-factor: whether it is on, and how many recovery codes are left."""
    return _now(call)


def offer(call: Call) -> Response:
    """POST second-factor: a new secret for an app."""
    if not _has_password():
        raise NotPossible(Message("second_factor.no_password"))
    require_proof_or_recent_sign_in(call)
    secret = container.current().owner.second_factors().offer(call.actor.name)
    return json_response(shapes.OfferOut(secret=secret, address=_address(secret)), 201)


def show_qr(_call: Call) -> Response:
    """GET second-factor/qr.svg: the secret that waits to be confirmed, for a phone's camera."""
    secret = container.current().owner.second_factors().offered()
    drawn = qr.as_svg(_address(secret), say(Message("second_factor.qr_title")))
    return Response(drawn, mimetype=SVG, headers={"Cache-Control": NO_STORE})


def confirm(call: Call) -> Response:
    """POST second-factor/confirm: turn it on, by a code of the secret that was offered."""
    given = read_body(call, shapes.CodeIn)
    codes = container.current().owner.second_factors().confirm(given.code, call.actor.name)
    note_change(call, WayInChange.SECOND_FACTOR_ON, _TARGET)
    return json_response(shapes.RecoveryCodesOut(recovery_codes=list(codes)))


def renew_recovery_codes(call: Call) -> Response:
    """POST second-factor/recovery-codes: new ones in the place of all before."""
    require_proof(call)
    codes = container.current().owner.second_factors().renew_recovery_codes(call.actor.name)
    note_change(call, WayInChange.RECOVERY_CODES_RENEWED, _TARGET)
    return json_response(shapes.RecoveryCodesOut(recovery_codes=list(codes)))


def turn_off(call: Call) -> Response:
    """POST second-factor/off: the password is enough again."""
    require_proof(call)
    if container.current().owner.second_factors().turn_off(call.actor.name):
        note_change(call, WayInChange.SECOND_FACTOR_OFF, _TARGET)
    return _now(call)


def _now(call: Call) -> Response:
    factor = container.current().owner.second_factors().current()
    told = shapes.second_factor_out(
        factor, has_password=_has_password(), proof_wanted=is_proof_wanted(call)
    )
    return json_response(told)


def _has_password() -> bool:
    return all(container.current().installation.administrator())


def _address(secret: str) -> str:
    """What the app shows beside the code: Helpr, the server and the owner's name."""
    parts = container.current()
    username, _ = parts.installation.administrator()
    # A colon would divide the two names.
    issuer = f"Helpr {parts.site.server_name()}".replace(":", " ")
    app = parts.owner.second_factors().app
    return app.address(secret, username.replace(":", " "), issuer)
