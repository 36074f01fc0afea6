"""Which libraries are shared."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.library_choice import Listing
from helpr_core.errors import FieldError, InvalidInput, LogUnavailable
from helpr_core.services.plex.libraries import SharedLibraries
from helpr_core.texts import Message
from helpr_core.web.call import Call
from helpr_core.web.libraries import shapes
from helpr_core.web.reading import note, read_body, read_query
from helpr_core.web.responses import json_response


def get_libraries(call: Call) -> Response:
    """GET libraries: those of a server, with the shared ones ticked; ?refresh=1 asks plex.tv."""
    query = read_query(call, shapes.LibrariesQuery)
    listing = _libraries_of(query.server_id).list(refresh=query.refresh)
    return _answer(listing, query.server_id)


def _libraries_of(server_id: str) -> SharedLibraries:
    """Raises InvalidInput for a server that Helpr does not manage."""
    parts = container.current()
    if server_id and server_id not in parts.people().managed():
        raise InvalidInput(FieldError("server_id", Message("link.server_unknown")))
    return parts.plex.libraries_of(server_id)


def _servers_to_choose() -> Sequence[str]:
    """Those that Helpr manages; none while the database is down, which a list does not need."""
    try:
        return container.current().people().managed()
    except LogUnavailable:
        return ()


def put_libraries(call: Call) -> Response:
    """PUT libraries: share these from now on."""
    wanted = read_body(call, shapes.LibrariesIn)
    libraries = _libraries_of(wanted.server_id)
    before = [one.title for one in libraries.chosen()]
    listing = libraries.choose(wanted.shared, call.actor.name)
    after = [one.title for one in libraries.chosen()]
    server = {"server": wanted.server_id} if wanted.server_id else {}
    note(call, "libraries_changed", "libraries", {"shared": before}, {"shared": after, **server})
    return _answer(listing, wanted.server_id)


def _answer(listing: Listing, server_id: str) -> Response:
    plex = container.current().plex
    named = [(one, plex.catalog_of(one).server().name) for one in _servers_to_choose()]
    return json_response(shapes.libraries_out(listing, named, server_id))
