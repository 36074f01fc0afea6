"""A process of clients: `python -m load.friends PORT SECONDS CONNECTIONS NUMBER`.

Each connection is kept open, and in turn loads the form, requests an invite for a new name, and
reads that request's state. Prints the results as JSON (path, status, milliseconds). Standard
library only.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from typing import Any

Asked = tuple[str, int, float]
"""Path, status (0 where the connection broke), milliseconds."""

_TIMEOUT_SECONDS = 60
_SHAPES = {"GET /": "text/html", "POST /api/invites": "", "GET /api/invites/{id}": ""}


class Friend:
    """One connection. `number` makes its names and addresses unique."""

    def __init__(self, port: int, number: int) -> None:
        self.asked: list[Asked] = []
        self._number = number
        self._client = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)

    def visit(self, count: int) -> None:
        """Load the form, request an invite, read its state."""
        name = f"load-{self._number}-{count}"
        # A different client each time, as a proxy would report it; 10.0.0.0/8 is large enough.
        address = f"10.{self._number}.{count // 250 % 250}.{count % 250}"
        self._ask("GET /", "GET", "/", address)
        told = self._ask(
            "POST /api/invites", "POST", "/api/invites", address, {"email_or_username": name}
        )
        request_id = told.get("request_id", "00000000-0000-0000-0000-000000000000")
        self._ask("GET /api/invites/{id}", "GET", f"/api/invites/{request_id}", address)

    def _ask(
        self, shape: str, method: str, path: str, address: str, fields: dict[str, str] | None = None
    ) -> dict[str, Any]:
        headers = {"X-Forwarded-For": address, "Accept": _SHAPES[shape] or "application/json"}
        if fields:
            headers["Content-Type"] = "application/json"
        started = time.perf_counter()
        status, body = 0, b""
        try:
            self._client.request(method, path, json.dumps(fields) if fields else None, headers)
            answer = self._client.getresponse()
            status, body = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._client.close()  # the next request reconnects
        self.asked.append((shape, status, (time.perf_counter() - started) * 1000))
        if fields is None or status != 201:
            return {}
        told: dict[str, Any] = json.loads(body)
        return told


def main(port: str, seconds: str, connections: str, first: str) -> None:
    """Run all connections in parallel until the time is up."""
    friends = [Friend(int(port), int(first) + number) for number in range(int(connections))]
    deadline = time.monotonic() + float(seconds)

    def stay(friend: Friend) -> None:
        count = 0
        while time.monotonic() < deadline:
            friend.visit(count)
            count += 1

    threads = [threading.Thread(target=stay, args=(friend,)) for friend in friends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps([asked for friend in friends for asked in friend.asked]))


if __name__ == "__main__":
    main(*sys.argv[1:])
