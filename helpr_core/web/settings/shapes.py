"""What the owner sets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from helpr_core.services.site.settings import Change, Saved, SiteSettings
from helpr_core.texts import text
from helpr_core.web.queries import STRICT
from helpr_core.web.texts import Line, Text


class SettingsIn(BaseModel):
    """All settings; 0 means no cap, and for ever. What is above the cap waits for a yes."""

    model_config = STRICT

    title: Annotated[Line, StringConstraints(max_length=80)]
    welcome: Annotated[Text, StringConstraints(max_length=500)]
    code_required: bool
    approval_required: bool
    paused: bool
    daily_cap: Annotated[int, Field(ge=0, le=10_000)]
    retention_days: Annotated[int, Field(ge=0, le=3650)]

    def settings(self) -> SiteSettings:
        """The same for the use case."""
        return SiteSettings(**self.model_dump())


class SettingsOut(BaseModel):
    """What the owner set; `default_title` shows while `title` is empty."""

    title: str
    default_title: str
    welcome: str
    code_required: bool
    code_available: bool = Field(description="INVITE_CODE is set.")
    approval_required: bool
    paused: bool
    daily_cap: int
    retention_days: int
    saved_at: datetime | None = None
    saved_by: str | None = None


class ChangeOut(BaseModel):
    """One save that the caller did not know of."""

    at: datetime
    by: str
    fields: list[str]


class ConflictOut(BaseModel):
    """What a 412 adds: what counts now, and who changed what."""

    current: SettingsOut
    changes: list[ChangeOut]


def settings_out(saved: Saved, *, server_name: str, code_available: bool) -> SettingsOut:
    """What the owner set; where there is no code, none is required."""
    settings = saved.settings
    last = saved.changes[-1] if saved.changes else None
    return SettingsOut(
        title=settings.title,
        default_title=text("form.default_title", server=server_name),
        welcome=settings.welcome,
        code_required=settings.code_required and code_available,
        code_available=code_available,
        approval_required=settings.approval_required,
        paused=settings.paused,
        daily_cap=settings.daily_cap,
        retention_days=settings.retention_days,
        saved_at=last.at if last else None,
        saved_by=last.by if last else None,
    )


def conflict_out(current: SettingsOut, missed: Iterable[Change]) -> ConflictOut:
    """What counts now, and the changes that the caller did not know of."""
    return ConflictOut(
        current=current,
        changes=[ChangeOut(at=one.at, by=one.by, fields=list(one.fields)) for one in missed],
    )
