"""Real receivers of notices: an HTTP server and a mail server that tests control."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from tests.servers.server_process import READY_SECONDS, free_port


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`status` is what it answers; `answers`, one each, come before that. 0 closes the connection
    without an answer, after the request has been read. `slow_seconds` passes before an answer."""

    url: str
    received: list[Received] = field(default_factory=list)
    status: int = 204
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    slow_seconds: float = 0.0
    when_received: Callable[[], None] | None = None

    def ids(self) -> list[str]:
        """The ids of the webhooks, in the order in which they arrived."""
        return [one.headers["webhook-id"] for one in self.received]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """An HTTP server on its own port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.received.append(Received(self.path, headers, self.rfile.read(length)))
            if found.when_received is not None:
                found.when_received()
            status = found.answers.pop(0) if found.answers else found.status
            time.sleep(found.slow_seconds)
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_PUT = do_POST

        def log_message(self, *_args: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Receiver(f"http://127.0.0.1:{server.server_port}")
    # It looks this often, in seconds, whether it is to end.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Mailbox:
    """A mail server. `refused` mailboxes are rejected permanently; `down` answers 451 to
    everything."""

    url: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refused: frozenset[str] = frozenset()
    down: bool = False

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Accept or reject the recipient."""
        if self.down:
            return "451 4.3.0 try again later"
        if address in self.refused:
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep the mail."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.raw.append(envelope.content)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A mail server on its own port."""
    box = Mailbox()
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # it logs what it reads
    port = free_port()  # the controller tries its own port, and cannot do so with 0
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=READY_SECONDS)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    try:
        yield box
    finally:
        controller.stop()
