"""The processes of a measurement: a Plex to call, and children that do the measured work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.contention import contention
from bench.table import TimeLimit
from demo_plex import DEMO_TOKEN
from helpr_core.configuration.settings import SETTING_NAMES

PROJECT = Path(__file__).resolve().parents[1]
SERVER_NAME = "Demo Plex"
LIBRARIES = ("Movies", "TV Shows")
LATENCY_SECONDS = 0.15
SMOKE_TOLERANCE = 2.0
"""The tolerance of a smoke run's time limits on a quiet machine: it has few repetitions."""
_CHILD_SECONDS = 300
_STOP_SECONDS = 20
# As many limits as by default, so as much work, but none is ever reached.
_UNREACHED = "100000/minute;1000000/hour"


@dataclass(frozen=True, slots=True)
class Bench:
    """What every topic gets: how thorough to be, and a folder of its own."""

    smoke: bool
    folder: Path

    def times(self, full: int, smoke: int) -> int:
        """How many repetitions."""
        return smoke if self.smoke else full

    def limit(self, number: float) -> TimeLimit:
        """A limit on the latest measurement; a smoke run tolerates a busy machine."""
        return TimeLimit(number, SMOKE_TOLERANCE * contention() if self.smoke else 1.0)


@contextmanager
def demo_plex(latency_seconds: float = 0.0, lan_port: int | None = None) -> Iterator[str]:
    """The URL of a Plex in a separate process; `lan_port` is one that never answers."""
    command = [sys.executable, "-m", "bench.plex_process", str(latency_seconds)]
    command += [str(lan_port)] if lan_port else []
    process = subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()  # it ends at the end of its input
        process.wait(_STOP_SECONDS)
        process.stdout.close()


def helpr_environment(plex_url: str, folder: Path, **more: str) -> dict[str, str]:
    """A worker's environment. Local settings do not count: an empty one is the same as none."""
    ours = {
        "PLEX_API_URL": plex_url,
        "PLEX_TOKEN": DEMO_TOKEN,
        "PLEX_SERVER_NAME": SERVER_NAME,
        "PLEX_LIBRARIES": ", ".join(LIBRARIES),
        "SECRET_KEY": "not-a-real-secret-key-of-the-bench-0123",
        "DATABASE_PATH": str(folder / "helpr.db"),
        "HELPR_RATE_INVITES": _UNREACHED,
        "HELPR_RATE_DEFAULT": _UNREACHED,
        "HELPR_RATE_STATUS": _UNREACHED,
    }
    return {**os.environ, **dict.fromkeys(SETTING_NAMES, ""), **ours, **more}


def naive_environment(**more: str) -> dict[str, str]:
    """The environment of a program that uses unmodified PlexAPI."""
    return {**os.environ, "PLEXAPI_CONFIG_PATH": os.devnull, "NO_PROXY": "127.0.0.1", **more}


def run_child(environment: Mapping[str, str], module: str, *arguments: str) -> dict[str, Any]:
    """Run `python -m module` to its end; returns what it printed as JSON.

    Raises RuntimeError with the child's output if it fails.
    """
    child = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=_CHILD_SECONDS,
    )
    if child.returncode != 0:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{child.stderr}")
    told: dict[str, Any] = json.loads(child.stdout)
    return told
