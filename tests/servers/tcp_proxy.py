"""A proxy between a client and a server on 127.0.0.1 that misbehaves on request."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Self

from tests.servers.server_process import free_port

_CHUNK = 65_536
_LONGEST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What happens to each HTTP request of a connection.

    `refuse`: nothing listens. `hang`: it is read and never answered. `cut`: the connection
    closes. `answer`: these bytes instead of the server's, for the first `times` requests (0:
    for all) whose method is among `methods` (none: any). `delay_seconds` come before all.
    """

    refuse: bool = False
    hang: bool = False
    cut: bool = False
    answer: bytes = b""
    methods: tuple[str, ...] = ()
    times: int = 0
    delay_seconds: float = 0.0


PASS = Behaviour()


class TcpProxy:
    """Listens from `start` on; its behaviour can be changed at any time."""

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self._target_port = target_port
        self._behaviour = PASS
        self._met = 0
        self._lock = threading.Lock()
        self._listening: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._changed = threading.Event()

    def start(self) -> Self:
        """Listen."""
        listening = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the port and every connection."""
        listening, self._listening = self._listening, None
        if listening is not None:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        self._cut_all()

    def behave(self, behaviour: Behaviour) -> None:
        """Behave like this from now on; open connections are cut, as by a server that restarts."""
        with self._lock:
            self._behaviour, self._met = behaviour, 0
        self._changed.set()
        self._changed = threading.Event()
        if behaviour.refuse:
            self.stop()
            return
        self._cut_all()
        if self._listening is None:
            self.start()

    @contextmanager
    def behaving(self, behaviour: Behaviour) -> Iterator[None]:
        """Behave like this while the block runs."""
        self.behave(behaviour)
        try:
            yield
        finally:
            self.behave(PASS)

    def _cut_all(self) -> None:
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            with connection, suppress(OSError):
                self._exchange(connection)
        finally:
            with self._lock:
                self._open.discard(connection)

    def _exchange(self, connection: socket.socket) -> None:
        """One request and its answer; the server is asked to close the connection."""
        request = _read_request(connection)
        if not request:
            return
        behaviour, changed = self._behaviour, self._changed
        if behaviour.delay_seconds:
            changed.wait(min(behaviour.delay_seconds, _LONGEST_SECONDS))
        if behaviour.hang:
            changed.wait(_LONGEST_SECONDS)
        elif behaviour.answer and self._is_meant(behaviour, request):
            connection.sendall(behaviour.answer)
        elif not behaviour.cut:
            self._forward(connection, request)

    def _is_meant(self, behaviour: Behaviour, request: bytes) -> bool:
        method = request.split(b" ", 1)[0].decode("ascii", "replace")
        if behaviour.methods and method not in behaviour.methods:
            return False
        with self._lock:
            self._met += 1
            return not behaviour.times or self._met <= behaviour.times

    def _forward(self, connection: socket.socket, request: bytes) -> None:
        with ExitStack() as stack:
            server = stack.enter_context(
                socket.create_connection(("127.0.0.1", self._target_port), _LONGEST_SECONDS)
            )
            server.sendall(_closing(request))
            while part := server.recv(_CHUNK):
                connection.sendall(part)


def _read_request(connection: socket.socket) -> bytes:
    """One HTTP request whose body has a length, in full; b"" when the client hangs up."""
    connection.settimeout(_LONGEST_SECONDS)
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(_CHUNK)
        if not part:
            return b""
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = _content_length(head)
    give_up_at = time.monotonic() + _LONGEST_SECONDS
    while len(body) < length and time.monotonic() < give_up_at:
        body += connection.recv(_CHUNK)
    return head + b"\r\n\r\n" + body


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, text = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(text)
    return 0


def _closing(request: bytes) -> bytes:
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", body])
