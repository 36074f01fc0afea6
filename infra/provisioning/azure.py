"""The Azure CLI, asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any


class Stopped(Exception):
    """What stands in the way, in words for the owner."""


class AzFailed(Stopped):
    """`az` refused; `said` is what it wrote."""

    def __init__(self, command: str, said: str) -> None:
        super().__init__(f"{command} failed: {said}")
        self.said = said


def said(*arguments: str, environ: Mapping[str, str] | None = None) -> str:
    """What the Azure CLI writes, errors included where it succeeds with some.

    Raises AzFailed when it refuses, Stopped when it is not here.
    """
    program = shutil.which("az")
    if program is None:
        raise Stopped("The Azure CLI is missing: https://aka.ms/installazurecli")
    done = subprocess.run(  # noqa: S603
        [program, *arguments],
        env=os.environ | dict(environ or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        told = done.stderr.strip() or "no reason given"
        raise AzFailed(f"az {' '.join(arguments[:3])}", told)
    return done.stdout or done.stderr


def az(*arguments: str, environ: Mapping[str, str] | None = None) -> Any:
    """What it answers to a command, parsed; None where it answers nothing."""
    # Warnings go to standard error, so what is parsed is the answer alone.
    answer = said(*arguments, "--output", "json", "--only-show-errors", environ=environ)
    return json.loads(answer) if answer.strip() else None


def az_or_none(*arguments: str) -> Any:
    """The same; None as well where what is asked for is not there or may not be read."""
    try:
        return az(*arguments)
    except AzFailed:
        return None


def rest(method: str, path: str, version: str) -> Any:
    """Azure Resource Manager itself, where the CLI has no command."""
    url = f"https://management.azure.com{path}?api-version={version}"
    return az("rest", "--method", method, "--url", url)
