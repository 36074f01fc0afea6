"""Starts a server, waits until it answers, and ends it."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import cycle, islice
from pathlib import Path

READY_SECONDS = 300
_PORTS = range(20_000, 32_768)
_FIRST = secrets.randbelow(len(_PORTS))  # all runs of tests share them
_candidates: Iterator[int] = cycle((*_PORTS[_FIRST:], *_PORTS[:_FIRST]))
_KEEPER = Path(__file__).with_name("keeper.py")


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on, and that no other process of tests is given.

    It is below those that the system gives to whoever asks for any: nothing takes it before the
    server that it is meant for.
    """
    for port in islice(_candidates, len(_PORTS)):
        if _is_ours(port) and _is_free(port):
            return port
    raise RuntimeError("every port is taken")


def _is_ours(port: int) -> bool:
    """Whether no other process has it; from then on it is this process's, until that ends."""
    try:
        fcntl.lockf(_claims(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


@cache
def _claims() -> int:
    """A file of which a byte is locked for each port; closing it would give up all of them."""
    file = Path(tempfile.gettempdir()) / f"helpr-test-ports-{os.getuid()}"
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


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
            socket.create_connection(("127.0.0.1", port), timeout=READY_SECONDS).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"a test server did not start:\n{log.read_text(errors='replace')}")
