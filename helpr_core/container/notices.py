"""Notices: channels, and what goes over them."""

from __future__ import annotations

import functools
import uuid
from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.domain.channels import ChannelKind
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from helpr_core.adapters.sql.channels import SqlChannels
    from helpr_core.domain.outbound import Outbound
    from helpr_core.services.notices.channels import Channels
    from helpr_core.services.notices.ports import Sender


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

    def sender(self, kind: ChannelKind) -> Sender | None:
        """The way to reach a channel of that kind."""
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
