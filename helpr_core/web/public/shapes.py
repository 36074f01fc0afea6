"""The shapes of input and output; OpenAPI is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
)

from helpr_core.domain.links import Link
from helpr_core.domain.messages import FriendMessage
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.services.site.standing import Standing
from helpr_core.services.site.summary import Site
from helpr_core.texts import say
from helpr_core.web.public.asked import LONGEST_NOTE
from helpr_core.web.texts import Text
from helpr_core.web.whole import Whole, shown


def _nothing_for_null(value: object) -> object:
    return "" if value is None else value


# Many programs write null for missing values.
OrNull = BeforeValidator(_nothing_for_null, json_schema_input_type=str | None)

Confirmed = Annotated[
    str,
    OrNull,
    Field(
        description="The same address once more, where the answer before asked whether it holds "
        "a slip (400 with a `suggestion`) and it is right as it is.",
    ),
]


class InviteIn(BaseModel):
    """A friend's request. Unknown fields are ignored."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    email_or_username: str = Field(
        description="A Plex username or an e-mail address, as it was pasted: what stands around "
        "an address (`Bob <bob@example.com>`, `mailto:`) is taken off. 1 to 255 characters then.",
        examples=["friend@example.com"],
    )
    invite_code: Annotated[str, OrNull] = Field(
        "",
        description="Needed where the site says code_required. Case, spaces and dashes do not "
        "matter, nor does O for 0, or I or L for 1.",
    )
    note: Annotated[Text, StringConstraints(max_length=LONGEST_NOTE), OrNull] = Field(
        "", description="A word to the owner, who reads it beside the request."
    )
    confirmed: Confirmed = ""


class InviteOut(BaseModel):
    """A request that was accepted."""

    request_id: UUID
    status: Literal["success", "queued", "awaiting_approval"]
    message: str = Field(description="What the friend is told.")
    understood: str | None = Field(
        None, description="The username or address that was taken, where that is not what was sent."
    )


class ReceivedOut(BaseModel):
    """The answer to a browser that did not open this person's request: the same whatever its
    state."""

    status: Literal["received"]
    message: str = Field(description="What is told to anybody who names a person who has asked.")


class KeptOut(RootModel[InviteOut | ReceivedOut]):
    """A request that is kept: this browser's own, or one about which nothing is revealed here."""


class InviteStatus(BaseModel):
    """A request's state."""

    request_id: UUID
    status: Status
    accepted: bool = Field(description="The friend has accepted the invitation.")
    message: str
    access_until: datetime | None = Field(None, description="When the access ends; absent: never.")
    updated_at: datetime


class LibraryOut(BaseModel):
    """A library as friends see it. `type` is empty while the server is not known yet."""

    title: str
    type: str = Field(examples=["movie", "show", "artist", "photo"])


class SiteOut(BaseModel):
    """The public face of this site."""

    title: str
    server_name: str
    code_required: bool
    approval_required: bool
    paused: bool
    standing: Standing = Field(description="What becomes of somebody who asks now.")
    libraries: list[LibraryOut]


class PublicLinkOut(Whole):
    """What a link gives: without an end where `access_days` is null, and to any number of people
    where `uses_left` is."""

    title: str
    welcome: str
    server_name: str
    libraries: list[LibraryOut]
    access_days: int | None = None
    expires_at: datetime | None = None
    uses_left: int | None = None
    approval_required: bool
    require_sign_in: bool


class HealthOut(BaseModel):
    """The worker answers; nothing else was checked."""

    status: Literal["ok"]
    version: str


class FieldProblem(BaseModel):
    """One field and what is wrong with it."""

    field: str
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457). `code` is stable; `reference` finds it in the log."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    reference: str
    instance: str | None = Field(None, description="The request's page, where there is one.")
    suggestion: str | None = Field(
        None, description="What was likely meant: send it, or the first one again as `confirmed`."
    )
    errors: list[FieldProblem] | None = None


def invite_status(
    row: InviteRequest, message: FriendMessage, access_until: datetime | None
) -> InviteStatus:
    """The request's current state, and the text about it."""
    return shown(
        InviteStatus,
        row,
        accepted=row.accepted_at is not None,
        message=say(message.sentence),
        access_until=access_until,
    )


def site_out(site: Site) -> SiteOut:
    """The site's public face."""
    return shown(
        SiteOut,
        site,
        title=site.heading,
        paused=site.standing is Standing.PAUSED,
        libraries=[shown(LibraryOut, one) for one in site.libraries],
    )


def link_out(link: Link, site: Site) -> PublicLinkOut:
    """What the link gives; `site` as a friend with the link sees it."""
    return shown(
        PublicLinkOut,
        link,
        title=site.heading,
        welcome=site.welcome,
        server_name=site.server_name,
        libraries=[shown(LibraryOut, one) for one in site.libraries],
        approval_required=site.approval_required,
    )
