"""What a friend's page says about access that ends, or has ended."""

from __future__ import annotations

from datetime import datetime

from helpr_core.domain.messages import FriendMessage, friend_message, named_day
from helpr_core.domain.people import Share, ShareState
from helpr_core.domain.requests import InviteRequest
from helpr_core.texts import Message

_REASONS = {
    "ended": "friend.over.ended",
    "left": "friend.over.left",
    "stale": "friend.over.stale",
}
"""Reasons with a text of their own for the friend; all others mean that the owner ended it."""


def message_with_access(
    row: InviteRequest, share: Share | None, *, may_ask_again: bool
) -> FriendMessage:
    """What the friend reads about this request now; `share` is the access that resulted from it.

    `may_ask_again`: the form is taking requests right now.
    """
    at = ended_at(share)
    if share is None or at is None:
        return friend_message(row)
    reason = share.gone_reason or ("ended" if share.access_until == at else "")
    words = _REASONS.get(reason, "friend.over.owner")
    again = "friend.over.ask_again" if may_ask_again else "friend.over.ask_owner"
    return FriendMessage(
        Message("friend.over.heading"),
        Message(words, day=named_day(at)),
        tone="wait",
        settled=True,
        step=Message(again),
        try_again=may_ask_again,
        ask=True,
        at=at,
    )


def access_until(share: Share | None) -> datetime | None:
    """When current or pending access ends; None for no end."""
    return None if share is None or ended_at(share) else share.access_until


def ended_at(share: Share | None) -> datetime | None:
    """When access ended, or was due to end if it is being removed; None while it continues."""
    if share is None:
        return None
    if share.state is ShareState.GONE:
        return share.gone_at or share.access_until
    # Access being removed is shown as over: plex.tv takes a while to list it.
    return share.access_until if share.state is ShareState.REMOVING else None
