"""What a friend's page says about a request, in each of its states."""

from __future__ import annotations

from dataclasses import dataclass

from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.texts import Message

PLEX_APP = "https://app.plex.tv"


@dataclass(frozen=True, slots=True)
class FriendMessage:
    """A state in words. `settled` is False while the page should keep looking.

    `tone` is good, wait or bad; `steps` says what the friend does now, in order.
    """

    heading: Message
    sentence: Message
    tone: str
    settled: bool
    steps: tuple[Message, ...] = ()
    plex_link: bool = False
    try_again: bool = False


def _of(
    name: str,
    tone: str,
    *steps: str,
    heading: str = "",
    settled: bool = True,
    plex_link: bool = False,
    try_again: bool = False,
) -> FriendMessage:
    return FriendMessage(
        Message(f"friend.{heading or name}.heading"),
        Message(f"friend.{name}.sentence"),
        tone,
        settled,
        tuple(Message(f"friend.{name}.step_{step}") for step in steps),
        plex_link,
        try_again,
    )


SENDING = _of("sending", "wait", settled=False)
QUEUED = _of("queued", "wait", heading="kept", settled=False)
HELD_UP = _of("held_up", "wait", heading="kept", settled=False)
IN_LINE = _of("in_line", "wait", heading="kept", settled=False)
OWNER_FIRST = _of("owner_first", "wait", heading="kept", settled=False)
RECEIVED_CODE = "received"
"""In place of an error's code: a request of which nothing may be told, since the person it names
has another, opened elsewhere."""
RECEIVED = _of("received", "wait", "mail", "other_device", "ask")
AWAITING_APPROVAL = _of("awaiting_approval", "wait", settled=False)
DENIED = _of("denied", "bad")
ACCEPTED = _of("accepted", "good", plex_link=True)
ALREADY_SHARED = _of("already_shared", "good", "sign_in", "accept", plex_link=True)
SERVER_FULL = _of("server_full", "bad")
PLEX_REFUSED = _of("plex_refused", "bad", try_again=True)
FAILED = _of("failed", "bad", try_again=True)

_FAILURES = {
    "already_shared": ALREADY_SHARED,
    "server_full": SERVER_FULL,
    "plex_refused": PLEX_REFUSED,
}
_WAITS_FOR = {
    "setup_required": OWNER_FIRST,
    "plex_server_unknown": OWNER_FIRST,
    "plex_servers_alike": OWNER_FIRST,
    "plex_unauthorized": OWNER_FIRST,
    "plex_unexpected": HELD_UP,
    "plex_endpoint_gone": HELD_UP,
    "plex_lists_nothing": IN_LINE,
}
_OPEN = {
    Status.PENDING: SENDING,
    Status.QUEUED: QUEUED,
    Status.AWAITING_APPROVAL: AWAITING_APPROVAL,
    Status.DENIED: DENIED,
    Status.UNKNOWN: IN_LINE,
}


def friend_message(row: InviteRequest) -> FriendMessage:
    """What the friend reads about this request now."""
    if row.error_code == RECEIVED_CODE:
        return RECEIVED
    if row.status is Status.SUCCESS:
        return ACCEPTED if row.accepted_at else _sent(row)
    if row.status is Status.FAILED:
        return _FAILURES.get(row.error_code or "", FAILED)
    if row.status is Status.QUEUED and row.error_code is None:
        return IN_LINE  # Plex was not asked yet, so nothing can be said about it
    if row.status is Status.QUEUED:
        return _WAITS_FOR.get(row.error_code or "", QUEUED)
    return _OPEN[row.status]


def _sent(row: InviteRequest) -> FriendMessage:
    return FriendMessage(
        Message("friend.sent.heading", name=row.email_or_username),
        Message("friend.sent.sentence"),
        tone="good",
        settled=False,
        steps=tuple(Message(f"friend.sent.step_{one}") for one in ("accept", "account", "watch")),
        plex_link=True,
    )
