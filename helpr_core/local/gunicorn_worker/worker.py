"""gunicorn's threaded worker, without threads that wait for clients.

gunicorn gives each connection a thread as soon as it arrives, so a few slow clients can occupy
every thread; and it waits for each client to hang up. Here the main loop receives requests, without
a thread, until they are complete. A thread then reads from memory, does the work, and writes what
fits into the socket's buffer. This depends on the internals of one version of gunicorn, which
requirements-serve.txt pins.
"""

from __future__ import annotations

import array
import errno
import fcntl
import selectors
import socket
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.gthread import TConn, ThreadWorker

from helpr_core.local.gunicorn_worker.arrival import Arrival
from helpr_core.web.responses import SECURITY_HEADERS

REQUEST_SECONDS = 10.0
"""Seconds for a whole request to arrive, counted from its first byte."""
HANGING_UP_SECONDS = 2.0
"""Seconds for a client to read the rest of an answer and hang up."""
MOST_HELD_BYTES = 32 * 1024 * 1024
"""Bytes of all incomplete requests together; beyond that, the largest one is dropped."""
MOST_UNSENT_BYTES = 64 * 1024
"""A client that leaves more bytes than this of an answer unread gets no other answer."""
MOST_DRAINED_BYTES = 1024 * 1024
"""Bytes read and discarded of what a client still sends after its answer."""

