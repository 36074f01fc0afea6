"""The person in a body, read the same way for friends and for the owner."""

from __future__ import annotations

from helpr_core.domain.identity import Identity, likely_address, parse_identity
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.plain_identity import unwrapped
from helpr_core.errors import AddressInDoubt, FieldError, InvalidInput
from helpr_core.texts import Message

FIELD = "email_or_username"


def read_identity(typed: str, confirmed: str) -> Identity:
    """The person named here; `confirmed` is the address that the sender confirmed.

    Raises InvalidInput, and AddressInDoubt if the address looks like a typo.
    """
    try:
        identity = parse_identity(typed)
    except ValueError as exc:
        raise _refusal(exc.args[0], likely_address(unwrapped(typed))) from exc
    suggestion = identity.likely_meant
    if suggestion and identity_key(unwrapped(confirmed)) != identity.key:
        question = Message("name.did_you_mean", suggestion=suggestion, typed=identity.typed)
        raise AddressInDoubt(FieldError(FIELD, question), suggestion)
    return identity


def _refusal(sentence: Message, suggestion: str | None) -> InvalidInput:
    """An invalid address can be a typo, too; confirming it does not make it valid."""
    if suggestion is None:
        return InvalidInput(FieldError(FIELD, sentence))
    question = Message("name.or_rather", refusal=sentence, suggestion=suggestion)
    return AddressInDoubt(FieldError(FIELD, question), suggestion)
