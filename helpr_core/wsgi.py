"""Helpr as a WSGI application: `gunicorn -w 4 helpr_core.wsgi:application`.

Importing this module reads local.settings.json and .env, then function_app.py.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from helpr_core import container, logs
from helpr_core.configuration.local_files import load_local_settings
from helpr_core.domain.transport import came_over_https
from helpr_core.errors import SetupRequired
from helpr_core.local.application import HostedApplication, create_application
from helpr_core.web import unknown

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

PROJECT = Path(__file__).resolve().parent.parent
MOST_BODY_BYTES = 1024 * 1024
"""Helpr itself takes 16 KB and says so; what is far beyond that is not even read."""


def load_application() -> HostedApplication:
    """Build the project's application; function_app.py allows it once in a process."""
    load_local_settings()
    logs.listen()
    # Not imported at the top: the settings have to be in the environment first.
    function_app = importlib.import_module("function_app")
    host_json = json.loads((PROJECT / "host.json").read_text(encoding="utf-8"))
    return create_application(
        function_app.app,
        host_json=host_json,
        function_keys=function_keys,
        most_body_bytes=MOST_BODY_BYTES,
        over_https=over_https,
        last_resort=unknown.LAST_RESORT,
    )


def over_https(environ: WSGIEnvironment) -> bool:
    """Return whether the browser came over HTTPS; while settings are missing, our own part."""
    url = f"{environ['wsgi.url_scheme']}://"
    try:
        settings = container.current().settings()
    except SetupRequired:
        return came_over_https(url, {}, 0, None)
    headers = {
        "x-forwarded-proto": environ.get("HTTP_X_FORWARDED_PROTO", ""),
        "forwarded": environ.get("HTTP_FORWARDED", ""),
    }
    return came_over_https(url, headers, settings.trusted_proxy_hops, settings.public_url)


def function_keys() -> tuple[str, ...]:
    """Return the keys that open protected functions: none while settings are missing."""
    try:
        return container.function_keys()
    except SetupRequired:
        return ()


application = load_application()
