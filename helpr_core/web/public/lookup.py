"""The request that a friend's page or script asks about."""

from __future__ import annotations

from helpr_core import container
from helpr_core.domain.requests import InviteRequest
from helpr_core.errors import NotFound
from helpr_core.web.call import Call
from helpr_core.web.reading import request_id


def asked_row(call: Call) -> InviteRequest:
    """The request whose id is in the path; NotFound where there is none."""
    row = container.current().requests.lookup()(request_id(call))
    if row is None:
        raise NotFound("no such request")
    return row
