"""Until when somebody has access, and what is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpr_core.domain.people import Person, Share, ShareState

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


def may_end(person: Person) -> bool:
    """Whether an end date applies: not for the exempt, nor for members of the owner's Home."""
    return not (person.exempt or person.home)


def is_over(person: Person, share: Share, now: datetime) -> bool:
    """Whether the share is past its end and still to be removed."""
    open_states = (ShareState.ACTIVE, ShareState.PENDING, ShareState.UNKNOWN)
    until = share.access_until
    return may_end(person) and share.state in open_states and until is not None and until <= now


def is_stale(person: Person, share: Share, now: datetime, stale_days: int) -> bool:
    """Whether an invitation has been waiting longer than the owner allows."""
    if not stale_days or not may_end(person) or share.state is not ShareState.PENDING:
        return False
    return share.invited_at is not None and now - share.invited_at >= timedelta(days=stale_days)
