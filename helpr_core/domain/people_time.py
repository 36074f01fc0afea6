"""Until when somebody has access, and what is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpr_core.domain.people import Share

LONGEST_DAYS = 3650


def until_of(
    access_days: int | None, sent_at: datetime | None, accepted_at: datetime | None
) -> datetime | None:
    """The end according to the terms: counted from the acceptance, or from the sending until then.

    An acceptance before the sending is due to a wrong clock, or belongs to an earlier share.
    """
    begin = max((one for one in (sent_at, accepted_at) if one), default=None)
    if access_days is None or begin is None:
        return None
    return begin + timedelta(days=access_days)


def extended(share: Share, days: int, now: datetime) -> datetime:
    """The end moved by whole days: from the end if it is in the future, otherwise from now."""
    begin = share.access_until if share.access_until and share.access_until > now else now
    return begin + timedelta(days=days)
