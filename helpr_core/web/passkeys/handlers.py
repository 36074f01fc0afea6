"""Passkeys: the owner's list, and signing in with one."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.audit import Door
from helpr_core.domain.browsers import Way
from helpr_core.domain.clients import Group
from helpr_core.domain.notices import WayInChange
from helpr_core.domain.passkeys import Site, host_of
from helpr_core.errors import NotPossible
from helpr_core.services.owner.limits import RULE
from helpr_core.texts import Message
from helpr_core.web import origin
from helpr_core.web.call import Call
from helpr_core.web.endpoint import MERGE_PATCH
from helpr_core.web.passkeys import shapes
from helpr_core.web.reading import note, read_body
from helpr_core.web.responses import json_response, no_content
from helpr_core.web.session import signed_in
from helpr_core.web.session.changed import note_change
from helpr_core.web.session.proof import is_proof_wanted, require_proof_or_recent_sign_in


def list_passkeys(call: Call) -> Response:
    """GET passkeys: all of them."""
    found = container.current().owner.passkeys().all()
    proof_wanted = container.current().installation.takes_password() and is_proof_wanted(call)
    return json_response(shapes.passkeys_out(found, proof_wanted=proof_wanted))


def begin_adding(call: Call) -> Response:
    """POST passkeys/begin: what the browser makes a passkey of."""
    if call.actor.door is not Door.SESSION:
        raise NotPossible(Message("passkeys.browser_only"))
    owner = container.current().owner
    site = _site(call)
    _require_password_way()
    require_proof_or_recent_sign_in(call)
    return json_response(
        shapes.CeremonyOut(public_key=owner.passkeys().begin_adding(site, call.actor.name))
    )


def add(call: Call) -> Response:
    """POST passkeys: keep the one that was made."""
    if call.actor.door is not Door.SESSION:
        raise NotPossible(Message("passkeys.browser_only"))
    given = read_body(call, shapes.PasskeyIn)
    passkeys = container.current().owner.passkeys()
    made = passkeys.add(_site(call), given.credential.answer(), given.name, call.actor.name)
    target, told = f"passkey:{made.passkey_id}", {"name": made.name}
    note_change(call, WayInChange.PASSKEY_ADDED, target, after=told)
    return json_response(shapes.passkey_out(made), 201)


def rename(call: Call) -> Response:
    """PATCH passkeys/{passkey_id}: call it something else."""
    given = read_body(call, shapes.PasskeyPatch, MERGE_PATCH)
    passkeys = container.current().owner.passkeys()
    renamed = passkeys.rename(call.path_params.get("passkey_id", ""), given.name, call.actor.name)
    note(call, "passkey_renamed", f"passkey:{renamed.passkey_id}", after={"name": renamed.name})
    return json_response(shapes.passkey_out(renamed))


def remove(call: Call) -> Response:
    """DELETE passkeys/{passkey_id}: it opens nothing any more."""
    passkeys = container.current().owner.passkeys()
    gone = passkeys.remove(call.path_params.get("passkey_id", ""), call.actor.name)
    target, told = f"passkey:{gone.passkey_id}", {"name": gone.name}
    note_change(call, WayInChange.PASSKEY_REMOVED, target, before=told)
    return no_content()


def begin_sign_in(call: Call) -> Response:
    """POST /dashboard/session/passkey/begin: what the browser asks for a passkey with."""
    origin.require_own_site(call)
    begun = container.current().owner.passkeys().begin_sign_in(_site(call))
    return json_response(shapes.CeremonyOut(public_key=begun))


def sign_in(call: Call) -> Response:
    """POST /dashboard/session/passkey: sign in with what a passkey has signed."""
    origin.require_own_site(call)
    given = read_body(call, shapes.SignInWithPasskeyIn)
    parts = container.current()
    known = signed_in.known_device(call)
    client = (Group(f"device {known.id}", 1),) if known else call.divided_client
    parts.site.limiter().hit(RULE, client)
    _require_password_way()
    username, _ = parts.installation.administrator()
    parts.owner.passkeys().sign_in(_site(call), given.credential.answer())
    return signed_in.let_in(call, username, Way.PASSKEY)


def _site(call: Call) -> Site:
    """Where the browser is. NotPossible where no browser has passkeys."""
    given = origin.own_origin(call) or f"http{'s' * call.is_https}://{call.request.host}"
    host = host_of(given)
    if not host:
        raise NotPossible(Message("passkeys.not_here", origin=given))
    return Site(given, host)


def _require_password_way() -> None:
    """NotPossible where the password signs nobody in: a passkey takes its place, and is no way in
    that HELPR_SIGN_IN does not name."""
    if not container.current().installation.takes_password():
        raise NotPossible(Message("passkeys.no_password"))
