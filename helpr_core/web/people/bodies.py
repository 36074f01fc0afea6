"""The owner's queries and bodies about people."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
)

from helpr_core.domain.people import LiveTv, ShareState
from helpr_core.domain.people_operations import State
from helpr_core.services.people.ports import PeopleFilter
from helpr_core.texts import Message
from helpr_core.web.libraries.shapes import PlexId, ServerId
from helpr_core.web.queries import EXACT, LENIENT, Cursor, Limit, Moment
from helpr_core.web.texts import Line, Text

_CLAUSE = r"\s*[A-Za-z]+!?=[^|&=]+"
_FILTER = re.compile(rf"{_CLAUSE}(?:[|&]{_CLAUSE})*")
"""Plex's own grammar: `contentRating=G,PG|label=Kids&contentRating!=R`."""

Days = Annotated[int, Field(ge=1, le=3650)]


def _listed(text: object) -> object:
    return text.split(",") if isinstance(text, str) else text


Search = Annotated[
    Line,
    StringConstraints(max_length=100),
    Field(description="A part of the person's name or e-mail address; case does not matter."),
]


class PeopleFilterQuery(BaseModel):
    """Which people are wanted."""

    model_config = LENIENT

    state: Annotated[frozenset[ShareState], BeforeValidator(_listed)] = Field(
        frozenset(), description="One or more states, separated by commas."
    )
    server: ServerId = ""
    link: ServerId = ""
    ends_within_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    drift: bool = Field(False, description="1: only people with something to look at.")
    exempt: bool | None = None
    search: Search = ""

    def filter(self) -> PeopleFilter:
        """The same for the record."""
        return PeopleFilter(
            states=self.state,
            server_id=self.server,
            link_id=self.link,
            ends_within_days=self.ends_within_days,
            drift=self.drift,
            exempt=self.exempt,
            search=self.search,
        )


class PeopleQuery(PeopleFilterQuery):
    """A page of people."""

    limit: Limit = 20
    cursor: Cursor = ""


class PagesQuery(BaseModel):
    """A page of a list that has no filter but the person."""

    model_config = LENIENT

    search: Search = ""
    limit: Limit = 20
    cursor: Cursor = ""


class OperationsQuery(BaseModel):
    """A page of operations."""

    model_config = LENIENT

    state: Annotated[frozenset[State], BeforeValidator(_listed)] = Field(
        frozenset(), description="One or more states, separated by commas."
    )
    search: Search = ""
    limit: Limit = 20
    cursor: Cursor = ""


class RefreshQuery(BaseModel):
    """Whether the owner confirms that the people missing from the last list are really gone."""

    model_config = LENIENT

    confirm: bool = Field(False, description="1: what looked wrong about the last list is right.")


class ServerQuery(BaseModel):
    """Which server it is about; may be empty for people with access to only one."""

    model_config = LENIENT

    server_id: ServerId = ""


def _plex_filter(text: str) -> str:
    """Plex would keep anything else, and might restrict nothing by it."""
    if text and not _FILTER.fullmatch(text):
        raise ValueError(Message("people.not_a_filter"))
    return text


Filter = Annotated[Line, StringConstraints(max_length=1000), AfterValidator(_plex_filter)]


def _choice(choices: type[StrEnum], given: object) -> StrEnum:
    """One of the choices; strict models do not convert text by themselves."""
    known = {str(one): one for one in choices}
    if isinstance(given, str) and given in known:
        return known[given]
    raise ValueError(Message("people.choice", choices=", ".join(known)))


class PersonIn(BaseModel):
    """A JSON Merge Patch (RFC 7396) of the owner's data about a person: fields not sent stay, null
    takes the note or the exemption away."""

    model_config = EXACT

    note: Annotated[Text, StringConstraints(max_length=500)] | None = None
    exempt: bool | None = None

    def given(self) -> dict[str, Any]:
        """The fields that were sent; null is nothing."""
        values = {"note": self.note or "", "exempt": bool(self.exempt)}
        return {name: values[name] for name in values if name in self.model_fields_set}


class PersonLibrariesIn(BaseModel):
    """Exactly these libraries."""

    model_config = EXACT

    server_id: ServerId = ""
    libraries: list[PlexId] = Field(max_length=500, examples=[[118181361]])


class AccessIn(BaseModel):
    """The end: `until` (null: no end), or a number of days more."""

    model_config = EXACT

    server_id: ServerId = ""
    until: Moment | None = None
    extend_days: Days | None = None


class RestrictionsIn(BaseModel):
    """Fields not sent stay."""

    model_config = EXACT

    downloads: bool | None = None
    live_tv: Annotated[LiveTv, BeforeValidator(lambda given: _choice(LiveTv, given))] | None = None
    subtitles: bool | None = None
    movies: Filter | None = None
    television: Filter | None = None
    music: Filter | None = None


class Action(StrEnum):
    """What can be done to several people at once."""

    REMOVE = "remove"
    EXTEND = "extend"
    SET_UNTIL = "set_until"
    SET_LIBRARIES = "set_libraries"
    TAKE_LIBRARY = "take_library"
    GIVE_LIBRARY = "give_library"
    SET_EXEMPT = "set_exempt"


class BulkIn(BaseModel):
    """One action for up to 100 people, with what it needs."""

    model_config = EXACT

    person_ids: list[str] = Field(min_length=1, max_length=100)
    action: Annotated[Action, BeforeValidator(lambda given: _choice(Action, given))]
    server_id: ServerId = ""
    extend_days: Days | None = None
    until: Moment | None = None
    libraries: list[PlexId] | None = Field(None, max_length=500)
    library: PlexId | None = Field(None, description="The one that is taken or given.")
    exempt: bool | None = None
    dry_run: bool = Field(False, description="Change nothing, and say what would be refused.")


class DriftAction(StrEnum):
    """What can be done about drift."""

    ADOPT = "adopt"
    PUT_RIGHT = "put_right"
    REMOVE = "remove"
    IGNORE = "ignore"


class DriftIn(BaseModel):
    """What to do about it."""

    model_config = EXACT

    action: Annotated[DriftAction, BeforeValidator(lambda given: _choice(DriftAction, given))]