_GOES_ON = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EMFILE, errno.ENFILE)
_PART_BYTES = 64 * 1024
_TICK_SECONDS = 0.5
_STATUSES: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
}
_OF_THE_ANSWER = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """See above. `_arriving` and `_hanging_up` hold connections with their deadlines."""

    def init_process(self) -> None:
        """Serve, until told to stop."""
        self._arriving: dict[TConn, tuple[Arrival, float]] = {}
        self._hanging_up: dict[TConn, tuple[int, float]] = {}
        self._cut: set[TConn] = set()
        self._held_bytes = 0
        self._next_look = 0.0
        super().init_process()

    # -- connections that arrive, and wait outside the threads

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection; if there are too many, the one that has waited longest is closed."""
        try:
            client, address = listener.accept()
        except OSError as exc:
            if exc.errno not in _GOES_ON:
                raise
            if exc.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            return
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        self._await_request(TConn(self.cfg, client, address, listener.getsockname()), b"")

    def _make_room(self) -> None:
        oldest = next(iter(self._hanging_up), None) or next(iter(self._arriving), None)
        if oldest is not None:
            self._drop(oldest)

    def _await_request(
        self, connection: TConn, begun: bytes, seconds: float = REQUEST_SECONDS
    ) -> None:
        self._arriving[connection] = (Arrival(), time.monotonic() + seconds)
        self._listen(connection, self._on_request)
        if begun:
            self._take(connection, begun)

    def _on_request(self, connection: TConn, _socket: object) -> None:
        part = _received(connection.sock)
        if part == b"":
            self._drop(connection)
        elif part is not None:
            self._take(connection, part)

    def _take(self, connection: TConn, part: bytes) -> None:
        arrival, due = self._arriving[connection]
        if not arrival.data:
            due = time.monotonic() + REQUEST_SECONDS
            self._arriving[connection] = (arrival, due)
        self._held_bytes += len(part)
        arrival.add(part)
        if arrival.is_whole or arrival.is_cut:
            self._hand_over(connection, arrival)
        elif arrival.head_is_too_long:
            self._refuse(connection, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif arrival.waits_to_be_asked:
            arrival.waits_to_be_asked = False
            _send(connection.sock, b"HTTP/1.1 100 Continue\r\n\r\n")
        elif self._held_bytes > MOST_HELD_BYTES:
            self._drop(max(self._arriving, key=lambda one: len(self._arriving[one][0].data)))

    def _hand_over(self, connection: TConn, arrival: Arrival) -> None:
        """Give a thread the connection, with all the data that it will read from it."""
        if _unsent_bytes(connection.sock) > MOST_UNSENT_BYTES:
            self._drop(connection)
            return
        self._forget(connection)
        if arrival.is_cut:
            self._cut.add(connection)
            with suppress(OSError):  # it is gone already
                connection.sock.shutdown(socket.SHUT_RD)  # further reads end instead of waiting
        connection.init()
        connection.parser.unreader.unread(bytes(arrival.data))
        connection.data_ready = True
        self.enqueue_req(connection)

    # -- connections that a thread is done with

    def finish_request(self, connection: TConn, future: Any) -> None:
        """Wait for the next request, or for the client to hang up; on the main loop."""
        is_kept = future.exception() is None and future.result() is True
        self._cut.discard(connection)
        with suppress(OSError):
            connection.sock.setblocking(False)
        if is_kept and self.alive:
            begun = connection.parser.unreader.take_buffered()
            self._await_request(connection, begun, self.cfg.keepalive)
        else:
            self._hang_up(connection)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        # A body that was cut off has no end to look for.
        return conn not in self._cut and bool(super()._keepalive_after(conn, keepalive))

    def _hang_up(self, connection: TConn) -> None:
        """Signal the end, and close once the client has closed: otherwise it may miss the end."""
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(connection)
            return
        self._hanging_up[connection] = (0, time.monotonic() + HANGING_UP_SECONDS)
        self._listen(connection, self._on_hanging_up)

    def _on_hanging_up(self, connection: TConn, _socket: object) -> None:
        part = _received(connection.sock)
        if part is None:
            return
        drained, due = self._hanging_up[connection]
        self._hanging_up[connection] = (drained + len(part), due)
        if not part or drained > MOST_DRAINED_BYTES:
            self._drop(connection)

    def murder_pending(self) -> None:
        """Close connections that take too long; the loop calls this after each round."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _TICK_SECONDS
        for connection, (arrival, due) in list(self._arriving.items()):
            if now > due and arrival.data:
                self._refuse(connection, HTTPStatus.REQUEST_TIMEOUT)
            elif now > due or not (self.alive or arrival.data):
                self._drop(connection)
        for connection, (_, due) in list(self._hanging_up.items()):
            if now > due:
                self._drop(connection)

    def _listen(self, connection: TConn, on_bytes: Callable[[TConn, object], None]) -> None:
        self.poller.register(connection.sock, selectors.EVENT_READ, partial(on_bytes, connection))

    def _forget(self, connection: TConn) -> None:
        arrival, _ = self._arriving.pop(connection, (None, 0.0))
        self._held_bytes -= len(arrival.data) if arrival else 0
        self._hanging_up.pop(connection, None)
        with suppress(KeyError, ValueError, OSError):  # it was not registered
            self.poller.unregister(connection.sock)

    def _drop(self, connection: TConn) -> None:
        self._forget(connection)
        self.nr_conns -= 1
        connection.close()

    # -- answers given here, without the application

    def _refuse(self, connection: TConn, status: HTTPStatus) -> None:
        self.log.warning("refused unread status=%d", status)
        _send(connection.sock, self._refusal(status))
        self._forget(connection)
        self._hang_up(connection)

    def handle_error(
        self, req: object, client: socket.socket, addr: object, exc: Exception
    ) -> None:
        """Answer what gunicorn could not read; the log quotes nothing and names nobody."""
        kind = type(exc).__name__
        if isinstance(exc, errors.ParseException) and not isinstance(exc, _OF_THE_ANSWER):
            status = _STATUSES.get(type(exc), HTTPStatus.BAD_REQUEST)
            self.log.warning("refused unread status=%d kind=%s", status, kind)
        else:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            self.log.error("an answer failed kind=%s at=%s", kind, _places(exc))
        _send(client, self._refusal(status))

    def _refusal(self, status: HTTPStatus) -> bytes:
        body = f"{status} {status.phrase}\n".encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
            *SECURITY_HEADERS.items(),
        ]
        lines = [
            f"HTTP/1.1 {status} {status.phrase}",
            *(f"{name}: {text}" for name, text in headers),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _received(connection: socket.socket) -> bytes | None:
    """The next bytes; empty if the client is gone, None if there are none yet."""
    try:
        return connection.recv(_PART_BYTES)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        return b""


def _send(connection: socket.socket, answer: bytes) -> None:
    """Send a few bytes without waiting: a client that does not accept them does not get them."""
    with suppress(OSError):
        connection.send(answer, socket.MSG_DONTWAIT)


def _unsent_bytes(connection: socket.socket) -> int:
    """How many written bytes the client has not received yet."""
    count = array.array("i", [0])
    with suppress(OSError):
        fcntl.ioctl(connection, termios.TIOCOUTQ, count)
    return count[0]


def _places(error: BaseException) -> str:
    step, places = error.__traceback__, []
    while step is not None:
        places.append(f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}")
        step = step.tb_next
    return " > ".join(places[-8:])
