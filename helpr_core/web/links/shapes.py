"""Links as they go in and out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from helpr_core.domain.history import Page
from helpr_core.domain.links import LinkState
from helpr_core.domain.terms import Approval
from helpr_core.services.links.book import Listed
from helpr_core.services.links.ports import LinkFilter
from helpr_core.services.site.site_code import CodeSource
from helpr_core.web.libraries.shapes import PlexId, ServerId
from helpr_core.web.people.bodies import Days, RestrictionsIn
from helpr_core.web.queries import LENIENT, Cursor, Limit, Moment
from helpr_core.web.texts import Line, Text
from helpr_core.web.whole import Whole, shown


class LinksQuery(BaseModel):
    """A page of links."""

    model_config = LENIENT

    enabled: bool | None = Field(None, description="1: only those that are switched on.")
    state: LinkState | Literal[""] = Field("", description="Only those that are in this state now.")
    search: Annotated[Line, StringConstraints(max_length=80)] = Field(
        "", description="A part of the label; case does not matter."
    )
    limit: Limit = 20
    cursor: Cursor = ""

    def filter(self, now: datetime) -> LinkFilter:
        """The same for the record."""
        return LinkFilter(self.search, self.enabled, self.state or None, now)


class ApprovalIn(StrEnum):
    """Whether the owner is asked before an invite goes out."""

    YES = "yes"
    NO = "no"
    AS_SET = "as_set"


class _LinkFields(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)

    code: Annotated[Line, StringConstraints(max_length=64)] | None = Field(
        None,
        description="An own word of at least 6 characters; else one is made. Case, spaces, dashes "
        "and look-alikes do not matter.",
    )
    label: Annotated[Line, StringConstraints(max_length=80)] | None = Field(
        None, description="For the owner alone."
    )
    server_id: ServerId | None = None
    libraries: Annotated[list[PlexId], Field(max_length=500)] | None = Field(
        None,
        description="null: what is shared when the invite is sent.",
        examples=[[118181361]],
    )
    restrictions: RestrictionsIn | None = None
    uses_limit: Annotated[int, Field(ge=1, le=100_000)] | None = None
    expires_at: Moment | None = None
    access_days: Days | None = Field(None, description="Days of access; null has no end.")
    approval: Annotated[ApprovalIn, Field(strict=False)] | None = None
    require_sign_in: bool | None = None
    welcome: Annotated[Text, StringConstraints(max_length=500)] | None = None
    enabled: bool | None = None

    def given(self) -> dict[str, Any]:
        """The fields that were sent; null is a field's default."""
        sent = self.model_dump(exclude_unset=True, exclude={"approval"})
        given = {name: _DEFAULTS.get(name) if one is None else one for name, one in sent.items()}
        if "approval" in self.model_fields_set:
            given["approval"] = Approval(self.approval or ApprovalIn.AS_SET)
        return given


_DEFAULTS: dict[str, Any] = {
    **{"label": "", "server_id": "", "welcome": ""},
    **{"require_sign_in": False, "enabled": True},
}
"""What null means, if not None."""


class LinkIn(_LinkFields):
    """A new link. Fields not sent have their defaults: no limit, no end, what is shared."""


class LinkPatch(_LinkFields):
    """A JSON Merge Patch (RFC 7396): fields not sent stay, null restores the default.

    For `code`, null generates a new one.
    """


class StatisticsOut(BaseModel):
    """A link's statistics."""

    opened: int | None = Field(
        None, description="How often its page was opened; missing while that is not known."
    )
    asked: int
    sent: int
    accepted: int


class LinkOut(Whole):
    """A link as the owner sees it.

    `code` and `url` are null if they were stored under another SECRET_KEY. `url` is a path if
    HELPR_PUBLIC_URL is not set.
    """

    link_id: UUID
    code: str | None = None
    url: str | None = None
    label: str
    server_id: str
    libraries: list[int] | None = None
    restrictions: dict[str, Any]
    uses_limit: int | None = None
    uses: int
    expires_at: datetime | None = None
    access_days: int | None = None
    approval: ApprovalIn
    require_sign_in: bool
    welcome: str
    enabled: bool
    state: LinkState
    created_at: datetime | None = None
    held_by: CodeSource | None = Field(
        None,
        description="The site's own code, which has no limits: INVITE_CODE, or the one in the"
        " dashboard's settings. It is changed there.",
    )
    statistics: StatisticsOut


class LinksOut(Whole):
    """A page of links, newest first; the site's own code, if any, comes before all others.

    `total` counts all pages.
    """

    links: list[LinkOut]
    total: int
    next_cursor: str | None = None


def link_out(listed: Listed, now: datetime, public_url: str | None) -> LinkOut:
    """One link."""
    link, numbers = listed.link, listed.statistics
    return shown(
        LinkOut,
        link,
        code=link.code or None,
        url=url_of(link.code, public_url) if link.code else None,
        libraries=None if link.libraries is None else [one.id for one in link.libraries],
        restrictions=dict(link.restrictions),
        uses=numbers.asked if link.is_sites else link.uses,
        approval=ApprovalIn(link.approval.value),
        state=link.state(now),
        created_at=None if link.is_sites else link.created_at,
        held_by=listed.held_by,
        statistics=shown(StatisticsOut, numbers),
    )


def links_out(page: Page[Listed], total: int, now: datetime, public_url: str | None) -> LinksOut:
    """A page of links."""
    return LinksOut(
        links=[link_out(one, now, public_url) for one in page.rows],
        total=total,
        next_cursor=page.next_cursor or None,
    )


def url_of(code: str, public_url: str | None) -> str:
    """The address for a code; a path if the site's own address is unknown."""
    return f"{(public_url or '').rstrip('/')}/join/{quote(code, safe='')}"
