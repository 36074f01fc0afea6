"""Helpr's own processes, started with settings of the tests' choice and nobody else's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from helpr_core.configuration.settings import SETTING_NAMES
from helpr_core.container import Container
from tests.servers.server_process import free_port, running

PROJECT = Path(__file__).resolve().parents[1]
HELPR = (sys.executable, "-m", "helpr_core")


Settings = Mapping[str, str] | Mapping[str, str | None]


def environment(settings: Settings) -> dict[str, str]:
    """These settings; every other is empty, so that a developer's own files do not fill it.

    One that is None is left out instead.
    """
    given: dict[str, str | None] = dict.fromkeys(SETTING_NAMES, "")
    given |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **settings}
    return {name: text for name, text in given.items() if text is not None}


def command(
    *arguments: str, settings: Settings, cwd: Path, stdin: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run `python -m helpr_core` to its end, without a terminal."""
    done = subprocess.run(
        [*HELPR, *arguments],
        env=environment(settings),
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )
    told = (done.stdout.decode(), done.stderr.decode())
    return subprocess.CompletedProcess(done.args, done.returncode, *told)


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
    """Take the daily cap away, as the owner of such an installation does."""
    parts = Container(settings)
    stored = parts.site_settings()
    saved = stored.saved()
    code_required = saved.settings.code_required and stored.code_available
    wanted = replace(saved.settings, daily_cap=0, code_required=code_required)
    stored.save(wanted, saved.version, "owner")
    parts.database().dispose()
