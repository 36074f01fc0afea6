"""Mail over SMTP, with the standard library."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import field
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from helpr_core.domain.concerns import is_nearby
from helpr_core.errors import FieldError, InvalidInput
from helpr_core.frozen import dataclass
from helpr_core.services.notices.ports import NotDelivered, Outgoing
from helpr_core.texts import Message

_SECONDS = 20.0
_PORTS = {"smtp": 587, "smtps": 465}
_MAILBOX = re.compile(r"[^\s@<>,;:\"()\\]+@[^\s@<>,;:\"()\\]+\.[^\s@<>,;:\"()\\]+")
_FOR_GOOD = 500
"""Reply codes from here on are permanent failures (RFC 5321, 4.2.1)."""


class _Verbatim(UnstructuredHeader, BaseHeader):
    """A header of addresses in angle brackets: the library would encode those that are long for a
    line, and no mail program reads them then."""

    def fold(self, *, policy: Policy) -> str:
        """One address on a line."""
        values = str(self).replace(", ", f",{policy.linesep} ")
        return f"{self.name}: {values}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Verbatim)
_POLICY = SMTP.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class MailServer:
    """HELPR_SMTP_URL, taken apart."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)


def mail_server(url: str) -> MailServer:
    """The server that a checked HELPR_SMTP_URL names."""
    parts = urlsplit(url)
    return MailServer(
        parts.hostname or "",
        parts.port or _PORTS[parts.scheme.lower()],
        parts.scheme.lower() == "smtps",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


class MailSender:
    """Sender; an address is a mailbox. `sender` is HELPR_MAIL_FROM, with a name or without."""

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    def check(self, address: str) -> str:
        """See the port."""
        if not _MAILBOX.fullmatch(address):
            raise InvalidInput(FieldError("address", Message("channel.wrong_mailbox")))
        return "E-mail"

    def send(self, address: str, message: Outgoing) -> None:
        """Send one mail to one mailbox."""
        mail = self._mail(address, message)
        try:
            with self._connected() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as exc:
            code = next((code for code, _ in exc.recipients.values()), 0)
            raise NotDelivered("mailbox_refused", code, is_final=code >= _FOR_GOOD) from exc
        except smtplib.SMTPAuthenticationError as exc:
            raise NotDelivered("mail_sign_in", exc.smtp_code) from exc
        except smtplib.SMTPResponseException as exc:
            raise NotDelivered("mail_refused", exc.smtp_code) from exc
        except ssl.SSLError as exc:
            raise NotDelivered("mail_not_encrypted") from exc
        except TimeoutError as exc:
            raise NotDelivered("no_answer") from exc
        except (smtplib.SMTPException, OSError) as exc:
            raise NotDelivered("unreachable") from exc

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A signed-in connection, encrypted whenever a password leaves one's own network."""
        at, context = self._server, ssl.create_default_context()
        if at.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                at.host, at.port, timeout=_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(at.host, at.port, timeout=_SECONDS)
        try:
            server.ehlo()
            if not at.tls and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif not at.tls and at.user and not is_nearby(at.host):
                raise NotDelivered("mail_not_encrypted")
            if at.user:
                server.login(at.user, at.password)
            yield server
        finally:
            # An accepted mail stays accepted, however the connection ends.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _mail(self, address: str, message: Outgoing) -> EmailMessage:
        mail = EmailMessage(_POLICY)
        mail["From"] = self._sender
        mail["To"] = Address(addr_spec=address)
        mail["Subject"] = " ".join(message.title.split())
        mail["Date"] = format_datetime(message.at)
        # The same for every try: mail programs then show it once.
        domain = self._sender.rpartition("@")[2].strip(" >") or "helpr.invalid"
        mail["Message-ID"] = f"<{message.message_id.hex}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        for name, value in message.headers.items():
            mail[name] = value
        mail.set_content(message.body)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        return mail
