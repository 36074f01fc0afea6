"""What the notices need from outside, as Protocols.

All methods block, are safe to call from many threads, and raise only HelprError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from helpr_core.domain.channels import Channel
from helpr_core.domain.notices import OutboxEntry
from helpr_core.errors import HelprError
from helpr_core.frozen import dataclass


class NotDelivered(HelprError):
    """A channel did not accept a message; `code` says why, without any text from the other side.

    `status` is the HTTP status of the answer, if there was one. `is_final`: the answer will be the
    same next time, so trying again is pointless.
    """

    code = "not_delivered"

    def __init__(self, why: str, status: int = 0, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.status = status
        self.is_final = is_final

    def as_json(self) -> dict[str, Any]:
        """The form that is stored with the channel."""
        return {"why": self.why, "status": self.status}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message for one channel.

    `message_id` stays the same through all tries. `kind` and `data` are for programs, `title` and
    `body` for people; `html` is the body of a mail, if there is one.
    """

    message_id: UUID
    at: datetime
    kind: str
    title: str
    body: str
    html: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Sender(Protocol):
    """One way to deliver messages."""

    def check(self, address: str) -> str:
        """The service behind that address, in a word (Discord, ntfy …), without a call.

        Raises InvalidInput, with the field `address`, if it cannot be used.
        """

    def send(self, address: str, message: Outgoing) -> None:
        """Hand the message over. Raises NotDelivered."""


class ChannelLog(Protocol):
    """The table of channels. Raises LogUnavailable."""

    def all(self) -> Sequence[Channel]:
        """All channels, oldest first."""

    def get(self, channel_id: UUID) -> Channel | None:
        """One of them."""

    def add(self, channel: Channel) -> None:
        """Add it; does nothing if its id exists."""

    def change(self, channel: Channel) -> bool:
        """Save the owner's changes; False if it is gone.

        Its record of failures stays, unless the address changed: then it starts again.
        """

    def delete(self, channel_id: UUID) -> bool:
        """Delete it and the notices waiting for it; False if it is gone."""

    def note_success(self, channel_id: UUID, at: datetime) -> None:
        """It accepted a message."""

    def note_failure(
        self, channel_id: UUID, at: datetime, error: Mapping[str, Any], next_attempt_at: datetime
    ) -> None:
        """It failed: one more failure in a row."""


Plan = Callable[
    [OutboxEntry, Mapping[tuple[UUID, str], datetime], datetime],
    Iterable[tuple[UUID, str, datetime]],
]
"""Which channels report an event, as what kind, and when; given what was recently due there."""


@dataclass(frozen=True, slots=True)
class Due:
    """The subject of an event that Helpr itself raised."""

    request_id: UUID | None = None
    code: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """A message to be sent: `entries` are its events, oldest first; none if all were deleted.

    `doubtful`: an earlier attempt was interrupted, so it is unknown whether it arrived.
    """

    message_id: UUID
    kind: str
    entries: tuple[OutboxEntry, ...]
    doubtful: bool
    due_at: datetime


class Outbox(Protocol):
    """Events, and the notices made from them. Raises LogUnavailable.

    A notice is `waiting`, or `telling` from just before it is handed over until its outcome is
    written; `settle` ends that as `told`, `given_up`, `bounced`, or `waiting` again.
    """

    def fan_out(self, plan: Plan, now: datetime, most: int) -> int:
        """Turn the oldest unprocessed events into notices, each event once; returns how many events
        those were."""

    def due_channels(self, now: datetime) -> Sequence[UUID]:
        """The channels on which something is due and that may be tried."""

    def next_due(self) -> datetime | None:
        """When something is due next."""

    def claim(self, channel_id: UUID, now: datetime, lease: timedelta) -> str | None:
        """Claim the channel for that long: a token, or None if another worker has it."""

    def release(self, channel_id: UUID, token: str) -> None:
        """Release it."""

    def next_message(self, channel_id: UUID, now: datetime, *, together: bool) -> Pending | None:
        """The next message to send; `together`: everything due of its kind in one message.

        Once composed, a message stays the same until it is settled.
        """

    def begin(self, message_id: UUID, channel_id: UUID, token: str) -> bool:
        """Note that it is about to be sent; False if another worker has the claim by now."""

    def settle(self, message_id: UUID, state: str, now: datetime | None) -> None:
        """Write its outcome; without a time it keeps waiting."""

    def raise_alarm(self, name: str, event: str, at: datetime, about: Due) -> bool:
        """Write the event, unless that alarm is already raised."""

    def note(self, event: str, at: datetime, about: Due) -> None:
        """Write a stand-alone event."""

    def end_alarm(self, name: str) -> None:
        """The condition is over: the next time it is reported again."""

    def alarms(self) -> Mapping[str, datetime]:
        """The raised alarms, and since when."""

    def queued(self, now: datetime) -> Sequence[Mapping[str, Any]]:
        """Requests waiting because of an error: `request_id`, `error_code`, `queued_since`."""

    def count_events(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many events of each kind there were."""

    def newest(self, kinds: Sequence[str], since: datetime, most: int) -> Sequence[OutboxEntry]:
        """The newest events of these kinds."""

    def delete_older(self, than: datetime, most: int) -> int:
        """Delete notices that were settled before that: how many."""
