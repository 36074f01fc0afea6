"""Why a channel did not accept a message, in words for the owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpr_core.texts import Message

_OF_STATUS = {
    301: "redirected",
    302: "redirected",
    303: "redirected",
    307: "redirected",
    308: "redirected",
    401: "not_known_there",
    403: "not_known_there",
    404: "not_there",
    410: "not_there",
    413: "too_long",
    429: "too_many_there",
}
_FIRST_OF_TROUBLE = 500
KNOWN = frozenset(
    {
        "private_address",
        "forbidden_address",
        "unreachable",
        "no_answer",
        "not_set_up",
        "unusable_address",
        "sealed_otherwise",
        "mailbox_refused",
        "mail_sign_in",
        "mail_refused",
        "mail_not_encrypted",
    }
)


def why(error: Mapping[str, Any]) -> Message:
    """`error` comes from NotDelivered.as_json, of this or another version."""
    reason, status = str(error.get("why", "")), error.get("status", 0)
    status = status if isinstance(status, int) else 0
    if reason == "answered":
        name = _OF_STATUS.get(status, "trouble_there" if status >= _FIRST_OF_TROUBLE else "said_no")
        return Message(f"channel.failed.{name}", status=str(status))
    name = reason if reason in KNOWN else "unreachable"
    return Message(f"channel.failed.{name}", status=str(status))
