"""Which libraries are shared."""

from __future__ import annotations

import azure.functions as func

from helpr_core import container, web
from helpr_core.web.endpoint import Call
from helpr_core.web.reading import note, read_body, read_query
from helpr_core.web.responses import json_response


def get_libraries(call: Call) -> func.HttpResponse:
    """GET libraries: all of them, with a tick at the shared ones; ?refresh=1 asks plex.tv."""
    query = read_query(call, web.manage_schemas.LibrariesQuery)
    listing = container.current().libraries().list(refresh=query.refresh)
    return json_response(web.manage_schemas.libraries_out(listing))


def put_libraries(call: Call) -> func.HttpResponse:
    """PUT libraries: share these from now on."""
    wanted = read_body(call, web.manage_schemas.LibrariesIn)
    libraries = container.current().libraries()
    before = [one.title for one in libraries.chosen()]
    listing = libraries.choose(wanted.shared, call.actor.name)
    after = [one.title for one in libraries.chosen()]
    note(call, "libraries_changed", "libraries", {"shared": before}, {"shared": after})
    return json_response(web.manage_schemas.libraries_out(listing))
