"""The owner's channels: those from the dashboard, and those from the environment."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.domain.channels import Channel, ChannelKind
from helpr_core.domain.concerns import Concern
from helpr_core.domain.notices import DEFAULT_KINDS
from helpr_core.errors import FieldError, InvalidInput, NotFound, NotPossible
from helpr_core.services.notices.ports import ChannelLog, NotDelivered, Outgoing, Sender
from helpr_core.services.sealing import SealBroken, Sealer
from helpr_core.texts import Message, speaking, tags, text

MOST = 20
"""The maximum: all are read for each message, and each message goes to all."""
_SECRET_BYTES = 32
_MAILTO = "mailto:"

Senders = Callable[[ChannelKind], Sender | None]
"""The sender for a kind of channel; None if it is not set up here."""


class Channels:
    """`named` are the addresses in HELPR_NOTIFY_URLS; `key_of` turns one into an id that only this
    installation can make. Methods raise LogUnavailable."""

    def __init__(
        self,
        channel_log: ChannelLog,
        senders: Senders,
        sealer: Sealer,
        named: Sequence[str],
        key_of: Callable[[str], str],
        clock: Clock,
        new_id: Callable[[], UUID],
    ) -> None:
        self._channel_log = channel_log
        self._senders = senders
        self._sealer = sealer
        self._named = {UUID(key_of(address)[:32]): address for address in named}
        self._clock = clock
        self._new_id = new_id

    def all(self) -> Sequence[Channel]:
        """The active channels, without those whose address is no longer in the environment."""
        found = self._channel_log.all()
        for one in found:
            if one.from_environment and one.channel_id not in self._named:
                self._channel_log.delete(one.channel_id)
        missing = [key for key in self._named if all(one.channel_id != key for one in found)]
        if missing:
            for key in missing:
                self._channel_log.add(self._of_environment(key))
            found = self._channel_log.all()
        return [
            one
            for one in found
            if one.kind is not ChannelKind.FRIENDS
            and (not one.from_environment or one.channel_id in self._named)
        ]

    def concerns(self) -> list[Concern]:
        """The addresses in the environment that lead nowhere. Reading them takes a while."""
        found = []
        for number, address in enumerate(self._named.values(), start=1):
            kind = kind_of(address)
            try:
                self._checked(kind, without_scheme(kind, address))
            except InvalidInput as exc:
                unusable = Message("concern.notify_address", number=number)
                found.append(Concern("HELPR_NOTIFY_URLS", unusable, exc.errors[0].message))
        return found

    def get(self, channel_id: UUID) -> Channel:
        """One of them. Raises NotFound."""
        found = next((one for one in self.all() if one.channel_id == channel_id), None)
        if found is None:
            raise NotFound("no such channel")
        return found

    def add(
        self, kind: ChannelKind, address: str, fields: Mapping[str, Any], secret: str | None = None
    ) -> tuple[Channel, str]:
        """Add a channel; returns the webhook's secret if one had to be generated. `secret` may
        also be the address's fragment.

        Raises InvalidInput for an unusable address, and NotPossible if there are too many.
        """
        if len(self.all()) >= MOST:
            raise NotPossible(Message("channel.too_many", count=MOST))
        made = ""
        if kind is ChannelKind.WEBHOOK and not secret and "#" not in address:
            made = f"whsec_{base64.b64encode(os.urandom(_SECRET_BYTES)).decode()}"
        address = _with_secret(address, secret or made)
        channel = Channel(
            channel_id=self._new_id(),
            kind=kind,
            service=self._checked(kind, address),
            label="",
            created_at=self._clock(),
            sealed=self._sealer.seal(address),
        )
        channel = _with(channel, fields)
        self._channel_log.add(channel)
        return channel, made

    def change(
        self,
        channel_id: UUID,
        fields: Mapping[str, Any],
        address: str = "",
        secret: str | None = None,
    ) -> Channel:
        """Change the named fields, and the address or the webhook's secret if there is a new one:
        the other of the two stays. Raises as above, and NotPossible for a channel from the
        environment."""
        before = self._own(channel_id)
        after = _with(before, fields)
        if address or secret:
            address = self._renewed(before, address, secret or "")
            service = self._checked(before.kind, address)
            after = replace(after, service=service, sealed=self._sealer.seal(address))
        if not self._channel_log.change(after):
            raise NotFound("no such channel")
        return self.get(channel_id)

    def delete(self, channel_id: UUID) -> Channel:
        """Delete it and the notices waiting for it. Raises as above."""
        found = self._own(channel_id)
        if not self._channel_log.delete(channel_id):
            raise NotFound("no such channel")
        return found

    def test(self, channel_id: UUID) -> NotDelivered | None:
        """Send a test message; None if it was accepted, otherwise why not."""
        channel = self.get(channel_id)
        with speaking(channel.language or "en"):
            message = Outgoing(
                self._new_id(),
                self._clock(),
                "test",
                text("notice.test.title"),
                text("notice.test.body"),
            )
        try:
            self.send(channel, message)
        except NotDelivered as exc:
            return exc
        self._channel_log.note_success(channel_id, self._clock())
        return None

    def send(self, channel: Channel, message: Outgoing) -> None:
        """Hand a message to the channel. Raises NotDelivered."""
        sender = self._senders(channel.kind)
        if sender is None:
            raise NotDelivered("not_set_up")
        try:
            sender.send(self._address(channel), message)
        except InvalidInput as exc:  # it was valid before the installed packages changed
            raise NotDelivered("unusable_address") from exc
        except SealBroken as exc:
            raise NotDelivered("sealed_otherwise") from exc

    def _address(self, channel: Channel) -> str:
        if channel.from_environment:
            return without_scheme(channel.kind, self._named[channel.channel_id])
        return self._sealer.unseal(channel.sealed)

    def _renewed(self, before: Channel, address: str, secret: str) -> str:
        if before.kind is not ChannelKind.WEBHOOK or (address and (secret or "#" in address)):
            return _with_secret(address, secret)
        try:
            url, _, last = self._address(before).partition("#")
        except SealBroken as exc:
            raise InvalidInput(FieldError("address", Message("channel.enter_both"))) from exc
        return _with_secret(address or url, secret or last)

    def _own(self, channel_id: UUID) -> Channel:
        found = self.get(channel_id)
        if found.from_environment:
            raise NotPossible(Message("channel.from_environment"))
        return found

    def _checked(self, kind: ChannelKind, address: str) -> str:
        sender = self._senders(kind)
        if sender is None:
            raise InvalidInput(FieldError("kind", Message("channel.no_mail_server")))
        return sender.check(address)

    def _of_environment(self, key: UUID) -> Channel:
        address = self._named[key]
        kind = kind_of(address)
        try:
            service = self._checked(kind, without_scheme(kind, address))
        except InvalidInput:
            service = ""  # sending reports what is wrong and turns the channel red
        return Channel(
            channel_id=key,
            kind=kind,
            service=service,
            label="",
            created_at=self._clock(),
            events=DEFAULT_KINDS,
            from_environment=True,
        )


def kind_of(address: str) -> ChannelKind:
    """The kind of an address in the environment: a URL with a webhook secret, `mailto:` and a
    mailbox, or one of Apprise's."""
    if "#whsec_" in address:
        return ChannelKind.WEBHOOK
    if address.lower().startswith(_MAILTO) and not address.lower().startswith(f"{_MAILTO}//"):
        return ChannelKind.EMAIL
    return ChannelKind.APPRISE


def without_scheme(kind: ChannelKind, address: str) -> str:
    """The address in the form that its sender expects."""
    return address[len(_MAILTO) :] if kind is ChannelKind.EMAIL else address


def _with_secret(address: str, secret: str) -> str:
    return f"{address}#{secret}" if secret else address


def _with(channel: Channel, fields: Mapping[str, Any]) -> Channel:
    """With these fields; InvalidInput for an unknown language."""
    language = fields.get("language")
    if language and language not in tags():
        raise InvalidInput(FieldError("language", Message("channel.no_such_language")))
    return replace(channel, **fields)
