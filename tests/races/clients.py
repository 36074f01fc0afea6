"""Many clients that send at the same moment, each over its own connection."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Request:
    """What one client sends to the worker at `port`; `address` is its claimed address."""

    port: int
    method: str
    path: str
    address: str
    body: dict[str, Any] | None = None
    cookie: str = ""
    key: str = ""
    """The owner's; empty for a friend."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered; status 0 if the connection broke."""

    request: Request
    status: int
    seconds: float
    document: dict[str, Any] = field(default_factory=dict)


def invite(port: int, name: str, address: str, cookie: str = "") -> Request:
    """A friend who asks; without a cookie, from a new browser."""
    fields = {"email_or_username": name}
    return Request(port, "POST", "/api/invites", address, fields, cookie)


def cookie_of_the_form(port: int) -> str:
    """The cookie of a browser that has opened the form."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        client.request("GET", "/")
        answer = client.getresponse()
        answer.read()
        return (answer.getheader("Set-Cookie") or "").partition(";")[0]
    finally:
        client.close()


def send_together(requests: Sequence[Request]) -> list[Reply]:
    """Connect all, then send all; returns the replies in the requests' order."""
    barrier = threading.Barrier(len(requests))

    def send(request: Request) -> Reply:
        client = http.client.HTTPConnection("127.0.0.1", request.port, timeout=_PATIENCE_SECONDS)
        client.connect()
        barrier.wait()
        try:
            return _ask(client, request)
        finally:
            client.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def _ask(client: http.client.HTTPConnection, request: Request) -> Reply:
    started = time.perf_counter()
    body = None if request.body is None else json.dumps(request.body)
    headers = {"X-Forwarded-For": request.address, "Content-Type": "application/json"}
    if request.cookie:
        headers["Cookie"] = request.cookie
    if request.key:
        headers["x-functions-key"] = request.key
    try:
        client.request(request.method, request.path, body, headers)
        answer = client.getresponse()
        document = json.loads(answer.read() or b"{}")
    except OSError:
        return Reply(request, 0, time.perf_counter() - started)
    return Reply(request, answer.status, time.perf_counter() - started, document)
