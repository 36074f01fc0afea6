"""What the notices need from outside, as Protocols.

All methods block, are safe to call from many threads, and raise only HelprError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from helpr_core.domain.channels import Channel
from helpr_core.domain.notices import Told
from helpr_core.errors import HelprError


class NotDelivered(HelprError):
    """A channel did not take a message; `code` says why, and no text of the other side's.

    `status` is the HTTP status it answered, where it answered one. `is_final`: it will say the
    same the next time, so that nothing is gained by trying again.
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

    `message_id` stays the same however often it is tried. `kind` and `data` are for programs,
    `title` and `body` for people; `html` is the body for a mail, where there is one.
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
        """What is behind that address, in a word (Discord, ntfy …); asks nobody.

        Raises InvalidInput, with the field `address`, for one that cannot be used.
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
        """Delete it and what waits for it; False if it is gone."""

    def note_success(self, channel_id: UUID, at: datetime) -> None:
        """It took a message."""

    def note_failure(
        self, channel_id: UUID, at: datetime, error: Mapping[str, Any], next_attempt_at: datetime
    ) -> None:
        """It failed: one more failure in a row."""


Plan = Callable[
    [Told, Mapping[tuple[UUID, str], datetime], datetime], Iterable[tuple[UUID, str, datetime]]
]
"""Which channels tell an event, as what kind, and when; given what is due there of late."""


@dataclass(frozen=True, slots=True)
class Due:
    """What an event raised by Helpr itself is about."""

    request_id: UUID | None = None
    code: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """A message to be sent: `told` are its events, oldest first; none where all were deleted.

    `doubtful`: sending it was begun before, and nobody knows whether it arrived.
    """

    message_id: UUID
    kind: str
    told: tuple[Told, ...]
    doubtful: bool
    due_at: datetime


class Outbox(Protocol):
    """Events, and the notices that are made of them. Raises LogUnavailable.

    A notice is `waiting`, or `telling` from just before it is handed over until its outcome is
    written; `settle` ends that as `told`, `given_up`, `bounced`, or `waiting` again.
    """

    def fan_out(self, plan: Plan, now: datetime, most: int) -> int:
        """Make notices of the oldest events that nobody has looked at, each event once; returns
        how many events that were."""

    def due_channels(self, now: datetime) -> Sequence[UUID]:
        """The channels that something is due on, and that may be tried."""

    def next_due(self) -> datetime | None:
        """When something is due next."""

    def claim(self, channel_id: UUID, now: datetime, lease: timedelta) -> str | None:
        """Take the channel for that long: a token, or None where another worker has it."""

    def release(self, channel_id: UUID, token: str) -> None:
        """Release it."""

    def next_message(self, channel_id: UUID, now: datetime, *, together: bool) -> Pending | None:
        """What is to be sent next; `together`: all that is due of its kind in one message.

        What has been put together once is the same message until it is settled.
        """

    def begin(self, message_id: UUID, channel_id: UUID, token: str) -> bool:
        """Note that it is about to be sent; False where the claim is another's by now."""

    def settle(self, message_id: UUID, state: str, now: datetime | None) -> None:
        """Write its outcome; without a time it goes on waiting."""

    def raise_alarm(self, name: str, event: str, at: datetime, about: Due) -> bool:
        """Write the event, unless that alarm has been raised and not ended since."""

    def note(self, event: str, at: datetime, about: Due) -> None:
        """Write a stand-alone event."""

    def end_alarm(self, name: str) -> None:
        """The condition is over: the next time it is reported again."""

    def alarms(self) -> Mapping[str, datetime]:
        """Those that are raised, and since when."""

    def queued(self, now: datetime) -> Sequence[Mapping[str, Any]]:
        """Requests that wait because of some trouble: `request_id`, `error_code`,
        `queued_since`."""

    def count_events(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many events of each kind there were."""

    def newest(self, kinds: Sequence[str], since: datetime, most: int) -> Sequence[Told]:
        """The newest events of these kinds."""

    def delete_older(self, than: datetime, most: int) -> int:
        """Delete notices that were settled before that: how many."""
