"""Calls to the Azure CLI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any


class Stopped(Exception):
    """What is in the way, in words for the owner."""


class AzFailed(Stopped):
    """`az` refused; `said` is what it wrote."""

    def __init__(self, command: str, said: str) -> None:
        super().__init__(f"{command} failed: {said}")
        self.said = said


def said(*arguments: str, environ: Mapping[str, str] | None = None) -> str:
    """The Azure CLI's output, including errors if it succeeds despite some.

    Raises AzFailed if it fails, Stopped if it is not installed.
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
    """Its answer to a command, parsed; None if it answers nothing."""
    # Warnings go to standard error, so only the answer is parsed.
    answer = said(*arguments, "--output", "json", "--only-show-errors", environ=environ)
    return json.loads(answer) if answer.strip() else None


def az_or_none(*arguments: str) -> Any:
    """The same; also None if the object does not exist or may not be read."""
    try:
        return az(*arguments)
    except AzFailed:
        return None


def rest(method: str, path: str, version: str) -> Any:
    """Azure Resource Manager itself, for what the CLI has no command for."""
    url = f"https://management.azure.com{path}?api-version={version}"
    return az("rest", "--method", method, "--url", url)
