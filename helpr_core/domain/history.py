"""Queries of past requests, and their results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from helpr_core.domain.requests import Status
from helpr_core.frozen import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InviteFilter:
    """Which requests are wanted; an empty field does not filter.

    `search` is part of the name or address, in any case; one or two characters must be its
    beginning. `since` and `until` are aware UTC and compare with the time of the request: since ≤
    timestamp < until. `link_id`: those that came through that link.
    """

    statuses: frozenset[Status] = field(default_factory=frozenset)
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    link_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page, newest first; `next_cursor` leads to the next one, "" at the end."""

    rows: Sequence[T]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows there are on all pages, and on those before one of them."""

    rows: int
    before: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and its outcome, in short. Times are aware UTC."""

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
    """What is waiting: rows to be retried, and when the oldest of them was requested."""

    queued: int
    oldest: datetime | None
    stale: int  # `pending` for more than two minutes: a worker died with it
