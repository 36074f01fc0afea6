"""The sample app as a WSGI application, for tests in this process and for gunicorn."""

from helpr_core.local.application import create_application
from tests.local import sample_app

KEYS = ("demo-function-key", "second-demo-key")
CUSTOM_HEADERS = {"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff"}
HOST_JSON = {
    "version": "2.0",
    "extensions": {
        "http": {
            "routePrefix": "",
            "hsts": {"isEnabled": True, "maxAge": "365"},
            "customHeaders": CUSTOM_HEADERS,
        }
    },
}

application = create_application(sample_app.app, host_json=HOST_JSON, function_keys=lambda: KEYS)
