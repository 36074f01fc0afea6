"""Which libraries are shared."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.web.call import Call
from helpr_core.web.libraries import shapes
from helpr_core.web.reading import note, read_body, read_query
from helpr_core.web.responses import json_response


def get_libraries(call: Call) -> Response:
    """GET libraries: those of a server, with the shared ones ticked; ?refresh=1 asks plex.tv."""
    query = read_query(call, shapes.LibrariesQuery)
    listing = container.current().plex.listing(query.server_id, refresh=query.refresh)
    return json_response(shapes.libraries_out(listing))


def put_libraries(call: Call) -> Response:
    """PUT libraries: share these from now on."""
    wanted = read_body(call, shapes.LibrariesIn)
    libraries = container.current().plex.libraries()
    before = [one.title for one in libraries.chosen()]
    listing = libraries.choose(wanted.shared, call.actor.name)
    after = [one.title for one in libraries.chosen()]
    note(call, "libraries_changed", "libraries", {"shared": before}, {"shared": after})
    return json_response(shapes.libraries_out(listing))
