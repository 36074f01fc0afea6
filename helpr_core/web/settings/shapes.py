"""The owner's settings, made from the only list of them: services/site/settings.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated, Any, get_args, get_type_hints

from annotated_types import Interval, MaxLen
from pydantic import BaseModel, ConfigDict, Field, create_model

from helpr_core.services.site.settings import (
    SEVERAL_LINES,
    Change,
    Longest,
    Saved,
    Section,
    SiteSettings,
    UpTo,
)
from helpr_core.services.site.site_code import CodeSource, SiteCode
from helpr_core.services.site.summary import describe_face
from helpr_core.web.queries import STRICT
from helpr_core.web.texts import Line, Text


def _checked(hint: Any) -> Any:
    """The field's type with its limits and how a page shows it; texts are trimmed."""
    base, *marks = get_args(hint) or (hint,)
    (section,) = (one for one in marks if isinstance(one, Section))
    shown: dict[str, Any] = {"x-section": section.value}
    if base is str:
        shown["x-several-lines"] = SEVERAL_LINES in marks
        base = Text if SEVERAL_LINES in marks else Line
    limits: list[Any] = [MaxLen(one.characters) for one in marks if isinstance(one, Longest)]
    limits += [Interval(ge=0, le=one.number) for one in marks if isinstance(one, UpTo)]
    return Annotated[base, *limits, Field(json_schema_extra=shown)]


_TYPES = get_type_hints(SiteSettings, include_extras=True)
_NOT_SENT: Any = Field(default_factory=lambda: None)
"""Fields not sent have no default here: they stay as they are."""


class _Sent(BaseModel):
    model_config = STRICT

    def given(self) -> dict[str, Any]:
        """The fields that were sent; None restores the default."""
        return self.model_dump(exclude_unset=True)


class _Patch(_Sent):
    model_config = ConfigDict(extra="forbid")


class SettingsIn(
    create_model(  # type: ignore[misc] # made here, so no type checker can know it
        "SettingsIn", __base__=_Sent, **{n: (_checked(t), _NOT_SENT) for n, t in _TYPES.items()}
    )
):
    """The settings; 0 means no cap, and forever. Requests above the cap wait for approval.

    Fields not sent stay as they are, so that scripts keep working that do not know them yet.
    """


class SettingsPatch(
    create_model(  # type: ignore[misc]
        "SettingsPatch",
        __base__=_Patch,
        **{n: (_checked(t) | None, _NOT_SENT) for n, t in _TYPES.items()},
    )
):
    """A JSON Merge Patch (RFC 7396): fields not sent stay, null restores the default."""


class _Shown(BaseModel):
    default_title: str
    default_owner_name: str = Field(description="What the owner is called at Plex; may be empty.")
    code_available: bool = Field(description="There is an invite code.")
    code_source: CodeSource | None = Field(
        None, description="Where the code that counts is set; `environment` is INVITE_CODE."
    )
    code_unreadable: bool = Field(
        False, description="It was set under another SECRET_KEY: nobody gets in with it."
    )
    saved_at: datetime | None = None
    saved_by: str | None = None


class SettingsOut(
    create_model(  # type: ignore[misc]
        "SettingsOut",
        __base__=_Shown,
        **{name: ((get_args(hint) or (hint,))[0], ...) for name, hint in _TYPES.items()},
    )
):
    """The owner's settings; `default_title` is shown while `title` is empty."""


class ChangeOut(BaseModel):
    """One save that the caller did not know about."""

    at: datetime
    by: str
    fields: list[str]


class ConflictOut(BaseModel):
    """What a 412 adds: the current settings, and who changed what."""

    current: SettingsOut
    changes: list[ChangeOut]


def settings_out(saved: Saved, *, server_name: str, account: str, code: SiteCode) -> SettingsOut:
    """The owner's settings; if there is no code, none is required."""
    last = saved.changes[-1] if saved.changes else None
    fields = asdict(saved.settings)
    fields["code_required"] = saved.settings.code_required and code.exists
    face = describe_face(server_name, saved.settings, account)
    return SettingsOut(
        **fields,
        default_owner_name=account,
        default_title=replace(face, title="").heading,
        code_available=code.exists,
        code_source=code.source,
        code_unreadable=code.unreadable,
        saved_at=last.at if last else None,
        saved_by=last.by if last else None,
    )


def conflict_out(current: SettingsOut, missed: Iterable[Change]) -> ConflictOut:
    """The current settings, and the changes that the caller did not know about."""
    return ConflictOut(
        current=current,
        changes=[ChangeOut(at=one.at, by=one.by, fields=list(one.fields)) for one in missed],
    )
