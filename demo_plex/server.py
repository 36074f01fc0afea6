"""The HTTP server: HTTP/1.1 with keep-alive, one thread per connection, one send per answer."""

from __future__ import annotations

import contextlib
import selectors
import socket
import sys
import threading
import time
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from demo_plex.answers import shortened, usual_failure
from demo_plex.auth_page import AUTH_PATH
from demo_plex.control import CONTROL_PREFIX, Stage
from demo_plex.faults import IN_PIECES, LONGEST_DELAY_SECONDS, FaultRule
from demo_plex.messages import XML, Answer, Request

HOST = "127.0.0.1"
STOP_SECONDS = 5.0
LARGEST_BODY = 1_000_000


class DemoServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and can be stopped without leaving a connection behind."""

    daemon_threads = True
    # The usual 5 would make the sixth of many simultaneous connections wait a second.
    request_queue_size = 128
    allow_reuse_port = False

    def __init__(self, port: int, stage: Stage) -> None:
        self.stage = stage
        self.stopping = threading.Event()
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__((HOST, port), _Handler)
        self._woken, self._wake = socket.socketpair()

    def serve(self) -> None:
        """Answer until `close`, which ends it at once; serve_forever only polls for its end."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.socket, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self.stopping.is_set():
                if any(key.fileobj is self.socket for key, _ in selector.select()):
                    self.handle_request()
        self._ended.set()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that disconnects is not an error.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop listening and close every connection, kept alive or hanging."""
        self.stopping.set()
        self._wake.close()
        self._ended.wait()
        self._woken.close()
        self.server_close()
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, STOP_SECONDS)


class _Handler(BaseHTTPRequestHandler):
    server: DemoServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer_call(self) -> None:
        """Answer one call: the demo's own paths at once, plex.tv's with faults and latency."""
        request = self._read()
        if request is None:
            return
        stage = self.server.stage
        if request.path.startswith(CONTROL_PREFIX):
            self._send(stage.control(request))
            return
        if request.path.startswith(AUTH_PATH):
            self._send(stage.plex.page(request))
            return
        rule = stage.faults.take(request.method, request.path)
        stage.record(request)
        self._wait(stage.latency_seconds + (rule.wait_seconds if rule else 0.0))
        if rule is None or rule.kind == "delay":
            self._send(stage.plex.answer(request))
        elif rule.kind == "partial":
            self._send(shortened(stage.plex.answer(request), rule.rows))
        else:
            self._fail(rule, request)

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer_call

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: a path may contain an address."""

    def _read(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        chunked = "Transfer-Encoding" in self.headers
        if chunked or not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._send(Answer(411 if chunked else 413))
            return None
        url = urlsplit(self.path)
        return Request(
            self.command,
            url.path,
            dict(parse_qsl(url.query, keep_blank_values=True)),
            {name.lower(): text for name, text in self.headers.items()},
            self.rfile.read(int(length)),
        )

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self.server.stopping.wait(seconds)

    def _fail(self, rule: FaultRule, request: Request) -> None:
        if rule.kind in ("drop", "hang", "raw", "drop_after"):
            self.close_connection = True
        if rule.kind == "drop_after":
            self.server.stage.plex.answer(request)
        elif rule.kind == "raw":
            self.connection.sendall(rule.body or b"")
        elif rule.kind in IN_PIECES:
            self.close_connection = True
            self._send_in_pieces(self._pieces(rule, request), rule.pace_seconds)
        elif rule.kind not in ("drop", "hang"):
            self._send(faulty_answer(rule, request.path))

    def _send(self, answer: Answer) -> None:
        # One send for head and body: two would wait for each other's acknowledgement.
        self.connection.sendall(self._head(answer) + answer.body)

    def _pieces(self, rule: FaultRule, request: Request) -> Iterable[bytes]:
        if rule.kind == "continue":
            return repeat(b"HTTP/1.1 100 Continue\r\n\r\n")
        if rule.kind == "more_headers":
            self.connection.sendall(b"HTTP/1.1 200 OK\r\n")
            return repeat(b"X-More: of them\r\n")
        answer = self.server.stage.plex.answer(request)
        head, whole = self._head(answer), answer.body
        if rule.kind == "slow_head":
            whole = head + whole
        else:
            self.connection.sendall(head)
        return (whole[at : at + 1] for at in range(len(whole)))

    def _send_in_pieces(self, pieces: Iterable[bytes], pace_seconds: float) -> None:
        until = time.monotonic() + LONGEST_DELAY_SECONDS
        for piece in pieces:
            if time.monotonic() > until or self.server.stopping.wait(pace_seconds):
                return
            self.connection.sendall(piece)

    def _head(self, answer: Answer) -> bytes:
        headers = {"Content-Type": answer.content_type} if answer.body else {}
        if answer.status != HTTPStatus.NO_CONTENT:
            headers["Content-Length"] = str(len(answer.body))
        if self.close_connection:
            headers["Connection"] = "close"
        headers |= answer.headers
        lines = [f"HTTP/1.1 {answer.status} {_reason(answer.status)}"]
        lines += [f"{name}: {text}" for name, text in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def faulty_answer(rule: FaultRule, path: str) -> Answer:
    """The answer of a rule that answers at all."""
    status, kind = rule.answer_status, rule.kind
    headers = dict(rule.headers)
    if kind == "redirect":
        headers.setdefault("Location", "/redirected")
    if kind == "big":
        return Answer(status, _padded(rule.size_bytes), rule.content_type or XML, headers)
    if rule.body is not None:
        return Answer(status, rule.body, rule.content_type or XML, headers)
    if kind == "malformed":
        broken = b'<MediaContainer size="1"><SharedServer id="10'
        return Answer(status, broken, rule.content_type or XML, headers)
    usual = usual_failure(status, path)
    return Answer(status, usual.body, rule.content_type or usual.content_type, headers)


def _padded(size_bytes: int) -> bytes:
    start, end = b"<MediaContainer>", b"</MediaContainer>"
    return start + b" " * (size_bytes - len(start) - len(end)) + end


def _reason(status: int) -> str:
    # Proxies use statuses that have no name, such as 520 to 527.
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
