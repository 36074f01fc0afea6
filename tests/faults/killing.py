"""Orders workers from the forker and has them killed, at a point or during a call to plex.tv."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from tests.processes import PROJECT, environment

NEVER = -1
_PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Life:
    """What became of a worker: the points it reached, and whether it was killed."""

    points: tuple[str, ...]
    killed: bool


class Forker:
    """A process that forks workers, one at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._pid = 0
        self._born = Event()
        self._dead = Event()

    def worker(
        self,
        environ: Mapping[str, str],
        now: str,
        request: Mapping[str, Any] | None,
        die_at: int = NEVER,
        subject: str = "requests",
    ) -> Life:
        """Run one worker to its end; `subject` names a set of ports, see PORTS in forker.py."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._born.clear()
        self._dead.clear()
        order: dict[str, Any] = {"environ": dict(environ), "now": now, "request": request}
        order |= {"die_at": die_at, "subject": subject}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        self._pid = int(self._process.stdout.readline())
        self._born.set()
        output = json.loads(self._process.stdout.readline())
        self._dead.set()
        return Life(tuple(output["points"]), output["killed"])

    def kill(self) -> None:
        """Kill the current worker, and return when it is dead."""
        assert self._born.wait(_PATIENCE_SECONDS)
        os.kill(self._pid, signal.SIGKILL)
        assert self._dead.wait(_PATIENCE_SECONDS)


@contextmanager
def forker(log: Path) -> Iterator[Forker]:
    """The process, for the duration of the block; its workers log to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            cwd=PROJECT,
            env=environment({}),
        )
    try:
        yield Forker(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(_PATIENCE_SECONDS)
        process.stdout.close()


def lost() -> None:
    """plex.tv never begins to process what arrived."""
    raise ConnectionError


def after(first: Callable[[], None], then: Callable[[], None]) -> Callable[[], None]:
    """Call both, one after the other."""

    def both() -> None:
        first()
        then()

    return both
