"""Asks a running Helpr whether all of it is there: `python -m tests.publishing.smoke URL`.

Every HTTP function of this clone is asked once, without a key and without doing anything:
those that want a key have to answer 401, the others anything but the host's empty 404 or a
server error. Timers cannot be asked; `--functions FILE` compares the list that Azure gives:

    az functionapp function list -g helpr -n APP --query "[].name" -o tsv | \
        python -m tests.publishing.smoke https://APP.azurewebsites.net --functions -

Needs azure-functions and nothing else that is not in the standard library.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PARAMETER = re.compile(r"{\*?\w+}")
STATIC_FILE = "form.js"
PAUSE_SECONDS = 3.0


@dataclass(frozen=True)
class Function:
    """A function of the clone; `route` is None where it is no HTTP function."""

    name: str
    route: str | None = None
    method: str = "GET"
    wants_key: bool = False


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def functions_of_the_clone() -> list[Function]:
    """What function_app.py registers."""
    app = importlib.import_module("function_app").app
    return [_described(one.get_function_name(), one.get_trigger()) for one in app.get_functions()]


def _described(name: str, trigger: Any) -> Function:
    told = trigger.get_dict_repr()
    if "route" not in told:
        return Function(name)
    methods = sorted(str(getattr(one, "value", one)) for one in told["methods"])
    method = "GET" if "GET" in methods else methods[0]
    level = str(getattr(told["authLevel"], "value", told["authLevel"]))
    return Function(name, told["route"], method, level.upper() == "FUNCTION")


def ask(url: str, method: str = "GET") -> Answer:
    """One request with an empty body; no redirect is an answer of its own."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("the address must begin with https:// or http://")
    body = b"" if method in ("POST", "PUT") else None
    request = urllib.request.Request(url, data=body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return Answer(response.status, response.read())
    except urllib.error.HTTPError as exc:
        with exc:
            return Answer(exc.code, exc.read())


def problem_with(address: str, function: Function) -> str | None:
    """What is wrong with an HTTP function, in a sentence; None when it is there and well."""
    filling = STATIC_FILE if function.name == "static_files" else "smoke"
    path = PARAMETER.sub(filling, function.route or "").lstrip("/")
    answer = ask(f"{address}/{path}", function.method)
    if answer.status == 404 and not answer.body:
        return f"{function.name}: not there ({function.method} /{path} is an empty 404)"
    if function.wants_key and answer.status != 401:
        return f"{function.name}: open without a key ({function.method} /{path}: {answer.status})"
    # The form alone tells whether Helpr is set up: the dashboard may well have no owner.
    waits_for_setup = _code(answer) == "setup_required" and function.name != "form"
    if answer.status >= 500 and not waits_for_setup:
        return f"{function.name}: {function.method} /{path} answers {answer.status} {_code(answer)}"
    return None


def _code(answer: Answer) -> str:
    """The problem's code; empty where the answer is no problem document."""
    try:
        return str(json.loads(answer.body)["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def problems(address: str, functions: list[Function], listed: set[str] | None) -> Iterator[str]:
    """Everything that is wrong."""
    health = ask(f"{address}/healthz")
    if health.status != 200 or b'"ok"' not in health.body:
        yield f"/healthz answers {health.status} instead of 200"
        return
    for function in functions:
        problem = problem_with(address, function) if function.route is not None else None
        if problem is not None:
            yield problem
    if listed is not None:
        names = {one.name for one in functions}
        yield from (f"{name}: Azure does not list it" for name in sorted(names - listed))
        yield from (f"{name}: Azure lists it, the clone lacks it" for name in listed - names)


def until_well(
    address: str, functions: list[Function], listed: set[str] | None, patience_seconds: float
) -> list[str]:
    """The problems that are left when all is well or patience is at its end.

    A fresh publication takes a while to be everywhere, and now and then has no functions at
    first.
    """
    give_up_at = time.monotonic() + patience_seconds
    while True:
        try:
            found = list(problems(address, functions, listed))
        except OSError as exc:
            found = [f"{address} does not answer: {exc}"]
        if not found or time.monotonic() > give_up_at:
            return found
        time.sleep(PAUSE_SECONDS)


def _listed(path: str) -> set[str]:
    text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
    return {line.strip().rpartition("/")[2] for line in text.splitlines() if line.strip()}


def main() -> int:
    """Print what is wrong, or that nothing is; 1 and 0."""
    parser = argparse.ArgumentParser(description=__doc__, usage="%(prog)s URL [options]")
    parser.add_argument("url", help="for example https://func-helpr-abc.azurewebsites.net")
    parser.add_argument("--functions", metavar="FILE", help="Azure's list, one a line; - is stdin")
    parser.add_argument("--patience", type=float, default=120, metavar="SECONDS")
    options = parser.parse_args()
    functions = functions_of_the_clone()
    listed = _listed(options.functions) if options.functions else None
    found = until_well(options.url.rstrip("/"), functions, listed, options.patience)
    sys.stdout.writelines(f"WRONG  {problem}\n" for problem in found)
    if not found:
        asked = sum(one.route is not None for one in functions)
        sys.stdout.write(f"ok     {asked} of {len(functions)} functions were asked and are there\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
