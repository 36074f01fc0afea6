"""Channels as sent and answered: an address is accepted but never shown again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, field_validator

from helpr_core.domain.channels import Channel, ChannelKind, QuietHours, is_time_zone
from helpr_core.domain.notices import DEFAULT_KINDS, KINDS
from helpr_core.services.notices.ports import NotDelivered
from helpr_core.services.notices.reasons import why
from helpr_core.texts import Message, languages, say, tags
from helpr_core.web.queries import EXACT, STRICT
from helpr_core.web.texts import Line
from helpr_core.web.whole import Whole, shown

Kind = Literal["apprise", "webhook", "email"]
Event = Literal[
    "asked",
    "sent",
    "accepted",
    "failed",
    "waiting",
    "token_refused",
    "list_suspicious",
    "seats",
    "ends_soon",
    "removed",
    "not_removed",
    "drift",
    "new_browser",
    "wrong_passwords",
    "housekeeping_late",
    "channel_failing",
    "digest",
]
"""NoticeKind without the values that are only read; a test keeps the two in line."""
Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=2000, pattern=r"^\S+$"),
    Field(description="Write-only: it is kept encrypted and never answered."),
]
Label = Annotated[Line, StringConstraints(max_length=80)]
Language = Annotated[str, StringConstraints(max_length=20)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class QuietHoursIO(BaseModel):
    """From `begins` to `ends` every day, across midnight if `ends` is earlier; nothing is sent
    then, and whatever happens meanwhile is sent together afterwards."""

    model_config = STRICT

    begins: ClockTime
    ends: ClockTime
    time_zone: Annotated[str, StringConstraints(max_length=64)] = "UTC"

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if not is_time_zone(name):
            raise ValueError(Message("channel.no_such_time_zone"))
        return name

    def hours(self) -> QuietHours:
        """The same for the domain."""
        begins, ends = time.fromisoformat(self.begins), time.fromisoformat(self.ends)
        return QuietHours(begins, ends, self.time_zone)


class _Sent(BaseModel):
    model_config = EXACT

    label: Label | None = None
    events: list[Event] | None = Field(
        None, description="What is ticked; null: what needs attention."
    )
    enabled: bool | None = None
    language: Language | None = Field(None, description="Of its messages; English where empty.")
    quiet_hours: QuietHoursIO | None = None
    secret: Annotated[str, StringConstraints(max_length=120, pattern=r"^whsec_\S+$")] | None = (
        Field(None, description="A webhook's signing secret; write-only.")
    )

    def fields(self) -> dict[str, Any]:
        """The fields that were sent, by their names in Channel; null is a field's default."""
        sent = self.model_fields_set
        given = {name: getattr(self, name) for name in _DEFAULTS if name in sent}
        given = {name: _DEFAULTS[name] if one is None else one for name, one in given.items()}
        if "quiet_hours" in sent:
            given["quiet"] = self.quiet_hours.hours() if self.quiet_hours else None
        if "events" in sent:
            ticked = set(map(str, self.events or ()))
            chosen = tuple(kind for kind in KINDS if kind.value in ticked)
            given["events"] = DEFAULT_KINDS if self.events is None else chosen
        return given


_DEFAULTS: dict[str, Any] = {"label": "", "enabled": True, "language": ""}


class ChannelIn(_Sent):
    """A new channel. Without `events` it is ticked for what needs attention."""

    kind: Kind
    address: Address


class ChannelPatch(_Sent):
    """A JSON Merge Patch (RFC 7396): fields not sent stay, null restores the default.

    `address` replaces the previous one, and `secret` the webhook's.
    """

    address: Address | None = None


class LinkMailIn(BaseModel):
    """Who gets a link by mail, and in which language: the caller's if none is named."""

    model_config = STRICT

    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=255)]
    language: Language = ""

    @field_validator("language")
    @classmethod
    def _is_spoken(cls, tag: str) -> str:
        if tag and tag not in tags():
            raise ValueError(Message("channel.no_such_language"))
        return tag


class DecisionIn(BaseModel):
    """The owner's answer, from the page behind a notice's link."""

    model_config = STRICT

    decision: Literal["approve", "deny"]


class ChannelOut(Whole):
    """A channel. `state`: `failing` since `failing_since`, and `red` after a day of that."""

    channel_id: UUID
    kind: str
    service: str
    label: str
    events: list[str]
    enabled: bool
    language: str
    quiet_hours: QuietHoursIO | None = None
    read_only: bool = Field(description="HELPR_NOTIFY_URLS names it.")
    state: Literal["new", "ok", "failing", "red"]
    last_ok_at: datetime | None = None
    failing_since: datetime | None = None
    next_attempt_at: datetime | None = None
    last_error: str | None = None
    created_at: datetime


class ChannelMade(ChannelOut):
    """With the webhook's secret if Helpr generated it: shown only this once."""

    signing_secret: str | None = None


class LanguageOut(BaseModel):
    """A language for messages, and its own name for itself."""

    tag: str
    name: str


class ChannelsOut(BaseModel):
    """All channels, and what can be ticked."""

    channels: list[ChannelOut]
    events: list[str]
    default_events: list[str]
    languages: list[LanguageOut]
    mail_available: bool = Field(description="HELPR_SMTP_URL is set.")
    links_available: bool = Field(description="HELPR_PUBLIC_URL is set.")


class TestOut(BaseModel):
    """The result of a test."""

    ok: bool
    message: str


def channel_out(channel: Channel, now: datetime) -> ChannelOut:
    """One of them."""
    quiet = channel.quiet
    return shown(
        ChannelOut,
        channel,
        kind=channel.kind.value,
        events=[kind.value for kind in channel.events],
        quiet_hours=QuietHoursIO(**quiet.as_json()) if quiet else None,
        read_only=channel.from_environment,
        state=_state(channel, now),
        last_error=say(why(channel.last_error)) if channel.last_error else None,
    )


def channels_out(
    found: Iterable[Channel], now: datetime, *, mail_available: bool, links_available: bool
) -> ChannelsOut:
    """All of them."""
    return ChannelsOut(
        channels=[channel_out(one, now) for one in found],
        events=[kind.value for kind in KINDS],
        default_events=[kind.value for kind in DEFAULT_KINDS],
        languages=[LanguageOut(tag=one.tag, name=one.name) for one in languages()],
        mail_available=mail_available,
        links_available=links_available,
    )


def test_out(failed: NotDelivered | None, kind: ChannelKind) -> TestOut:
    """In plain words."""
    if failed is not None:
        return TestOut(ok=False, message=say(why(failed.as_json())))
    return TestOut(ok=True, message=say(Message(f"channel.taken_{kind.value}")))


def _state(channel: Channel, now: datetime) -> Literal["new", "ok", "failing", "red"]:
    if channel.is_red(now):
        return "red"
    if channel.failing_since is not None:
        return "failing"
    return "ok" if channel.last_ok_at is not None else "new"
