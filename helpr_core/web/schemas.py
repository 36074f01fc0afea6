"""The shapes of what goes in and out, as http.md has them; OpenAPI is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from helpr_core.domain.invite import InviteRequest, Status
from helpr_core.domain.messages import tell
from helpr_core.services.site import Site
from helpr_core.web.texts import Text


class InviteIn(BaseModel):
    """A friend's request. Unknown fields are ignored."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    email_or_username: str = Field(
        description="A Plex username or an e-mail address; 1 to 255 characters once trimmed.",
        examples=["friend@example.com"],
    )
    invite_code: str = Field("", description="Needed where the site says code_required.")
    note: Annotated[Text, StringConstraints(max_length=500)] = Field(
        "", description="A word to the owner, who reads it beside the request."
    )


class InviteOut(BaseModel):
    """A request that was taken."""

    request_id: UUID
    status: Literal["success", "queued", "awaiting_approval"]
    message: str = Field(description="What the friend is told.")


class InviteStatus(BaseModel):
    """Where a request stands."""

    request_id: UUID
    status: Status
    accepted: bool = Field(description="The friend has accepted the invitation.")
    message: str
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
    libraries: list[LibraryOut]


class HealthOut(BaseModel):
    """The worker answers; nothing else was asked."""

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
    errors: list[FieldProblem] | None = None


def invite_out(row: InviteRequest) -> InviteOut:
    """The answer to a request that was taken; one that is still being sent is queued."""
    statuses: dict[Status, Literal["success", "awaiting_approval"]] = {
        Status.SUCCESS: "success",
        Status.AWAITING_APPROVAL: "awaiting_approval",
    }
    return InviteOut(
        request_id=row.request_id,
        status=statuses.get(row.status, "queued"),
        message=tell(row).sentence,
    )


def invite_status(row: InviteRequest) -> InviteStatus:
    """Where the request stands now."""
    return InviteStatus(
        request_id=row.request_id,
        status=row.status,
        accepted=row.accepted_at is not None,
        message=tell(row).sentence,
        updated_at=row.updated_at,
    )


def site_out(site: Site) -> SiteOut:
    """The site's public face."""
    return SiteOut(
        title=site.title,
        server_name=site.server_name,
        code_required=site.code_required,
        approval_required=site.approval_required,
        paused=site.paused,
        libraries=[LibraryOut(title=lib.title, type=lib.type) for lib in site.libraries],
    )
