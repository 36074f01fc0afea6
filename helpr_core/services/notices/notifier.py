"""From the outbox to the channels: each event once per channel, in order, with none lost.

A worker claims a channel in the database and sends what is due on it, message by message; all
others leave the channel alone until the claim is released or expires. Before a message is handed
over, its rows are marked `telling`, and afterwards with its outcome. A worker that dies in between
leaves `telling` behind: nobody can know whether the message arrived, so it is sent again with the
same id, and says so. So delivery is at least once, at the one moment when nothing better is
possible: see docs/decisions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.domain.channels import GIVEN_UP, Channel, ChannelKind, next_try
from helpr_core.domain.notices import AT_ONCE, COLLECTED, NoticeKind, OutboxEntry, kind_of
from helpr_core.frozen import dataclass
from helpr_core.services.notices.channels import Channels
from helpr_core.services.notices.composing import Answers, as_text, compose, facts
from helpr_core.services.notices.friends import CHANNEL_ID, FriendsMail, is_told
from helpr_core.services.notices.ports import (
    ChannelLog,
    Due,
    NotDelivered,
    Outbox,
    Outgoing,
    Pending,
)
from helpr_core.texts import ENGLISH, say, speaking, tags

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=5)
_AT_ONCE_EVENTS = 200
_MOST_MESSAGES = 50
"""The most messages on one channel per turn, so that others get a turn, too."""
TOLD, GIVEN_UP_STATE, WAITING, EMPTY = "told", "given_up", "waiting", "empty"
BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Notifier:
    """Sends what is due while `has_time` is true. Returns counts of what it did.

    Raises LogUnavailable.
    """

    outbox: Outbox
    channels: Channels
    channel_log: ChannelLog
    answers: Answers
    friends: FriendsMail
    clock: Clock

    def __call__(self, has_time: Callable[[], bool] = lambda: True) -> dict[str, int]:
        """Events to notices, notices to messages."""
        counts = {"notices_told": 0, "notices_failed": 0}
        found = {one.channel_id: one for one in self._all()}
        while has_time():
            seen = self.outbox.fan_out(_plan(list(found.values())), self.clock(), _AT_ONCE_EVENTS)
            if seen < _AT_ONCE_EVENTS:
                break
        for channel_id in self.outbox.due_channels(self.clock()):
            channel = found.get(channel_id)
            if channel is None or not has_time():
                continue
            sent, failed = self._work(channel, has_time)
            counts["notices_told"] += sent
            counts["notices_failed"] += failed
        return counts

    def _all(self) -> Sequence[Channel]:
        """The owner's channels, and the one for mails to friends if those are enabled."""
        channels, kept = list(self.channels.all()), self.channel_log.get(CHANNEL_ID)
        wanted = self.friends.channel(kept.created_at if kept else self.clock())
        if wanted is None:
            if kept is not None:  # drop what waits for a mail server that is no longer configured
                self.channel_log.delete(CHANNEL_ID)
            return channels
        if kept is None:
            self.channel_log.add(wanted)
        return [*channels, wanted]

    def _work(self, channel: Channel, has_time: Callable[[], bool]) -> tuple[int, int]:
        """Send what is due on this channel; returns how many were accepted and how many failed."""
        token = self.outbox.claim(channel.channel_id, self.clock(), _LEASE)
        if token is None:
            return 0, 0
        sent = failed = 0
        try:
            for _ in range(_MOST_MESSAGES):
                if not has_time():
                    break
                taken = self._tell_next(channel, token)
                if taken is None:
                    break
                sent += taken
                if not taken:
                    failed += 1
                    break
        finally:
            self.outbox.release(channel.channel_id, token)
        return sent, failed

    def _tell_next(self, channel: Channel, token: str) -> bool | None:
        """Whether the channel accepted its next message; None if there is none."""
        together = channel.kind in (ChannelKind.APPRISE, ChannelKind.EMAIL)
        pending = self.outbox.next_message(channel.channel_id, self.clock(), together=together)
        if pending is None:
            return None
        is_friends = channel.kind is ChannelKind.FRIENDS
        # The request was deleted, and its notice with it; or the friend wants no such mails.
        if not pending.entries or (is_friends and not self.friends.is_welcome(pending.entries[0])):
            self.outbox.settle(pending.message_id, EMPTY, self.clock())
            return True
        if not self.outbox.begin(pending.message_id, channel.channel_id, token):
            return None
        try:
            if is_friends:
                self.friends.send(pending.message_id, pending.entries[0])
            else:
                self.channels.send(channel, self._message(channel, pending))
        except NotDelivered as exc:
            if exc.is_final and is_friends:
                self._note_bounce(pending, exc)
                return True
            self._note_failure(channel, pending, exc)
            return False
        now = self.clock()
        self.outbox.settle(pending.message_id, TOLD, now)
        self.channel_log.note_success(channel.channel_id, now)
        log.info("told channel=%s kind=%s", channel.channel_id, pending.kind)
        return True

    def _note_bounce(self, pending: Pending, error: NotDelivered) -> None:
        """The mailbox rejects permanently: noted on the request, without affecting others."""
        entry, now = pending.entries[0], self.clock()
        self.outbox.settle(pending.message_id, BOUNCED, now)
        data = {"name": entry.name, "status": error.status}
        self.outbox.note("mail_bounced", now, Due(entry.request_id, data=data))
        log.warning("mail bounced event=%d status=%d", entry.event_id, error.status)

    def _note_failure(self, channel: Channel, pending: Pending, error: NotDelivered) -> None:
        """Wait and try again; after a day without success the message is dropped, and other
        channels report that."""
        now = self.clock()
        fresh = self.channel_log.get(channel.channel_id) or channel
        log.warning(
            "not told channel=%s kind=%s reason=%s status=%d",
            channel.channel_id,
            pending.kind,
            error.why,
            error.status,
        )
        self.channel_log.note_failure(
            channel.channel_id, now, error.as_json(), next_try(fresh.attempts + 1, now)
        )
        is_over = now - pending.due_at >= GIVEN_UP
        # A message that was certainly not accepted counts as not started.
        surely = error.why not in ("no_answer", "unreachable")
        if is_over:
            self.outbox.settle(pending.message_id, GIVEN_UP_STATE, now)
        elif surely:
            self.outbox.settle(pending.message_id, WAITING, None)
        since = fresh.failing_since or now
        if now - since >= GIVEN_UP:
            self._tell_others(channel, since)

    def _tell_others(self, channel: Channel, since: datetime) -> None:
        data = {"channel": channel.label or channel.service, "channel_id": str(channel.channel_id)}
        name = f"channel:{channel.channel_id}:{since:%Y%m%dT%H%M%S}"
        self.outbox.raise_alarm(name, "channel_failing", self.clock(), Due(data=data))

    def _message(self, channel: Channel, pending: Pending) -> Outgoing:
        kind = NoticeKind.read(pending.kind)
        with speaking(channel.language if channel.language in tags() else ENGLISH):
            composed = compose(kind, pending.entries, self.answers)
            first = pending.entries[0]
            return Outgoing(
                pending.message_id,
                first.at,
                f"helpr.{kind}",
                say(composed.title),
                as_text(composed, say, doubtful=pending.doubtful),
                data=facts(kind, first, self.answers)
                if channel.kind is ChannelKind.WEBHOOK
                else {},
            )


