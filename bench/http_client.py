"""A kept HTTP/1.1 connection, frugal enough to leave the processor to the server."""

from __future__ import annotations

import gzip
import socket
from dataclasses import dataclass
from typing import Self

_TIMEOUT_SECONDS = 30
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, chunked or with a Content-Length."""

    status: int
    head: bytes
    body: bytes
    transferred_bytes: int

    def text(self) -> str:
        """The body, decompressed."""
        packed = b"content-encoding: gzip" in self.head
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Connection:
    """Sequential GETs; each answer is read in full before the next."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), _TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._socket.close()

    def get(self, path: str) -> Answer:
        """GET like a browser that accepts gzip."""
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html, */*;q=0.8\r\n"
            "Accept-Encoding: gzip\r\n\r\n".encode()
        )
        got = self._receive()
        while (found := _complete(got)) is None:
            got += self._receive()
        return found

    def _receive(self) -> bytes:
        part = self._socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part


def _complete(got: bytes) -> Answer | None:
    """The answer, once it is complete."""
    head, end, body = got.partition(b"\r\n\r\n")
    if not end:
        return None
    head = head.lower()
    status = int(head.split(b" ", 2)[1])
    if b"\r\ntransfer-encoding: chunked" in head:
        if not got.endswith(_LAST_CHUNK):
            return None
        return Answer(status, head, _joined(body), len(got))
    length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
    return Answer(status, head, body, len(got)) if len(body) >= length else None


def _joined(chunks: bytes) -> bytes:
    body = b""
    while True:
        size, _, rest = chunks.partition(b"\r\n")
        if not int(size, 16):
            return body
        body += rest[: int(size, 16)]
        chunks = rest[int(size, 16) + 2 :]
