"""What the friend is told, for each state of a request: the only home of these words."""

from __future__ import annotations

from dataclasses import dataclass

from helpr_core.domain.requests import InviteRequest, Status

PLEX_APP = "https://app.plex.tv"


@dataclass(frozen=True, slots=True)
class Told:
    """A state in words. `settled` is False while the page should keep looking.

    `tone` is good, wait or bad; `steps` says what the friend does now, in order.
    """

    heading: str
    sentence: str
    tone: str
    settled: bool
    steps: tuple[str, ...] = ()
    plex_link: bool = False
    try_again: bool = False


_ACCEPT = (
    "Open the e-mail from Plex and accept the invitation. No mail? Look in the spam folder, "
    "or open Plex and look for the invitation there.",
    "No Plex account yet? The e-mail helps you make one. It is free.",
    "Open Plex: the shared libraries are listed under your other servers.",
)

SENDING = Told(
    "Sending your invite",
    "We are asking Plex right now. This page changes by itself when Plex has answered.",
    tone="wait",
    settled=False,
)
QUEUED = Told(
    "We keep your request",
    "Plex is not answering right now. We keep your request and try again by ourselves; "
    "this page shows when it is sent. There is nothing more for you to do.",
    tone="wait",
    settled=False,
)
HELD_UP = Told(
    "We keep your request",
    "It could not be passed on to Plex right now, and that is not because of anything you "
    "typed. The owner sees what is in the way. We try again by ourselves, and this page shows "
    "when it is sent. There is nothing more for you to do.",
    tone="wait",
    settled=False,
)
IN_LINE = Told(
    "We keep your request",
    "It could not be dealt with at once. That happens by itself as soon as it can be, mostly "
    "within minutes; this page shows when. There is nothing more for you to do.",
    tone="wait",
    settled=False,
)
OWNER_FIRST = Told(
    "We keep your request",
    "The owner of this server has something to put right first. Your request is sent by itself "
    "once that is done; this page shows when. There is nothing more for you to do.",
    tone="wait",
    settled=False,
)
RECEIVED_CODE = "received"
"""In place of an error's code: a request of which nothing may be told, since the person it names
has another, opened elsewhere."""
RECEIVED = Told(
    "We have your request",
    "There was a request under this name already, perhaps your own from another device or "
    "browser. So this page tells no more: if there is an invitation, Plex e-mails it.",
    tone="wait",
    settled=True,
    steps=(
        "Look into the e-mail of your Plex account, the spam folder too. It can take some minutes.",
        "Did you ask on another device, or in another browser? The page you saw there tells how "
        "things stand.",
        "Nothing has come by tomorrow? Ask the owner of this server, who sees every request.",
    ),
)
AWAITING_APPROVAL = Told(
    "Your request waits for a yes",
    "The owner of this server has been asked. This page shows when there is an answer.",
    tone="wait",
    settled=False,
)
DENIED = Told(
    "Not this time",
    "The owner of this server said no to this request. Ask them if you think that is a mistake.",
    tone="bad",
    settled=True,
)
ACCEPTED = Told(
    "You are in",
    "You have access. Open Plex and enjoy.",
    tone="good",
    settled=True,
    plex_link=True,
)
ALREADY_SHARED = Told(
    "You are on the list already",
    "This account already has access, or an invitation that waits for an answer.",
    tone="good",
    settled=True,
    steps=(
        "Open Plex and sign in with the account you typed.",
        "If an invitation waits, Plex shows it there. The e-mail from Plex leads to it too.",
    ),
    plex_link=True,
)
SERVER_FULL = Told(
    "No seats left",
    "Plex lets an owner share with 100 people, and all of these seats are taken. "
    "Ask the owner: one may come free.",
    tone="bad",
    settled=True,
)
PLEX_REFUSED = Told(
    "Plex did not accept that name",
    "Plex does not know this username, or cannot invite it. Check the spelling, or use the "
    "e-mail address of your Plex account instead.",
    tone="bad",
    settled=True,
    try_again=True,
)
FAILED = Told(
    "That did not work",
    "We could not send this invite. The owner sees what went wrong and can send it again.",
    tone="bad",
    settled=True,
    try_again=True,
)

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


def tell(row: InviteRequest) -> Told:
    """What the friend is told about this request now."""
    if row.error_code == RECEIVED_CODE:
        return RECEIVED
    if row.status is Status.SUCCESS:
        return ACCEPTED if row.accepted_at else _sent(row)
    if row.status is Status.FAILED:
        return _FAILURES.get(row.error_code or "", FAILED)
    if row.status is Status.QUEUED and row.attempts == 0:
        return IN_LINE  # Plex was not asked yet, so nothing can be said about it
    if row.status is Status.QUEUED:
        return _WAITS_FOR.get(row.error_code or "", QUEUED)
    return _OPEN[row.status]


def _sent(row: InviteRequest) -> Told:
    return Told(
        f"Invite sent to {row.email_or_username}",
        "Plex has e-mailed the invitation. Accept it, and you are in.",
        tone="good",
        settled=False,
        steps=_ACCEPT,
        plex_link=True,
    )
