"""How much of a request has arrived: whether everything that will be read of it is there."""

from __future__ import annotations

import re

MOST_HEAD_BYTES = 64 * 1024
MOST_BODY_BYTES = 1024 * 1024
"""A longer request is answered without its body: Helpr itself accepts at most 256 KB."""

_END_OF_HEAD = b"\r\n\r\n"
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")


class Arrival:
    """The bytes of one request as they arrive, and of anything sent after it.

    `is_whole` when it is complete. `is_cut` when no more will be read: the body is too long, or
    nonsense that gunicorn will refuse.
    """

    def __init__(self) -> None:
        self.data = bytearray()
        self.is_whole = False
        self.is_cut = False
        self.waits_to_be_asked = False  # Expect: 100-continue
        self._body_at = 0  # 0 while the head has not ended
        self._length = 0
        self._chunk_at = 0  # 0 if the body is not chunked

    @property
    def head_is_too_long(self) -> bool:
        """Whether the request line and headers are longer than any legitimate ones."""
        return not self._body_at and len(self.data) > MOST_HEAD_BYTES

    def add(self, part: bytes) -> None:
        """Take the next bytes."""
        searched = max(0, len(self.data) - len(_END_OF_HEAD))
        self.data += part
        if not self._body_at:
            self._look_for_the_head(searched)
        if self._body_at and not self.is_cut:
            arrived = self._chunks_end() if self._chunk_at else self._bytes_end()
            self.is_whole = arrived and not self.is_cut

    def _look_for_the_head(self, start: int) -> None:
        while self.data.startswith(b"\r\n"):  # empty lines before a request are ignored
            del self.data[:2]
            start = 0
        end = self.data.find(_END_OF_HEAD, start)
        if end < 0:
            return
        self._body_at = end + len(_END_OF_HEAD)
        fields: dict[bytes, set[bytes]] = {}
        for line in bytes(self.data[:end]).lower().split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            fields.setdefault(name.strip(), set()).add(value.strip())
        self.waits_to_be_asked = b"100-continue" in fields.get(b"expect", ())
        codings = fields.get(b"transfer-encoding")
        if codings is not None:
            self._chunk_at = self._body_at
            self.is_cut = codings != {b"chunked"}
            return
        lengths = fields.get(b"content-length", {b"0"})
        length = lengths.pop()
        if lengths or not length.isdigit() or len(length) > 12 or int(length) > MOST_BODY_BYTES:
            self.is_cut = True
        else:
            self._length = int(length)

    def _bytes_end(self) -> bool:
        return len(self.data) - self._body_at >= self._length

    def _chunks_end(self) -> bool:
        if len(self.data) - self._body_at > MOST_BODY_BYTES:
            self.is_cut = True
        while not self.is_cut:
            end = self.data.find(b"\r\n", self._chunk_at)
            if end < 0:
                return False
            size = _SIZE.match(bytes(self.data[self._chunk_at : min(end, self._chunk_at + 9)]))
            if size is None:
                self.is_cut = True
            elif int(size[0], 16) == 0:
                return self.data.find(_END_OF_HEAD, end) >= 0
            else:
                following = end + 2 + int(size[0], 16) + 2
                if following > len(self.data):
                    return False
                self._chunk_at = following
        return False
