"""The owner's use cases: one handler each, one table. The key door reads it here."""

from __future__ import annotations

import azure.functions as func

from helpr_core import container, web
from helpr_core.web.endpoint import Call, Endpoint, Handler
from helpr_core.web.responses import json_response


def get_libraries(call: Call) -> func.HttpResponse:
    """GET libraries: all of them, with a tick at the shared ones; ?refresh=1 asks plex.tv."""
    refresh = call.request.params.get("refresh") == "1"
    listing = container.current().libraries().list(refresh=refresh)
    return json_response(web.schemas.libraries_out(listing))


def put_libraries(call: Call) -> func.HttpResponse:
    """PUT libraries: share these from now on."""
    fields = web.bodies.read_fields(
        call.request.headers.get("content-type", ""), call.request.get_body(), forms=False
    )
    wanted = web.bodies.check(web.schemas.LibrariesIn, fields)
    listing = container.current().libraries().choose(wanted.shared)
    return json_response(web.schemas.libraries_out(listing))


OPERATIONS: tuple[tuple[str, str, str, Handler], ...] = (
    # name in the portal, method, path below each door, handler
    ("manage_libraries_get", "GET", "libraries", get_libraries),
    ("manage_libraries_put", "PUT", "libraries", put_libraries),
)

ENDPOINTS = tuple(
    Endpoint(name, f"api/manage/{path}", (method,), handler, auth_level=func.AuthLevel.FUNCTION)
    for name, method, path, handler in OPERATIONS
)

blueprint = func.Blueprint()
for _endpoint in ENDPOINTS:
    _endpoint.register(blueprint)
