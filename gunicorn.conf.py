"""Read by gunicorn at start. No slow client may occupy one of its threads."""

import socket
import struct
from typing import Any

from helpr_core.configuration.local_files import WrongFileError, read_local_settings

worker_class = "helpr_core.local.gunicorn_worker.worker.PatientWorker"
worker_connections = 500
"""For each worker: slow clients cost a file descriptor and some kilobytes, but no thread."""

# Nobody uses gunicorn's control socket. All of a user's servers would share its path, it is
# reopened at each worker's start, and its thread delays the server's end.
control_socket_disable = True

# Headers that a client may not set: gunicorn trusts them from a proxy on this machine, which passes
# on what strangers send.
forwarder_headers = ""
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}

READING_SECONDS = 1
"""A thread gets what has arrived; if gunicorn looks for more, it does not wait long."""
WRITING_SECONDS = 20
ANSWER_BYTES = 512 * 1024
"""Room in the socket for every answer except a long export: a slow reader occupies no thread."""


def on_starting(_server: Any) -> None:
    """An unreadable settings file ends the start with its own sentence instead of gunicorn's output
    for each worker that could not be loaded."""
    try:
        read_local_settings()
    except WrongFileError as exc:
        raise SystemExit(f"WRONG  {exc}") from None


def when_ready(server: Any) -> None:
    """The sockets are listening, but there is no worker yet: each connection inherits these
    options."""
    for listener in server.LISTENERS:
        for option, seconds in (
            (socket.SO_RCVTIMEO, READING_SECONDS),
            (socket.SO_SNDTIMEO, WRITING_SECONDS),
        ):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", seconds, 0))
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER_BYTES)


def post_worker_init(worker: Any) -> None:
    """The application is loaded, only in this process: each worker has the timers, and one of them
    does the work."""
    worker.wsgi.start_timers()
