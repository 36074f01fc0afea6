"""The libraries with some ids of one server, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence

from helpr_core.domain.plex import Library
from helpr_core.errors import FieldError, InvalidInput
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.texts import Message


def named(
    catalog: ServerCatalog, ids: Sequence[int], field: str = "libraries"
) -> tuple[Library, ...]:
    """The server's libraries with these ids. Raises InvalidInput for none or an unknown one."""
    if not ids:
        raise InvalidInput(FieldError(field, Message("field.libraries_none")))
    server = catalog.server()
    if set(ids) - {library.id for library in server.libraries}:
        server = catalog.refresh()  # it may have been added a minute ago
    there = {library.id: library for library in server.libraries}
    unknown = [number for number in ids if number not in there]
    if unknown:
        numbers = ", ".join(str(number) for number in unknown)
        raise InvalidInput(FieldError(field, Message("field.libraries_unknown", ids=numbers)))
    return tuple(there[number] for number in dict.fromkeys(ids))
