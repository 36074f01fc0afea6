"""Proof that whoever has a session is the owner, before a way in is added or taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpr_core import container
from helpr_core.domain.audit import Door
from helpr_core.web.reading import read_body
from helpr_core.web.second_factor.shapes import ProofIn

if TYPE_CHECKING:
    from helpr_core.web.call import Call


def require_proof(call: Call) -> None:
    """The body has the password or a code: a session may be one that was left open.

    Raises InvalidInput, which names what is missing or wrong. A function key is asked for nothing
    more, and so is the way back in for an owner who has neither the app nor a recovery code.
    """
    given = _given(call)
    if call.actor.door is not Door.KEY:
        container.current().owner.sign_in().prove(given.password, given.code)


def require_proof_or_recent_sign_in(call: Call) -> None:
    """The same, unless this browser was signed in a moment ago by the password or a passkey."""
    given = _given(call)
    if is_proof_wanted(call):
        container.current().owner.sign_in().prove(given.password, given.code)


def is_proof_wanted(call: Call) -> bool:
    """Whether adding a way in takes more than what let the caller in."""
    session = call.session
    return session is not None and not container.current().owner.sessions().proves(session)


def _given(call: Call) -> ProofIn:
    """What the body has; nothing where there is no body."""
    return read_body(call, ProofIn) if call.request.get_data() else ProofIn()
