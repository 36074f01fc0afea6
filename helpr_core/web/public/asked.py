"""What a friend sends and is answered, without pydantic: a cold worker would have to import it.

The shapes (`public.shapes`) are what OpenAPI describes, and tests hold both together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpr_core import first_use, web
from helpr_core.domain.messages import RECEIVED, friend_message
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.frozen import dataclass
from helpr_core.texts import say

LONGEST_NOTE = 500
_STATUSES = {Status.SUCCESS: "success", Status.AWAITING_APPROVAL: "awaiting_approval"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of a friend's request, as in `shapes.InviteIn`."""

    email_or_username: str
    invite_code: str = ""
    note: str = ""
    confirmed: str = ""


def read_asked(fields: Mapping[str, Any]) -> Asked:
    """The request in these fields; InvalidInput as from `bodies.check`.

    Only what is plainly right is decided here. The shape decides the rest and says what is wrong.
    """
    name = fields.get("email_or_username")
    others = [fields.get(other) for other in ("invite_code", "note", "confirmed")]
    code, note, confirmed = ("" if text is None else text for text in others)
    is_text = all(isinstance(text, str) for text in (name, code, note, confirmed))
    if is_text and len(note) <= LONGEST_NOTE and note.isprintable():
        return Asked(str(name), code, note.strip(), confirmed)
    shape = first_use.module("helpr_core.web.public.shapes").InviteIn
    return Asked(**web.bodies.check(shape, fields).model_dump())


def taken(row: InviteRequest, understood: str | None) -> dict[str, str]:
    """The answer to a request that was accepted; one that is still being sent is `queued`.

    `understood` is the name as understood, if it differs from what was sent.
    """
    answer = {
        "request_id": str(row.request_id),
        "status": _STATUSES.get(row.status, "queued"),
        "message": say(friend_message(row).sentence),
    }
    return answer if understood is None else {**answer, "understood": understood}


def received() -> dict[str, str]:
    """The answer to any browser but the one that opened the person's request."""
    return {"status": "received", "message": say(RECEIVED.sentence)}
