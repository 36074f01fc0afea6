"""The two sides of the contract as processes, and the requests sent to both."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
ORIGIN = "127.0.0.1:7071"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DURATION = re.compile(r'("(?:duration_)?ms":)\d+')
_ADDRESS = re.compile(r"https?://127[\d.:]+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Case:
    """A request, and what the Functions host makes of it, written by hand.

    `function` is the one that answers, with `status` if that is given; None means that the host
    answers itself, with an empty body and `status`, or 404.
    """

    line: str
    function: str | None = None
    status: int | None = None
    route_params: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def method(self) -> str:
        """The request's method."""
        return self.line.partition(" ")[0]

    @property
    def target(self) -> str:
        """The request's target: what is sent, and the end of `req.url`."""
        return self.line.partition(" ")[2]

    def __str__(self) -> str:
        return self.line

    def as_sent(self) -> dict[str, Any]:
        """Return the request as it reaches a host."""
        body = self.body.decode("latin-1")
        headers = dict(self.headers)
        return {"method": self.method, "target": self.target, "headers": headers, "body": body}

    def as_given_to_the_worker(self) -> dict[str, Any]:
        """Return the invocation that a host makes of it."""
        length = {"content-length": str(len(self.body))} if self.body else {}
        return {
            "function": self.function,
            "method": self.method,
            "url": f"http://{ORIGIN}{self.target}",
            "headers": {"host": ORIGIN, **length, **self.headers},
            "route_params": dict(self.route_params),
            "params": dict(self.params),
            "body": self.body.decode("latin-1"),
        }


class Side:
    """A process that answers JSON lines; `functions` is what it announced at the start."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str], cwd: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=cwd,
            env={"PATH": os.environ["PATH"], "TZ": "UTC", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.functions = sorted(self._next(), key=lambda one: str(one["name"]).upper())

    def ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Send one message and return the answer."""
        if self._process.stdin is None:
            raise RuntimeError("the process has no standard input")
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = self._next()
        return answer

    def _next(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"the process ended with {self._process.wait(timeout=120)}")
        return json.loads(line)

    def stop(self) -> None:
        """End the process by ending its input."""
        self._process.communicate(timeout=120)


def worker_side(app_directory: Path, environment: Mapping[str, str]) -> Side:
    """Start Microsoft's worker library on an app's folder."""
    script = str(HERE / "worker_library.py")
    return Side([script, str(app_directory)], environment, cwd=app_directory)


def wsgi_side(environment: Mapping[str, str]) -> Side:
    """Start the WSGI application."""
    return Side(["-m", "tests.contract.wsgi_side"], environment, cwd=PROJECT)


def answers(case: Case, worker: Side, hosted: Side, configured: Mapping[str, str]) -> list[Any]:
    """Ask both sides, the worker first, and return their answers in comparable form.

    `configured` are host.json's headers, which the host adds and not the worker. Where the
    host answers itself, only the status is compared: our own server may have a body.
    """
    answer = hosted.ask(case.as_sent())
    if case.function is None:
        return [[case.status or 404], [answer["status"]]]
    expected = worker.ask(case.as_given_to_the_worker())
    return [comparable(expected, configured), comparable(answer, {})]


def comparable(answer: Mapping[str, Any], configured: Mapping[str, str]) -> list[Any]:
    """Sort the headers, drop those about framing, and blank out what differs from call to call."""
    headers = {
        (name, _attributes(value) if name == "set-cookie" else value)
        for name, value in answer["headers"]
        if name != "content-length"
    }
    given = {name for name, _ in headers}
    headers |= {(name, value) for name, value in configured.items() if name not in given}
    found = [(name, "<seconds>" if name == "retry-after" else value) for name, value in headers]
    if any(name == "content-security-policy" and _ADDRESS.search(value) for name, value in found):
        # The page names its side's demo Plex, which makes its ETag differ.
        found = [(name, "<etag>" if name == "etag" else value) for name, value in found]
    if ("content-type", "application/json") in found:
        found = [(name, _OF_IDS.sub("<etag>", value)) for name, value in found]
    masked = [(name, _without_ids_and_times(value)) for name, value in sorted(found)]
    return [answer["status"], masked, _without_ids_and_times(answer["body"])]


def _attributes(cookie: str) -> str:
    """The cookie with its attributes sorted: the host orders them differently from Werkzeug."""
    value, *attributes = cookie.split("; ")
    named = (one.lower() for one in attributes if one.lower() != "domain=")
    return "; ".join([value, *sorted(named)])


_OF_IDS = re.compile(r'^"[0-9a-f]{20}"$')
"""The ETag of an answer that tells whether anything has changed, made of the rows' own ids."""
_BROWSER = re.compile(r"(helpr_requests=)[\w.~-]+")
"""The cookie of a browser that was not here before: another one each time."""


def _without_ids_and_times(text: str) -> str:
    text = _BROWSER.sub(r"\1<browser>", text)
    text = _DURATION.sub(r"\1<ms>", _ADDRESS.sub("<address>", text))
    return _TIME.sub("<time>", _UUID.sub("<uuid>", text))
