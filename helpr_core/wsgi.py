"""Helpr as a WSGI application: `gunicorn -w 4 helpr_core.wsgi:application`.

Importing this module reads local.settings.json and .env.
"""

from __future__ import annotations

from helpr_core import container, logs
from helpr_core.configuration.local_files import load_local_settings
from helpr_core.errors import SetupRequired
from helpr_core.local.application import Application


def load_application() -> Application:
    """The application, with the settings files read into the environment."""
    logs.install()
    load_local_settings()
    logs.listen()
    return Application(function_keys)


def function_keys() -> tuple[str, ...]:
    """Return the keys that open protected functions: none while settings are missing."""
    try:
        return container.function_keys()
    except SetupRequired:
        return ()


application = load_application()
