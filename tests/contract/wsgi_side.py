"""Drives the WSGI application: `python wsgi_side.py sample` or `project`.

Writes one JSON line with its functions, then answers each JSON line on standard input:
{"method", "target", "headers", "body" (latin-1)} becomes {"status", "headers" ([[name, value]]),
"body" (latin-1)}. A process of its own, since the project's app gives its functions only once.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from helpr_core.local.application import HostedApplication, create_application

PROJECT = Path(__file__).resolve().parents[2]


def project_application() -> HostedApplication:
    """Build the project's application without anybody's local settings."""
    container = importlib.import_module("helpr_core.container")
    host_json = json.loads((PROJECT / "host.json").read_text(encoding="utf-8"))
    return create_application(
        importlib.import_module("function_app").app,
        host_json=host_json,
        function_keys=container.function_keys,
    )


def described(application: HostedApplication) -> list[dict[str, Any]]:
    http = [
        {
            "name": one.name,
            "route": one.route,
            "methods": sorted(one.methods) if one.methods else None,
            "auth_level": one.auth_level,
        }
        for one in application.functions
    ]
    return [*http, *({"name": one.name, "schedule": one.schedule} for one in application.timers)]


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
    if sys.argv[1] == "sample":
        application = importlib.import_module("tests.local.sample_wsgi").application
    else:
        application = project_application()
    client = Client(application, use_cookies=False)
    out, sys.stdout = sys.stdout, sys.stderr
    out.write(json.dumps(described(application)) + "\n")
    out.flush()
    for line in sys.stdin:
        out.write(json.dumps(answered(client, json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
