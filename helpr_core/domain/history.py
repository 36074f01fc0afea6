"""Looking back at requests: what is wanted of the record, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from helpr_core.domain.requests import Status

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InviteFilter:
    """Which requests are wanted; what is empty does not filter.

    `search` is a part of the name or address, whatever its case; with one or two characters
    it is what the name or address begins with. `since` and `until` are aware UTC and compare
    with when it was asked for: since ≤ timestamp < until. `link_id`: those that came by it.
    """

    statuses: frozenset[Status] = field(default_factory=frozenset)
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    link_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page, newest first; `next_cursor` leads to the one after it, "" at the end."""

    rows: Sequence[T]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Asked:
    """That somebody asked, and what became of it. Times are aware UTC."""

    request_id: UUID
    timestamp: datetime
    status: Status
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many requests of one UTC day are in one state."""

    day: date
    status: Status
    count: int


@dataclass(frozen=True, slots=True)
class QueueState:
    """What waits: rows to be tried again, and when the oldest of them was asked for."""

    queued: int
    oldest: datetime | None
    stale: int  # `pending` for more than two minutes: a worker died with it
