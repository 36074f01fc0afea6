"""What the owner is notified of, and which event in the outbox triggers it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from helpr_core.domain.requests import Status
from helpr_core.domain.vocabulary import Vocabulary
from helpr_core.frozen import dataclass
from helpr_core.texts import Words


class NoticeKind(Vocabulary):
    """What a channel may be ticked for."""

    ASKED = "asked"
    SENT = "sent"
    ACCEPTED = "accepted"
    FAILED = "failed"
    WAITING = "waiting"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - the name of a notice
    LIST_SUSPICIOUS = "list_suspicious"
    SEATS = "seats"
    ENDS_SOON = "ends_soon"
    REMOVED = "removed"
    NOT_REMOVED = "not_removed"
    DRIFT = "drift"
    NEW_BROWSER = "new_browser"
    WRONG_PASSWORDS = "wrong_passwords"
    HOUSEKEEPING_LATE = "housekeeping_late"
    CHANNEL_FAILING = "channel_failing"
    DIGEST = "digest"
    UNKNOWN = "unknown"


WAY_IN_CHANGED = "way_in_changed"
"""The event of each of these changes."""


class WayInChange(Vocabulary):
    """What was done to a way into the dashboard; told to whoever is told of new browsers."""

    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    RECOVERY_CODE_USED = "recovery_code_used"
    UNKNOWN = "unknown"


KINDS = tuple(kind for kind in NoticeKind if kind is not NoticeKind.UNKNOWN)
"""All that can be ticked, in the order shown."""

DEFAULT_KINDS = (
    NoticeKind.ASKED,
    NoticeKind.FAILED,
    NoticeKind.TOKEN_REFUSED,
    NoticeKind.NOT_REMOVED,
    NoticeKind.SEATS,
    NoticeKind.NEW_BROWSER,
    NoticeKind.CHANNEL_FAILING,
)
"""What a channel is ticked for unless the owner says otherwise: what needs attention."""

AT_ONCE = frozenset(
    {
        NoticeKind.ASKED,
        NoticeKind.TOKEN_REFUSED,
        NoticeKind.NEW_BROWSER,
        NoticeKind.WRONG_PASSWORDS,
        NoticeKind.CHANNEL_FAILING,
    }
)
"""These are sent at once. All others wait for a minute, so that ten of them become one message."""

COLLECTED = timedelta(minutes=1)

SENT_WITHIN = timedelta(days=1)
"""Anything older than this when found is no longer sent: it would be yesterday's news."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An event from the outbox, with what its request says about the person.

    `data` is specific to this kind of event. `mailbox` is the friend's, if there is one, and
    `language` the one the friend asked in; "" is English.
    """

    event_id: int
    at: datetime
    event: str
    actor: str = ""
    request_id: UUID | None = None
    to_status: str | None = None
    code: str | None = None
    data: Mapping[str, Any] | None = None
    name: str = ""
    note: str = ""
    server_name: str = ""
    error: Words = ""
    still_awaiting: bool = False
    mailbox: str = ""
    language: str = ""

    @property
    def facts(self) -> Mapping[str, Any]:
        """`data`, or nothing."""
        return self.data or {}


_BY_EVENT = {
    "sent": NoticeKind.SENT,
    "accepted": NoticeKind.ACCEPTED,
    "failed": NoticeKind.FAILED,
    "held": NoticeKind.ASKED,
    # Written by whatever detects them, in addition to the requests' own events.
    "waiting": NoticeKind.WAITING,
    "token_refused": NoticeKind.TOKEN_REFUSED,
    "seats": NoticeKind.SEATS,
    "new_browser": NoticeKind.NEW_BROWSER,
    WAY_IN_CHANGED: NoticeKind.NEW_BROWSER,
    "wrong_passwords": NoticeKind.WRONG_PASSWORDS,
    "housekeeping_late": NoticeKind.HOUSEKEEPING_LATE,
    "channel_failing": NoticeKind.CHANNEL_FAILING,
    "digest": NoticeKind.DIGEST,
    # People's.
    "ends_soon": NoticeKind.ENDS_SOON,
    "removed": NoticeKind.REMOVED,
    "ended": NoticeKind.REMOVED,
    "stale": NoticeKind.REMOVED,
    "gone": NoticeKind.DRIFT,
    "drift_found": NoticeKind.DRIFT,
    "removal_failed": NoticeKind.NOT_REMOVED,
    "change_failed": NoticeKind.NOT_REMOVED,
    "list_suspicious": NoticeKind.LIST_SUSPICIOUS,
    "list_gone": NoticeKind.LIST_SUSPICIOUS,
}
OPENED = "opened"
"""The owner is asked if the request was opened to wait for approval."""

FRIENDS_EVENTS = ("approved", "denied", "ends_soon", "ended")
"""What friends get a mail about, if the owner has enabled that."""

TELLING = (*dict.fromkeys((*_BY_EVENT, OPENED, *FRIENDS_EVENTS)),)
"""The events that may become notices; all others are skipped."""


def kind_of(event: str, to_status: str | None) -> NoticeKind | None:
    """The notice for that event; None if it is not news to the owner."""
    if event == OPENED:
        return NoticeKind.ASKED if to_status == Status.AWAITING_APPROVAL else None
    return _BY_EVENT.get(event)


ON_OVERVIEW = (
    "token_refused",
    "seats",
    "new_browser",
    WAY_IN_CHANGED,
    "wrong_passwords",
    "housekeeping_late",
    "channel_failing",
    "list_suspicious",
    "list_gone",
    "removal_failed",
    "change_failed",
    "waiting",
)
"""The events that the overview also shows: what needs attention."""
