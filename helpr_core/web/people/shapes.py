"""People, their shares, and what is promised about them, as the owner sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from helpr_core.domain.audit import AuditEvent
from helpr_core.domain.history import Asked, Page
from helpr_core.domain.people import LiveTv, Person, Share, ShareState
from helpr_core.domain.people_operations import Operation
from helpr_core.domain.people_reading import Verdict
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.services.people.ports import LastReading
from helpr_core.web.audit.shapes import Event, event_out
from helpr_core.web.people.operation_shapes import OperationOut, operation_out
from helpr_core.web.requests.shapes import Row, row_out
from helpr_core.web.whole import Whole, shown


class PlexLibrary(BaseModel):
    """A library."""

    id: int
    title: str
    type: str


class DriftOut(BaseModel):
    """How a share differs from what was promised."""

    drift_id: str
    kind: str
    since: datetime
    detail: dict[str, Any]
    ignored: bool


class ShareOut(Whole):
    """One person's access to one server."""

    server_id: str
    server_name: str
    state: ShareState
    libraries: list[PlexLibrary]
    all_libraries: bool
    invited_at: datetime | None = None
    accepted_at: datetime | None = None
    access_until: datetime | None = None
    gone_at: datetime | None = None
    gone_reason: str | None = None
    missing_since: datetime | None = Field(
        None, description="Since when plex.tv's list lacks it, while that is not certain."
    )
    source: str
    link_id: str | None = None
    request_id: UUID | None = None
    drift: list[DriftOut]


class RestrictionsOut(BaseModel):
    """What a person may do on all the owner's servers."""

    downloads: bool
    live_tv: LiveTv
    subtitles: bool
    movies: str
    television: str
    music: str


class PersonOut(Whole):
    """Somebody who has or had access."""

    person_id: UUID
    plex_user_id: int | None = None
    username: str
    email: str
    title: str
    home: bool
    exempt: bool
    erased: bool = Field(description="No name is kept; the access goes on.")
    note: str
    shares: list[ShareOut]
    restrictions: RestrictionsOut | None = None


class LastRequest(BaseModel):
    """A person's newest request and its outcome."""

    request_id: UUID
    timestamp: datetime
    status: Status
    accepted_at: datetime | None = None


class PersonRow(PersonOut):
    """A person in the list."""

    last_request: LastRequest | None = None


class PersonStory(PersonOut):
    """The same with the person's requests, promised changes, and what was done, oldest first."""

    requests: list[Row]
    operations: list[OperationOut]
    events: list[Event]


class PeopleOut(Whole):
    """A page of people ordered by name.

    `total` counts all pages. `servers` has the names, by machine identifier, of all servers that
    somebody has or had access to. `read_at` is when plex.tv's list was last read plausibly;
    `reading` is the result of the last reading.
    """

    people: list[PersonRow]
    total: int
    servers: dict[str, str]
    next_cursor: str | None = None
    read_at: datetime | None = None
    reading: Verdict
    reading_code: str | None = None


class ReadingOut(Whole):
    """The result of a reading."""

    reading: Verdict
    reading_code: str | None = None
    read_at: datetime | None = None


class BulkResult(BaseModel):
    """The outcome for one of them."""

    person_id: str
    ok: bool
    operation_id: UUID | None = None
    code: str | None = None
    message: str | None = None


class BulkOut(BaseModel):
    """A result for each, in the order given."""

    results: list[BulkResult]


class DriftRow(DriftOut):
    """Drift, with the person it concerns."""

    person_id: UUID
    server_id: str
    name: str


class DriftListOut(Whole):
    """Everything that differs and is not ignored, a page of people at a time.

    `total` counts the people on all pages.
    """

    drift: list[DriftRow]
    total: int
    next_cursor: str | None = None


def person_out(person: Person) -> PersonOut:
    """A person as the owner sees it."""
    return shown(PersonOut, person, **_person(person))


def story_out(
    person: Person,
    requests: Sequence[InviteRequest],
    operations: Sequence[Operation],
    events: Sequence[AuditEvent],
) -> PersonStory:
    """A person with everything that was done."""
    return shown(
        PersonStory,
        person,
        **_person(person),
        requests=[row_out(one) for one in reversed(requests)],
        operations=[operation_out(one) for one in reversed(operations)],
        events=[event_out(one) for one in reversed(events)],
    )


def people_out(
    page: Page[Person],
    total: int,
    servers: Mapping[str, str],
    last: LastReading,
    newest: Mapping[str, Asked],
) -> PeopleOut:
    """A page of people, and the state of the list; `newest` are requests by identity key."""
    return PeopleOut(
        people=[
            shown(PersonRow, one, **_person(one), last_request=_last_request(one, newest))
            for one in page.rows
        ],
        total=total,
        servers=dict(servers),
        next_cursor=page.next_cursor or None,
        read_at=last.read_at,
        reading=last.verdict,
        reading_code=last.code or None,
    )


def drift_out(page: Page[Person], total: int) -> DriftListOut:
    """What differs for each person on a page."""
    rows = [
        DriftRow(
            **one.model_dump(),
            person_id=person.person_id,
            server_id=share.server_id,
            name=person.name,
        )
        for person in page.rows
        for share in person.shares
        for one in _drift(person, share)
        if not one.ignored
    ]
    return DriftListOut(drift=rows, total=total, next_cursor=page.next_cursor or None)


def _last_request(person: Person, newest: Mapping[str, Asked]) -> LastRequest | None:
    found = [newest[key] for key in person.identity_keys if key in newest]
    if not found:
        return None
    last = max(found, key=lambda one: one.timestamp)
    return shown(LastRequest, last)


def _person(person: Person) -> dict[str, Any]:
    allowed = person.restrictions
    return {
        "plex_user_id": person.account_id,
        "shares": [_share(person, one) for one in person.shares],
        "restrictions": shown(RestrictionsOut, allowed) if allowed else None,
    }


def _share(person: Person, share: Share) -> ShareOut:
    return shown(
        ShareOut,
        share,
        libraries=[shown(PlexLibrary, one) for one in share.libraries],
        gone_reason=share.gone_reason or None,
        link_id=share.link_id or None,
        drift=_drift(person, share),
    )


def _drift(person: Person, share: Share) -> list[DriftOut]:
    return [
        shown(
            DriftOut,
            one,
            drift_id=f"{person.person_id}:{share.server_id}:{one.kind}",
            kind=str(one.kind),
            detail=dict(one.detail),
        )
        for one in share.drift
    ]
