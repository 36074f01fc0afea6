"""Whether notices get through: a failing channel cannot report that itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from helpr_core.domain.channels import Channel, ChannelKind
from helpr_core.domain.checks import Check, Severity
from helpr_core.services.notices.reasons import why
from helpr_core.texts import Message, Words, clauses, sentences

NOTICES = "notices"
"""The check's name."""


def notices_check(channels: Sequence[Channel], now: datetime, *, some_named: bool) -> Check:
    """A warning if nothing has got through to a channel for a day; no invite depends on it.

    `some_named`: HELPR_NOTIFY_URLS has addresses, which become channels with the first notice.
    """
    used = [one for one in channels if one.enabled]
    red = [one for one in used if one.is_red(now)]
    if red:
        return Check(
            NOTICES,
            Severity.WARNING,
            clauses(*(_found(one, now) for one in red)),
            sentences(*dict.fromkeys(words for one in red for words in _fix(one))),
        )
    if not used:
        none = "check.notices.named" if some_named and not channels else "check.notices.none"
        return Check(NOTICES, Severity.OK, Message(none))
    failing = sum(one.failing_since is not None for one in used)
    if failing:
        return Check(NOTICES, Severity.OK, Message("check.notices.trying", count=failing))
    return Check(NOTICES, Severity.OK, Message("check.notices.ok"))


def _found(channel: Channel, now: datetime) -> Words:
    since = now - (channel.failing_since or now)
    if channel.kind is ChannelKind.FRIENDS:
        return Message("check.notices.red_mail", since=since)
    name = channel.label or channel.service or channel.kind.value
    return Message("check.notices.red", channel=name, since=since)


def _fix(channel: Channel) -> tuple[Words, Words]:
    is_mail = channel.kind is ChannelKind.FRIENDS
    then = "check.notices.red_mail_fix" if is_mail else "check.notices.red_fix"
    return why(channel.last_error or {}), Message(then)