def _plan(
    channels: Sequence[Channel],
) -> Callable[
    [OutboxEntry, Mapping[tuple[UUID, str], datetime], datetime],
    Iterator[tuple[UUID, str, datetime]],
]:
    def plan(
        entry: OutboxEntry, latest: Mapping[tuple[UUID, str], datetime], now: datetime
    ) -> Iterator[tuple[UUID, str, datetime]]:
        for channel in channels:
            if (
                channel.kind is ChannelKind.FRIENDS
                and is_told(entry)
                and entry.at >= channel.created_at
            ):
                yield channel.channel_id, entry.event, now
        kind = kind_of(entry.event, entry.to_status)
        if kind is None:
            return
        for channel in channels:
            of_itself = entry.facts.get("channel_id") == str(channel.channel_id)
            if channel.wants(kind, entry.at) and not of_itself:
                last = latest.get((channel.channel_id, str(kind)))
                yield channel.channel_id, str(kind), due_at(channel, kind, now, last)

    return plan


def due_at(channel: Channel, kind: NoticeKind, now: datetime, last: datetime | None) -> datetime:
    """When a notice created now is due, if the last one of its kind is due at `last`.

    One that comes within a minute of another goes out with it, or follows together with all others
    from that minute.
    """
    if last is not None and last > now:
        return last
    due = now if kind in AT_ONCE else now + COLLECTED
    if last is not None:
        due = max(due, last + COLLECTED)
    quiet = channel.quiet.until(due) if channel.quiet else None
    return quiet or due
