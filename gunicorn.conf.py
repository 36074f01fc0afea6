"""Read by gunicorn where it is started. Nobody may hold one of its threads by being slow."""

import socket
import struct
from typing import Any

from helpr_core.configuration.local_files import WrongFileError, read_local_settings

worker_class = "helpr_core.local.gunicorn_worker.worker.PatientWorker"
worker_connections = 500
"""For each worker: slow clients cost a file and some kilobytes, and no thread."""

# Nobody steers it by gunicorn's own socket. All servers of one user would share its path, it is
# opened anew at each worker's start, and its thread holds up the end of the server.
control_socket_disable = True

# What a client may not set: gunicorn believes these of a proxy on this machine, which passes on
# what strangers send.
forwarder_headers = ""
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}

READING_SECONDS = 1
"""A thread gets what has arrived; where gunicorn looks for more, it does not look for long."""
WRITING_SECONDS = 20
ANSWER_BYTES = 512 * 1024
"""Room in the socket for every answer but a long export: a slow reader holds no thread."""


def on_starting(_server: Any) -> None:
    """A file of settings that cannot be read ends the start with its sentence, and not with what
    gunicorn prints for each worker that could not be loaded."""
    try:
        read_local_settings()
    except WrongFileError as exc:
        raise SystemExit(f"WRONG  {exc}") from None


def when_ready(server: Any) -> None:
    """The sockets listen, and no worker is there yet: each connection inherits these options."""
    for listener in server.LISTENERS:
        for option, seconds in (
            (socket.SO_RCVTIMEO, READING_SECONDS),
            (socket.SO_SNDTIMEO, WRITING_SECONDS),
        ):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", seconds, 0))
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER_BYTES)


def post_worker_init(worker: Any) -> None:
    """The application is loaded, in this process and no other: each worker keeps the timers, and
    one of them works."""
    worker.wsgi.start_timers()
