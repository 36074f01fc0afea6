"""The request that a friend's page or script asks about, and the access it granted."""

from __future__ import annotations

from helpr_core import container
from helpr_core.domain.access_messages import message_with_access
from helpr_core.domain.messages import FriendMessage, friend_message
from helpr_core.domain.people import Share
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.errors import LogUnavailable, NotFound
from helpr_core.services.site.standing import CLOSED
from helpr_core.web.call import Call
from helpr_core.web.reading import path_id


def asked_row(call: Call) -> InviteRequest:
    """The request whose id is in the path; NotFound if there is none."""
    row = container.current().requests.lookup()(path_id(call, "request_id"))
    if row is None:
        raise NotFound("no such request")
    return row


def share_of(row: InviteRequest) -> Share | None:
    """The access it granted; None if nothing was sent, or the record is down."""
    if row.status is not Status.SUCCESS:
        return None
    try:
        return container.current().people().log().share_of_request(row.request_id)
    except LogUnavailable:  # the request itself was found, and is shown as far as it is known
        return None


def status_message(row: InviteRequest, share: Share | None) -> FriendMessage:
    """What the friend reads about it now."""
    if share is None:
        return friend_message(row)
    is_open = container.current().site.summary().standing not in CLOSED
    return message_with_access(row, share, may_ask_again=is_open)
