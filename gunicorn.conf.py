"""Read by gunicorn where it is started. Nobody may hold one of its threads for long.

gunicorn itself waits without end once a request has begun, so that as many clients that say
nothing, or a letter now and then, as there are threads would be all it serves.
"""

import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

PATIENCE_SECONDS = 20
"""For a client's next byte, and for it to take ours."""
REQUEST_SECONDS = 60
"""For a whole request to arrive. A friend's is some hundred bytes, the largest a megabyte."""


class PatientWorker(ThreadWorker):
    """Ends reading from who takes longer than REQUEST_SECONDS; an answer may take its time."""

    def init_process(self) -> None:
        """Start the watch, then serve."""
        self._due: dict[Any, float] = {}
        threading.Thread(target=self._end_late_ones, daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """One request on that connection, in one of the threads."""
        self._due[conn] = time.monotonic() + REQUEST_SECONDS
        try:
            return super().handle(conn)
        finally:
            del self._due[conn]

    def _end_late_ones(self) -> None:
        while True:
            time.sleep(1)
            now = time.monotonic()
            for conn, due in list(self._due.items()):
                if now > due:
                    with suppress(OSError):  # it is closed already
                        conn.sock.shutdown(socket.SHUT_RD)


worker_class = PatientWorker


def when_ready(server: Any) -> None:
    """The sockets listen, and no worker is there yet: each connection inherits the time-outs."""
    seconds = struct.pack("@ll", PATIENCE_SECONDS, 0)
    for listener in server.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, seconds)


def post_worker_init(worker: Any) -> None:
    """The application is loaded, in this process and no other: each worker keeps the timers, and
    one of them works."""
    worker.wsgi.start_timers()
