"""Starts a server, waits until it answers, and ends it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

READY_SECONDS = 60
_KEEPER = Path(__file__).with_name("keeper.py")


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children_of(pid: int) -> list[int]:
    """The running child processes of this one."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    port: int,
    log: Path,
    user: str = "",
    stop_signal: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """The server while the block runs, accepting connections from its first line on.

    It runs as `user`, or as the current user. Its output goes to `log`. Raises RuntimeError with
    the output if it does not start.
    """
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-I", _KEEPER, str(int(stop_signal)), user, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            env={**os.environ, **(environment or {})},
        )
    assert keeper.stdin is not None
    try:
        wait_until_it_answers(lambda: keeper.poll() is None, port, log)
        yield
    finally:
        keeper.stdin.close()
        keeper.wait(READY_SECONDS)


def wait_until_it_answers(is_alive: Callable[[], bool], port: int, log: Path) -> None:
    """Raises RuntimeError with what is in the log when the server does not start."""
    give_up_at = time.monotonic() + READY_SECONDS
    while time.monotonic() < give_up_at and is_alive():
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"a test server did not start:\n{log.read_text(errors='replace')}")
