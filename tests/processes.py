"""Helpr's own processes, started with exactly the settings that a test gives."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from demo_plex import DemoPlex
from helpr_core.configuration.settings import SETTING_NAMES
from helpr_core.container import Container
from helpr_core.local import timers
from tests.servers.server_process import READY_SECONDS, free_port, running, wait_until_it_answers

PROJECT = Path(__file__).resolve().parents[1]
SECRET_KEY = "not-a-real-secret-key-0123456789abcdef"
HELPR = (sys.executable, "-m", "helpr_core")


NEVER_SECONDS = 10**11
"""The next time that is a multiple of this is thousands of years from now."""

Settings = Mapping[str, str] | Mapping[str, str | None]


def plex_settings(plex: DemoPlex) -> dict[str, str]:
    """Everything that is required: this Plex, a library of it, and a secret key."""
    return {
        "PLEX_TOKEN": plex.token,
        "PLEX_SERVER_NAME": plex.server_name,
        "PLEX_LIBRARIES": "Movies",
        "PLEX_API_URL": plex.url,
        "SECRET_KEY": SECRET_KEY,
    }


def environment(settings: Settings) -> dict[str, str]:
    """These settings; every other one is empty, so that a developer's own files do not fill it.

    A setting that is None is left out instead.
    """
    given: dict[str, str | None] = dict.fromkeys(SETTING_NAMES, "")
    given |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **settings}
    return {name: text for name, text in given.items() if text is not None}


_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.preloaded"])


def command(
    *arguments: str, settings: Settings, cwd: Path, stdin: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run `python -m helpr_core` to its end, without a terminal.

    It is forked from a process with the libraries in it: importing them again for each of a
    hundred commands would take most of their time.
    """
    with tempfile.TemporaryDirectory(prefix="helpr-command-") as name:
        streams = [Path(name, stream) for stream in "012"]
        streams[0].write_bytes(stdin)
        given = (arguments, environment(settings), cwd, streams)
        process = _forks.Process(target=_as_a_program, args=given)
        process.start()
        process.join(READY_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"{arguments} did not end")
        told = (stream.read_text("utf-8") for stream in streams[1:])
        return subprocess.CompletedProcess(arguments, process.exitcode, *told)


@contextmanager
def forked(*arguments: str, settings: Settings, log: Path) -> Iterator[str]:
    """`python -m helpr_core serve` with these arguments while the block runs: its address.

    Forked as `command` is, for tests that need a server and do not look at how it starts. Its
    folder is the log's. Its timer never fires, so that what waits changes only by the tests.
    """
    port = free_port()
    given = (
        ("serve", "--port", str(port), *arguments),
        environment(settings),
        log.parent,
        (Path(os.devnull), log, log),
    )
    process = _forks.Process(target=_until_abandoned, args=given)
    process.start()
    try:
        wait_until_it_answers(process.is_alive, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.join(30)
        process.kill()
        process.join()


def _until_abandoned(*given: Any) -> None:
    """The child: it ends with the tests, even if these are killed."""
    tests = multiprocessing.parent_process()
    assert tests is not None

    def end() -> None:
        tests.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end, daemon=True).start()
    timers.EVERY_SECONDS = NEVER_SECONDS
    _as_a_program(*given)


def _as_a_program(
    arguments: tuple[str, ...], environ: dict[str, str], cwd: Path, streams: Sequence[Path]
) -> None:
    """The child: streams, settings and folder as a shell would give them."""
    os.setsid()
    for number, (path, mode) in enumerate(zip(streams, ("rb", "ab", "ab"), strict=True)):
        with path.open(mode) as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(cwd)
    sys.argv[1:] = arguments
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the process's own
    runpy.run_module("helpr_core", run_name="__main__", alter_sys=True)


@contextmanager
def served(settings: Settings, log: Path) -> Iterator[str]:
    """`python -m helpr_core serve` while the block runs: its address. Writes to `log`."""
    port = free_port()
    with running(
        [*HELPR, "serve", "--port", str(port)],
        port=port,
        log=log,
        environment=environment(settings),
    ):
        yield f"http://127.0.0.1:{port}"


def take_everybody(settings: Mapping[str, str]) -> None:
    """Remove the daily cap, as the owner of such an installation would."""
    parts = Container(settings)
    stored = parts.site.settings()
    stored.save({"daily_cap": 0}, stored.saved().version, "owner")
    parts.stores.database().dispose()
