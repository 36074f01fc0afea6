"""python -m helpr_core smoke URL: check that every function of a running Helpr is there.

Every HTTP function in this clone is called once, without a key and without doing anything: those
that need a key must answer 401, the others anything but the host's empty 404 or a server error.
Timers cannot be called; `--functions FILE` compares Azure's list instead:

    az functionapp function list -g helpr -n APP --query "[].name" -o tsv | \
        python -m helpr_core smoke https://APP.azurewebsites.net --functions -
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helpr_core.commands.failed import CommandFailed
from helpr_core.frozen import dataclass
from helpr_core.texts import Message, say, text
from helpr_core.web.endpoint import Endpoint
from helpr_core.web.endpoints import ENDPOINTS, TIMER

if TYPE_CHECKING:
    from argparse import _SubParsersAction

PARAMETER = re.compile(r"{\*?\w+}")
STATIC_FILE = "icon.svg"
PAUSE_SECONDS = 3.0
NAMES = {TIMER, *(one.name for one in ENDPOINTS)}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def smoke(options: argparse.Namespace) -> int:
    """Ask a running Helpr whether every function is there; exit code 1 when one is not."""
    listed = _listed(options.functions) if options.functions else None
    found = until_well(options.url.rstrip("/"), listed, options.patience)
    for problem in found:
        print(f"WRONG  {say(problem)}")
    if not found:
        well = text("command.smoke.well", asked=len(ENDPOINTS), all=len(NAMES))
        print(f"ok     {well}")
    return 1 if found else 0


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("smoke", help=text("command.smoke.help"))
    command.set_defaults(run=smoke)
    command.add_argument("url", help=text("command.option.url"))
    command.add_argument("--functions", metavar="FILE", help=text("command.option.functions"))
    command.add_argument("--patience", type=float, default=120, metavar="SECONDS")


def ask(url: str, method: str = "GET") -> Answer:
    """One request with an empty body; no redirect is an answer of its own."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise CommandFailed("smoke.no_url")
    body = b"" if method in ("POST", "PUT", "PATCH") else None
    # The scheme has just been checked.
    request = urllib.request.Request(url, data=body, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 # nosec B310
            return Answer(response.status, response.read())
    except urllib.error.HTTPError as exc:
        with exc:
            return Answer(exc.code, exc.read())


def problem_with(address: str, function: Endpoint) -> Message | None:
    """What is wrong with an HTTP function, in a sentence; None if it works."""
    filling = STATIC_FILE if function.name == "static_files" else "smoke"
    path, method = PARAMETER.sub(filling, function.path), function.methods[0]
    answer = ask(f"{address}/{path}", method)
    told = {"name": function.name, "request": f"{method} /{path}", "status": str(answer.status)}
    if answer.status == 404 and not answer.body:
        return Message("command.smoke.not_there", **told)
    if function.key and answer.status != 401:
        return Message("command.smoke.open", **told)
    # Only the form shows whether Helpr is set up: the dashboard may have no owner.
    waits_for_setup = _code(answer) == "setup_required" and function.name != "form"
    if answer.status >= 500 and not waits_for_setup:
        return Message("command.smoke.fails", **told, code=_code(answer))
    return None


def _code(answer: Answer) -> str:
    """The problem's code; empty if the answer is not a problem document."""
    try:
        return str(json.loads(answer.body)["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def problems(address: str, listed: set[str] | None) -> Iterator[Message]:
    """Everything that is wrong."""
    health = ask(f"{address}/healthz")
    if health.status != 200 or b'"ok"' not in health.body:
        yield Message("command.smoke.health", status=str(health.status))
        return
    for function in ENDPOINTS:
        problem = problem_with(address, function)
        if problem is not None:
            yield problem
    if listed is not None:
        for name in sorted(NAMES - listed):
            yield Message("command.smoke.not_listed", name=name)
        for name in sorted(listed - NAMES):
            yield Message("command.smoke.only_listed", name=name)


def until_well(address: str, listed: set[str] | None, patience_seconds: float) -> list[Message]:
    """The remaining problems, once there are none or the patience has run out.

    A fresh deployment takes a while to reach every instance, and sometimes has no functions at
    first.
    """
    give_up_at = time.monotonic() + patience_seconds
    while True:
        try:
            found = list(problems(address, listed))
        except OSError as exc:
            found = [Message("command.smoke.silent", address=address, error=str(exc))]
        if not found or time.monotonic() > give_up_at:
            return found
        time.sleep(PAUSE_SECONDS)


def _listed(path: str) -> set[str]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise CommandFailed("smoke.no_list", file=path) from exc
    return {line.strip().rpartition("/")[2] for line in text.splitlines() if line.strip()}
