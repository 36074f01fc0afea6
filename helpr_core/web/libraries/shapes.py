"""Which libraries are shared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from helpr_core.domain.library_choice import Listing
from helpr_core.texts import say
from helpr_core.web.queries import LENIENT, STRICT
from helpr_core.web.texts import Line
from helpr_core.web.whole import shown

MAX_PLEX_ID = 2**63 - 1
PlexId = Annotated[int, Field(ge=1, le=MAX_PLEX_ID)]
ServerId = Annotated[Line, StringConstraints(max_length=64)]
"""A machine identifier."""


class LibrariesQuery(BaseModel):
    """Which server, and whether to ask plex.tv."""

    model_config = LENIENT

    server_id: ServerId = Field(
        "", description="A server that Helpr manages; without it, the default one."
    )
    refresh: bool = Field(False, description="1 asks plex.tv instead of what is known.")


class ManagedLibrary(BaseModel):
    """A library of the server. `id` is plex.tv's; `gone`: chosen, but no longer there.

    `missing`: plex.tv's last answer did not list it, which is not trusted yet.
    """

    id: int
    title: str
    type: str
    shared: bool
    gone: Literal[True] | None = None
    missing: Literal[True] | None = None


class OneServer(BaseModel):
    """A server that Helpr manages."""

    server_id: ServerId
    name: str


class LibrariesOut(BaseModel):
    """All libraries, what needs attention, and when plex.tv was asked for them.

    `servers`, the default one first, is absent while Helpr manages only one.
    """

    servers: list[OneServer] | None = None
    server_id: ServerId | None = None

    libraries: list[ManagedLibrary]
    notices: list[str] | None = None
    fetched_at: datetime


class LibrariesIn(BaseModel):
    """The libraries to share from now on, by id. An empty list is refused."""

    model_config = STRICT

    server_id: ServerId = Field("", description="One that is managed; none: the default one.")
    shared: list[PlexId] = Field(max_length=500, examples=[[118181361, 118181362]])


def libraries_out(
    listing: Listing, servers: Sequence[tuple[str, str]], server_id: str
) -> LibrariesOut:
    """All libraries with their ticks; `servers` are machine identifiers and names."""
    several = len(servers) > 1
    return LibrariesOut(
        servers=[OneServer(server_id=one, name=name) for one, name in servers] if several else None,
        server_id=(server_id or servers[0][0]) if several else None,
        libraries=[
            shown(
                ManagedLibrary,
                listed.library,
                shared=listed.shared,
                gone=True if listed.gone else None,
                missing=True if listed.missing else None,
            )
            for listed in listing.libraries
        ],
        notices=[f"{say(notice)}." for notice in listing.notices] or None,
        fetched_at=listing.fetched_at,
    )
