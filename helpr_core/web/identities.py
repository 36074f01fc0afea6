"""Whom a body is about: read the same way for friends and for the owner."""

from __future__ import annotations

from helpr_core.domain.identity import Identity, likely_address, parse_identity
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.plain_identity import unwrapped
from helpr_core.errors import AddressInDoubt, FieldError, InvalidInput

FIELD = "email_or_username"
DID_YOU_MEAN = (
    "Did you mean {suggestion}? Correct it, or send it once more if {typed} is right as it is."
)

OR_RATHER = "{refusal} Did you mean {suggestion}?"


def read_identity(typed: str, confirmed: str) -> Identity:
    """The person whom this names; `confirmed` is the address that was said to be right.

    Raises InvalidInput, and AddressInDoubt where the address looks like a slip.
    """
    try:
        identity = parse_identity(typed)
    except ValueError as exc:
        raise _refusal(str(exc), likely_address(unwrapped(typed))) from exc
    suggestion = identity.likely_meant
    if suggestion and identity_key(unwrapped(confirmed)) != identity.key:
        question = DID_YOU_MEAN.format(suggestion=suggestion, typed=identity.typed)
        raise AddressInDoubt(FieldError(FIELD, question), suggestion)
    return identity


def _refusal(sentence: str, suggestion: str | None) -> InvalidInput:
    """What is no address at all can be a slip, too; but no confirmation makes it right."""
    if suggestion is None:
        return InvalidInput(FieldError(FIELD, sentence))
    question = OR_RATHER.format(refusal=sentence, suggestion=suggestion)
    return AddressInDoubt(FieldError(FIELD, question), suggestion)
