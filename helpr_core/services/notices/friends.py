"""Mails to friends, if there is a mail server and the owner has turned them on.

They go through the same outbox and claims as notices, through a channel of their own that no page
lists. Each has its own mailbox: a rejection is noted on its request and holds nobody else's mail
back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from uuid import UUID

from helpr_core.domain.channels import Channel, ChannelKind
from helpr_core.domain.notices import FRIENDS_EVENTS, OutboxEntry
from helpr_core.frozen import dataclass
from helpr_core.services.notices.ports import NotDelivered, Outgoing, Sender
from helpr_core.services.notices.unsubscribing import Unsubscribing
from helpr_core.texts import ENGLISH, Value, current, speaking, tags, text

CHANNEL_ID = UUID(int=0xF1)
_LATER = frozenset({"ends_soon", "ended"})
"""Mails that do not answer something the friend just did, so they offer a way to stop them."""


@dataclass(frozen=True, slots=True)
class Sign:
    """The sender's details: the owner, the server, how to reach the owner, and the form's
    address."""

    owner: str
    server: str
    contact: str
    public_url: str


@dataclass(frozen=True, slots=True)
class FriendsMail:
    """`sender` sends mail, None without a mail server; `is_wanted` is the owner's setting;
    `mail_from` is the mails' sender; `unsubscribing` knows who wants no more mails."""

    sender: Callable[[], Sender | None]
    is_wanted: Callable[[], bool]
    sign: Callable[[], Sign]
    mail_from: str
    unsubscribing: Unsubscribing

    def channel(self, since: datetime) -> Channel | None:
        """The channel for mails to friends; None if none are sent."""
        if self.sender() is None or not self.is_wanted():
            return None
        return Channel(CHANNEL_ID, ChannelKind.FRIENDS, "", "", since, events=())

    def is_welcome(self, entry: OutboxEntry) -> bool:
        """Whether the friend has not said no to mails about that event."""
        return entry.event not in _LATER or self.unsubscribing.wants_mails(entry.mailbox)

    def send(self, message_id: UUID, entry: OutboxEntry) -> None:
        """Send the mail about that event. Raises NotDelivered."""
        sender = self.sender()
        if sender is None:
            raise NotDelivered("not_set_up")
        language = entry.language if entry.language in tags() else ENGLISH
        with speaking(language):
            message = self._message(message_id, entry, language)
        sender.send(entry.mailbox, message)

    def send_link(self, message_id: UUID, mailbox: str, address: str, at: datetime) -> None:
        """Send a link that the owner hands out, in the current language. Raises NotDelivered."""
        sender = self.sender()
        if sender is None:
            raise NotDelivered("not_set_up")
        sign = self.sign()
        owner = sign.owner or sign.server
        subject = text("friend_mail.link.subject", owner=owner, server=sign.server)
        paragraphs = [text("friend_mail.link.body", owner=owner, server=sign.server)]
        button = (text("friend_mail.link.button"), address)
        body, html = _written(subject, paragraphs, button, _floor(sign))
        sender.send(mailbox, Outgoing(message_id, at, "link", subject, body, html))

    def _message(self, message_id: UUID, entry: OutboxEntry, language: str) -> Outgoing:
        sign = self.sign()
        kind = entry.event
        owner = sign.owner or sign.server
        server = entry.server_name or sign.server
        days = entry.facts.get("days")
        values: dict[str, Value] = {
            "owner": owner,
            "server": server,
            "count": days if isinstance(days, int) else 1,
        }
        subject = text(f"friend_mail.{kind}.subject", **values)
        paragraphs = [text(f"friend_mail.{kind}.body", **values)]
        floor = _floor(sign)
        headers: dict[str, str] = {}
        if kind in _LATER:
            way_out = self.unsubscribing.address(entry.mailbox)
            if way_out is None:
                floor.append(text("friend_mail.no_more"))
            else:
                floor.append(text("friend_mail.no_more_link", address=way_out))
            headers = _unsubscribe_headers(way_out, _mailbox(self.mail_from))
        body, html = _written(subject, paragraphs, self._button(entry, sign), floor, language)
        return Outgoing(message_id, entry.at, kind, subject, body, html, headers=headers)

    def _button(self, entry: OutboxEntry, sign: Sign) -> tuple[str, str] | None:
        if not sign.public_url:
            return None
        if entry.event == "approved" and entry.request_id is not None:
            return text("friend_mail.where"), f"{sign.public_url}/invited/{entry.request_id}"
        if entry.event in _LATER:
            return text("friend_mail.ask_again"), f"{sign.public_url}/"
        return None


def is_told(entry: OutboxEntry) -> bool:
    """Whether the friend gets a mail about that event."""
    return entry.event in FRIENDS_EVENTS and "@" in entry.mailbox


def _floor(sign: Sign) -> list[str]:
    """The footer: who wrote, and how to reply."""
    owner = sign.owner or sign.server
    lines = [text("friend_mail.from", owner=owner, server=sign.server)]
    if sign.contact:
        lines.append(text("friend_mail.contact", contact=sign.contact))
    return lines


def _unsubscribe_headers(way_out: str | None, mailbox: str) -> dict[str, str]:
    """What mail programs make a button of; with HTTPS it takes one click (RFC 8058)."""
    by_mail = f"<mailto:{mailbox}?subject=unsubscribe>"
    if way_out is None:
        return {"List-Unsubscribe": by_mail}
    both = {"List-Unsubscribe": f"<{way_out}>, {by_mail}"}
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return both | one_click if way_out.startswith("https://") else both


def _mailbox(mail_from: str) -> str:
    return mail_from.rpartition("<")[2].strip(" >")


def _written(
    heading: str,
    paragraphs: list[str],
    button: tuple[str, str] | None,
    floor: list[str],
    language: str = "",
) -> tuple[str, str]:
    """The same as plain text and as HTML, which mail programs show without a style sheet."""
    language = language or current().tag
    plain = [*paragraphs, *([": ".join(button)] if button else []), "-- \n" + "\n".join(floor)]
    parts = [f"<h1>{escape(heading)}</h1>", *(f"<p>{escape(one)}</p>" for one in paragraphs)]
    if button:
        words, address = button
        parts.append(f'<p><a href="{escape(address)}">{escape(words)}</a></p>')
    parts.append("<hr>" + "".join(f"<p><small>{escape(one)}</small></p>" for one in floor))
    head = f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"></head>'
    return "\n\n".join(plain) + "\n", f"{head}<body>{''.join(parts)}</body></html>"
