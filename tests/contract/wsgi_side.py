"""Drives the WSGI application: `python -m tests.contract.wsgi_side`.

Writes one JSON line with its functions, then answers each JSON line on standard input:
{"method", "target", "headers", "body" (latin-1)} becomes {"status", "headers" ([[name, value]]),
"body" (latin-1)}. It runs in its own process, as the other side does.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

from werkzeug.test import Client

from helpr_core.local.application import Application
from helpr_core.web.azure import SCHEDULE
from helpr_core.web.endpoints import ENDPOINTS


def described() -> list[dict[str, Any]]:
    """The functions in the table, described as the worker library describes those it finds."""
    http = [
        {
            "name": one.name,
            "route": one.path,
            "methods": sorted(one.methods),
            "auth_level": "FUNCTION" if one.key else "ANONYMOUS",
        }
        for one in ENDPOINTS
    ]
    return [*http, {"name": "housekeeping", "schedule": SCHEDULE}]


def answered(client: Client, call: dict[str, Any]) -> dict[str, Any]:
    body = call["body"].encode("latin-1")
    response = client.open(
        call["target"],
        method=call["method"],
        headers=call["headers"],
        data=body or None,
        base_url="http://127.0.0.1:7071",
    )
    headers = [[name.lower(), value] for name, value in response.headers]
    return {
        "status": response.status_code,
        "headers": headers,
        "body": response.get_data().decode("latin-1"),
    }


def main() -> None:
    # Without anybody's local settings.
    container = importlib.import_module("helpr_core.container")
    client = Client(Application(container.function_keys), use_cookies=False)
    out, sys.stdout = sys.stdout, sys.stderr
    out.write(json.dumps(described()) + "\n")
    out.flush()
    for line in sys.stdin:
        out.write(json.dumps(answered(client, json.loads(line))) + "\n")
        out.flush()
    # Threads that still send notices need not survive the interpreter's end.
    os._exit(0)


if __name__ == "__main__":
    main()
