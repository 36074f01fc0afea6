"""A worker of Helpr in this process, called through its WSGI application.

Only the standard library is imported before the application, because its cost counts.
"""

from __future__ import annotations

import io
import json
import os
import time
from importlib import import_module
from typing import Any

from bench.demo_control import empty_seats

_SEATS = 90  # Plex has 100


class Worker:
    """Loads the application when created; from then on it is a warm worker's process."""

    def __init__(self) -> None:
        self._application: Any = import_module("helpr_core.wsgi").application
        self._status = ""

    def invite(self, name: str, code: str = "") -> float:
        """Send an invite; returns how many seconds the answer took. RuntimeError if none is
        sent."""
        fields = {"email_or_username": name} | ({"invite_code": code} if code else {})
        body = json.dumps(fields).encode()
        environ = _environ("POST", "/api/invites", body)
        environ["CONTENT_TYPE"] = "application/json"
        return self._seconds(environ, "201")

    def view_form(self) -> float:
        """Get the form like a browser; returns how many seconds it took."""
        environ = _environ("GET", "/", b"")
        environ |= {"HTTP_ACCEPT": "text/html", "HTTP_ACCEPT_ENCODING": "gzip"}
        return self._seconds(environ, "200")

    def load_dashboard(self, key: str) -> float:
        """Get what the dashboard's pages show; returns how many seconds it took."""
        seconds = 0.0
        for path in ("overview", "stats", "invites", "libraries"):
            seconds += self.look(path, key)
        return seconds

    def look(self, path: str, key: str) -> float:
        """Get one of the owner's documents; returns how many seconds it took."""
        environ = _environ("GET", f"/api/manage/{path}", b"")
        return self._seconds(environ | {"HTTP_X_FUNCTIONS_KEY": key}, "200")

    def read_people(self, key: str) -> float:
        """Have plex.tv's lists read; returns how many seconds it took."""
        environ = _environ("POST", "/api/manage/people/refresh", b"")
        return self._seconds(environ | {"HTTP_X_FUNCTIONS_KEY": key}, "200")

    def _seconds(self, environ: dict[str, Any], wanted: str) -> float:
        started = time.perf_counter()
        answer = b"".join(self._application(environ, self._start_response))
        seconds = time.perf_counter() - started
        if not self._status.startswith(wanted):
            raise RuntimeError(f"{environ['PATH_INFO']} answers {self._status}: {answer[:500]!r}")
        return seconds

    def _start_response(self, status: str, _headers: list[tuple[str, str]]) -> None:
        self._status = status


def friends(number: int, plex_url: str | None = None) -> Any:
    """That many distinct names; from time to time, in between, the demo's seats are emptied."""
    for count in range(number):
        if count % _SEATS == 0:
            empty_seats(plex_url or os.environ["PLEX_API_URL"])
        yield f"friend-{os.getpid()}-{count}"


def _environ(method: str, path: str, body: bytes) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "REMOTE_ADDR": "203.0.113.7",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "7071",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:7071",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
