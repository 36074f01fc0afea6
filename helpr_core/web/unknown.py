"""Addresses that lead nowhere: a page with a way back instead of the host's empty 404.

The host tries functions in the order of their names, and these come last. A catch-all at the root
would shadow its own addresses below `admin` and `runtime`, so there is one for a single word, which
none of those is, and one below each of the words that Helpr's own addresses begin with. What
remains is answered by the host: several words after an unknown first one, and methods that
nothing has. See docs/decisions/0014-unknown-addresses.md.
"""

from __future__ import annotations

import azure.functions as func

from helpr_core.errors import NotFound
from helpr_core.web.endpoint import Call, Endpoint

_READING = ("GET", "HEAD")
_ANY = (*_READING, "POST", "PUT", "PATCH", "DELETE")
LAST_RESORT = "unknown_page"
"""The function that a server of one's own asks for whatever no other takes."""


def show_nothing(_call: Call) -> func.HttpResponse:
    """Say that there is nothing here: a page for a person, a problem for a program."""
    raise NotFound("no such address")


ENDPOINTS = (
    Endpoint(LAST_RESORT, "{page}", _READING, show_nothing),
    Endpoint("unknown_api", "api/{*rest}", _ANY, show_nothing),
    Endpoint("unknown_dashboard", "dashboard/{*rest}", _READING, show_nothing),
    Endpoint("unknown_invited", "invited/{*rest}", _READING, show_nothing),
    Endpoint("unknown_join", "join/{*rest}", _READING, show_nothing),
)

blueprint = func.Blueprint()
for _endpoint in ENDPOINTS:
    _endpoint.register(blueprint)
