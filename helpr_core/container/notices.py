"""Notices: channels, and what is sent through them."""

from __future__ import annotations

import functools
import logging
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.domain.channels import ChannelKind
from helpr_core.errors import HelprError
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from helpr_core.adapters.sql.channels import SqlChannels
    from helpr_core.adapters.sql.outbox import SqlOutbox
    from helpr_core.domain.notices import NoticeKind
    from helpr_core.domain.outbound import Outbound
    from helpr_core.services.notices.channels import Channels
    from helpr_core.services.notices.digest import Digest
    from helpr_core.services.notices.friends import FriendsMail, Sign
    from helpr_core.services.notices.notifier import Notifier
    from helpr_core.services.notices.one_tap import OneTap
    from helpr_core.services.notices.ports import Sender
    from helpr_core.services.notices.unsubscribing import Unsubscribing
    from helpr_core.services.notices.watch import Watch
    from helpr_core.texts import Words

log = logging.getLogger(__name__)

_SHOWN, _SHOWN_FOR = 5, timedelta(days=7)
"""On the overview."""
_LOOKED_AT = 50
"""So many events may become the few texts there."""


class NoticeParts(Group):
    """Held by the container; imported with the first use of any of it."""

    @kept
    def channels(self) -> Channels:
        """Where notices go."""
        with importing:
            from helpr_core.services.notices.channels import Channels

        installation = self._container.installation
        return Channels(
            self.channel_log(),
            self.sender,
            installation.sealer("channels"),
            installation.settings().notify_addresses,
            functools.partial(installation.keyed_hash, "channel"),
            self._clock,
            uuid.uuid4,
        )

    @kept
    def channel_log(self) -> SqlChannels:
        """The table of channels."""
        with importing:
            from helpr_core.adapters.sql.channels import SqlChannels

        return SqlChannels(self._container.stores.database())

    @kept
    def outbox(self) -> SqlOutbox:
        """Events, and the notices made from them."""
        with importing:
            from helpr_core.adapters.sql.outbox import SqlOutbox

        return SqlOutbox(self._container.stores.database())

    @kept
    def one_tap(self) -> OneTap:
        """Approving from a message."""
        with importing:
            from helpr_core.services.notices.one_tap import OneTap

        parts = self._container
        return OneTap(
            parts.installation.keyed_hash("approval links", ""),
            parts.installation.settings().public_url,
            parts.stores.invite_log(),
            parts.stores.audit_log,
            parts.requests.owners,
            self._clock,
        )

    @kept
    def notifier(self) -> Notifier:
        """From events to messages."""
        with importing:
            from helpr_core.services.notices.notifier import Notifier

        return Notifier(
            self.outbox(),
            self.channels(),
            self.channel_log(),
            self.one_tap().addresses,
            self.friends_mail(),
            self._clock,
        )

    @kept
    def friends_mail(self) -> FriendsMail:
        """Mails to friends."""
        with importing:
            from helpr_core.services.notices.friends import FriendsMail

        parts = self._container
        return FriendsMail(
            self.mail,
            lambda: parts.site.settings().current().mail_friends,
            self._sign,
            parts.installation.settings().mail_from or "",
            self.unsubscribing(),
        )

    @kept
    def unsubscribing(self) -> Unsubscribing:
        """Friends who want no more mails about their access."""
        with importing:
            from helpr_core.services.notices.unsubscribing import (
                NAME,
                UnsubscribedList,
                Unsubscribing,
            )
            from helpr_core.services.people.kept_decisions import TableDecision

        parts = self._container
        kept_list = TableDecision(
            NAME, UnsubscribedList(), parts.stores.decision_table, self._clock
        )
        return Unsubscribing(
            parts.installation.keyed_hash("unsubscribe links", ""),
            parts.installation.settings().public_url,
            functools.partial(parts.installation.keyed_hash, "unsubscribed mailbox"),
            kept_list,
        )

    def _sign(self) -> Sign:
        with importing:
            from helpr_core.services.notices.friends import Sign

        face, settings = self._container.site.face(), self._container.installation.settings()
        return Sign(face.owner, face.server_name, face.contact, settings.public_url or "")

    @kept
    def digest(self) -> Digest:
        """The weekly summary."""
        with importing:
            from helpr_core.services.notices.digest import Digest

        parts = self._container
        return Digest(
            self.outbox(), parts.people().summary(), lambda: parts.plex.seats().last(), self._clock
        )

    @kept
    def watch(self) -> Watch:
        """Conditions that last, reported when they begin."""
        with importing:
            from helpr_core.services.notices.watch import Watch

        parts = self._container
        return Watch(
            self.outbox(), lambda: parts.plex.seats().last(), parts.upkeep.runs, self._clock
        )

    def tell(self, has_time: Callable[[], bool], *, from_housekeeping: bool) -> dict[str, int]:
        """Check, and send what is due; if there is nobody to notify, events are skipped."""
        self.watch()(from_housekeeping=from_housekeeping)
        if from_housekeeping:
            self.digest()()
        return self.notifier()(has_time)

    def newest(self) -> Sequence[tuple[datetime, NoticeKind, Words]]:
        """What the overview says about the last days: what needs attention, in the notices'
        wording. Raises LogUnavailable."""
        with importing:
            from helpr_core.domain.notices import ON_OVERVIEW
            from helpr_core.services.notices.composing import news

        since = self._clock() - _SHOWN_FOR
        return news(self.outbox().newest(ON_OVERVIEW, since, _LOOKED_AT), _SHOWN)

    def say(self, event: str, **data: str | int) -> None:
        """Record something that is in no other table; if that fails, it is not sent. Never raises:
        a sign-in must not fail because of it."""
        with importing:
            from helpr_core.services.notices.ports import Due

        now = self._clock()
        try:
            self.outbox().note(event, now, Due(data=data))
        except HelprError as exc:
            log.warning("event not kept event=%s reason=%s", event, exc.code)

    def anybody(self) -> bool:
        """Whether there is anybody to notify."""
        if any(channel.enabled for channel in self.channels().all()):
            return True
        return self.friends_mail().channel(self._clock()) is not None

    def sender(self, kind: ChannelKind) -> Sender | None:
        """The sender for channels of that kind."""
        if kind is ChannelKind.APPRISE:
            return self._apprise()
        if kind is ChannelKind.WEBHOOK:
            return self._webhook()
        return self.mail() if kind is ChannelKind.EMAIL else None

    @kept
    def mail(self) -> Sender | None:
        """Mail; None where HELPR_SMTP_URL is not set."""
        settings = self._container.installation.settings()
        if settings.smtp_url is None:
            return None
        with importing:
            from helpr_core.adapters.notices.mail import MailSender, mail_server

        return MailSender(
            mail_server(settings.smtp_url.get_secret_value()), settings.mail_from or ""
        )

    @kept
    def _apprise(self) -> Sender:
        with importing:
            from helpr_core.adapters.notices.apprise_services import AppriseSender

        return AppriseSender(self._outbound())

    @kept
    def _webhook(self) -> Sender:
        with importing:
            from helpr_core.adapters.notices.webhook import WebhookSender

        return WebhookSender(self._outbound(), self._clock)

    def _outbound(self) -> Outbound:
        with importing:
            from helpr_core.domain.outbound import Outbound

        installation = self._container.installation
        return Outbound(installation.settings().notify_private, installation.on_azure())
