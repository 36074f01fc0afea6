"""Runs one server for as long as somebody holds this process's standard input open.

Started by `server_process.py` in its own process: however the tests end, killed with
SIGKILL too, the pipe closes and the server is ended. Imports nothing of the project.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import threading
from typing import Any

PATIENCE_SECONDS = 5


def keep(command: list[str], stop_signal: int, user: str) -> int:
    """Run `command` until standard input or the command ends, and return its exit code."""
    server: subprocess.Popen[bytes]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, **identity(user))

    def end_when_abandoned() -> None:
        os.read(0, 1)  # returns when the pipe is closed: nobody ever writes
        server.send_signal(stop_signal)
        try:
            server.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()

    threading.Thread(target=end_when_abandoned, daemon=True).start()
    return server.wait()


def identity(user: str) -> dict[str, Any]:
    """Popen's arguments for running as that user; none for "", the current user."""
    if not user:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


if __name__ == "__main__":
    # The terminal's Ctrl-C goes to the whole group: the server is ended through the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(keep(sys.argv[3:], int(sys.argv[1]), sys.argv[2]))
