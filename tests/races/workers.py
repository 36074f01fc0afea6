"""Real worker processes: gunicorn's, and children that wait for a signal and start together."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from tests.processes import PROJECT, Settings, environment
from tests.servers.server_process import children_of, free_port, running

_CHILD_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker process of gunicorn, on its own port."""

    port: int
    log: Path

    @property
    def pid(self) -> int:
        """The process that answers: the only child of the one that listens."""
        (child,) = children_of(int(self.log.with_suffix(".pid").read_text()))
        return child


@contextmanager
def gunicorn_workers(
    number: int, threads: int, settings: Settings, folder: Path
) -> Iterator[list[Worker]]:
    """That many independent workers, as instances on Azure; all are running."""
    with ExitStack() as stack:
        workers = []
        for index in range(number):
            port, log = free_port(), folder / f"worker-{index}.log"
            command = [sys.executable, "-m", "gunicorn", "--workers", "1"]
            command += ["--threads", str(threads), "--timeout", "120"]
            command += ["--worker-tmp-dir", "/dev/shm", "--bind", f"127.0.0.1:{port}"]
            command += ["--pid", str(log.with_suffix(".pid")), "helpr_core.wsgi:application"]
            stack.enter_context(
                running(command, port=port, log=log, environment=environment(settings))
            )
            workers.append(Worker(port, log))
        for worker in workers:  # they start in parallel
            with urlopen(f"http://127.0.0.1:{worker.port}/healthz", timeout=_CHILD_SECONDS):
                pass
        yield workers


class Children:
    """Processes of one module that wait for a word, and then do its work at the same moment."""

    def __init__(self, processes: Sequence[subprocess.Popen[str]]) -> None:
        self._processes = processes

    def do(self, word: str) -> None:
        """Start all of them."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(f"{word}\n")
            process.stdin.flush()

    def lines(self) -> list[str]:
        """One line from each, as soon as it is there."""
        return [process.stdout.readline() for process in self._processes if process.stdout]

    def last_words(self) -> list[str]:
        """Everything that each prints until it ends."""
        return [process.communicate(timeout=_CHILD_SECONDS)[0] for process in self._processes]


@contextmanager
def children(
    module: str, arguments: Sequence[str], number: int, settings: Mapping[str, str]
) -> Iterator[Children]:
    """That many of them, each past its imports: it has printed `ready`."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=PROJECT,
            env=environment(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(number)
    ]
    try:
        started = Children(processes)
        assert started.lines() == ["ready\n"] * number
        yield started
    finally:
        for process in processes:
            process.kill()
            process.communicate()
