"""What a friend's page says about a request, in each of its states."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.frozen import dataclass
from helpr_core.texts import Message

PLEX_APP = "https://app.plex.tv"


@dataclass(frozen=True, slots=True)
class FriendMessage:
    """A state in words: one sentence and one step. `settled` is False while the page should keep
    checking.

    `tone` is good, wait or bad. `step` is what the friend does now, `button` the label of the way
    to Plex, and `steps` helps those for whom that is not enough. `ask` says that the owner can
    help, `at` is the moment whose day the sentence names.
    """

    heading: Message
    sentence: Message
    tone: str
    settled: bool
    step: Message | None = None
    steps: tuple[Message, ...] = ()
    button: Message | None = None
    try_again: bool = False
    ask: bool = False
    at: datetime | None = None


def named_day(moment: datetime) -> Message:
    """A moment's day in a sentence: in UTC, which it says; pages make it the reader's own day."""
    return Message("format.day_in_utc", day=moment.astimezone(UTC).date())


def _of(
    name: str,
    tone: str,
    *steps: str,
    heading: str = "",
    settled: bool = True,
    step: bool = False,
    button: str = "",
    try_again: bool = False,
    ask: bool = False,
) -> FriendMessage:
    return FriendMessage(
        Message(f"friend.{heading or name}.heading"),
        Message(f"friend.{name}.sentence"),
        tone,
        settled,
        Message(f"friend.{name}.step") if step else None,
        tuple(Message(f"friend.{name}.step_{one}") for one in steps),
        Message(button) if button else None,
        try_again,
        ask,
    )


_OPEN_PLEX, _SIGN_IN = "page.open_plex", "page.sign_in_to_plex"


SENDING = _of("sending", "wait", settled=False)
QUEUED = _of("queued", "wait", heading="kept", settled=False)
HELD_UP = _of("held_up", "wait", heading="kept", settled=False)
IN_LINE = _of("in_line", "wait", heading="kept", settled=False)
OWNER_FIRST = _of("owner_first", "wait", heading="kept", settled=False)
LATER = _of("later", "wait", heading="kept", settled=False)
BEHIND = _of("behind", "wait", heading="kept", settled=False)
BEHIND_CODE = "behind"
"""Instead of an error code: it waits for the end of the same person's request to another server."""
RECEIVED_CODE = "received"
"""Instead of an error code: a request about which nothing may be revealed, because the person it
names has another one, opened elsewhere."""
RECEIVED = _of("received", "wait", "other_device", "ask", step=True)
AWAITING_APPROVAL = _of("awaiting_approval", "wait", settled=False)
DENIED = _of("denied", "bad", step=True, ask=True)
SENT = _of("sent", "good", "mail", "account", "watch", settled=False, step=True, button=_SIGN_IN)
ACCEPTED = _of("accepted", "good", button=_OPEN_PLEX)
ALREADY_SHARED = _of("already_shared", "good", "accept", step=True, button=_OPEN_PLEX)
SERVER_FULL = _of("server_full", "bad", step=True, try_again=True, ask=True)
PLEX_REFUSED = _of("plex_refused", "bad", step=True, try_again=True)
FAILED = _of("failed", "bad", step=True, try_again=True, ask=True)

LINK_EXPIRED = _of("link_expired", "bad")
LINK_USED_UP = _of("link_used_up", "bad")
LINK_DISABLED = _of("link_disabled", "bad")

_FAILURES = {
    "link_expired": LINK_EXPIRED,
    "link_used_up": LINK_USED_UP,
    "link_disabled": LINK_DISABLED,
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
    BEHIND_CODE: BEHIND,
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
        if row.accepted_at:
            return ACCEPTED
        sentence = Message("friend.sent.sentence", name=row.email_or_username)
        return replace(SENT, sentence=sentence)
    if row.status is Status.FAILED:
        return _FAILURES.get(row.error_code or "", FAILED)
    if row.status is Status.QUEUED and row.error_code is None:
        starts = row.terms.access_from
        if starts is not None and row.next_attempt_at == starts:
            sentence = Message("friend.later.sentence", day=named_day(starts))
            return replace(LATER, sentence=sentence, at=starts)
        return IN_LINE  # Plex has not been asked yet, so nothing can be said about it
    if row.status is Status.QUEUED:
        return _WAITS_FOR.get(row.error_code or "", QUEUED)
    return _OPEN[row.status]
