"""The record beyond one request, as Protocols: for housekeeping, and for the owner to look at.

All methods block, are safe to call from many threads, and raise only HelprError.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from helpr_core.domain.audit import Actor, AuditEvent
from helpr_core.domain.batches import Batch, BatchLine, Line
from helpr_core.domain.history import Asked, DayCount, InviteFilter, Page, QueueState, Total
from helpr_core.domain.requests import InviteRequest, NewRequest, Status


class InviteQueue(Protocol):
    """Waiting requests in the record, for housekeeping. Raises LogUnavailable.

    Each row is claimed in the database: of any number of callers, on any number of
    instances, one gets it. A worker that dies with it leaves it `pending`, and later stale.
    """

    def claim_due(self, now: datetime) -> InviteRequest | None:
        """The `queued` row that is most overdue by `next_attempt_at`, made `pending`; one of a
        batch only if nothing else is due."""

    def claim_stale(self, before: datetime, now: datetime) -> InviteRequest | None:
        """The oldest `pending` row untouched since `before`; its `updated_at` becomes `now`."""

    def mend_times(self, now: datetime) -> Sequence[UUID]:
        """Correct times from a clock that was set back since: due now, or untouched since now.

        Returns the requests affected.
        """

    def hurry(self, error_code: str, now: datetime) -> int:
        """Make due now the `queued` rows that wait because of that error; how many."""

    def unaccepted(self, since: datetime, limit: int) -> Sequence[InviteRequest]:
        """`success` rows sent since then and not accepted yet, newest first."""

    def mark_accepted(
        self, request_ids: Collection[UUID], now: datetime
    ) -> Sequence[InviteRequest]:
        """Set `accepted_at` where it is empty; returns those rows."""

    def delete_older(self, than: datetime, limit: int) -> Sequence[UUID]:
        """Delete settled rows whose `updated_at` is older; returns their requests."""

    def next_due(self) -> datetime | None:
        """When the first row is due, or stale; None if none is waiting."""

    def state(self) -> QueueState:
        """How many rows are waiting, and since when."""


class InviteHistory(Protocol):
    """Queries of the record, however large it is. Raises LogUnavailable."""

    def page(self, wanted: InviteFilter, limit: int, cursor: str = "") -> Page[InviteRequest]:
        """Newest first, `limit` rows; InvalidInput for an invalid cursor."""

    def count(self, wanted: InviteFilter, cursor: str = "") -> Total:
        """How many there are, and how many on the pages before that one; errors as `page`."""

    def stream(self, wanted: InviteFilter) -> Generator[InviteRequest]:
        """All rows of the filter, newest first, read in small batches; close it when done."""

    def get(self, request_id: UUID) -> InviteRequest | None:
        """The row of that request, with its notes, as in `page` and `stream`."""

    def of_person(self, keys: Collection[str], limit: int) -> Sequence[InviteRequest]:
        """A person's newest requests, under these identity keys, newest first."""

    def newest_of(self, keys: Collection[str]) -> Mapping[str, Asked]:
        """The newest request under each of these identity keys: one query."""

    def counts(self) -> Mapping[Status, int]:
        """How many rows there are in each state; states without rows are 0."""

    def per_day(self, since: datetime, until: datetime) -> Sequence[DayCount]:
        """Rows asked for in [since, until) by UTC day and status; days without rows are absent."""

    def lacks_search_index(self) -> bool:
        """Whether this is a PostgreSQL that scans row by row for part of a name."""


class BatchLog(Protocol):
    """Batches with their lines. Raises LogUnavailable."""

    def open(
        self,
        batch_id: UUID,
        lines: Sequence[tuple[Line, NewRequest | None]],
        at: datetime,
        by: Actor,
    ) -> bool:
        """Store the batch and open its requests, all or nothing; False if it exists already.

        Only one of any number of simultaneous callers, on any instances, gets True. A person who
        has an open request by then gets no second one, and the line says so.
        """

    def open_keys(self, keys: Collection[str]) -> Collection[str]:
        """Those of these identity keys whose person has a request without an outcome."""

    def get(self, batch_id: UUID) -> Batch | None:
        """The batch with that id, with its counts."""

    def lines(self, batch_id: UUID) -> Sequence[BatchLine]:
        """All its lines with their requests, in the list's order."""

    def page(self, limit: int, cursor: str = "") -> Page[Batch]:
        """Newest first; InvalidInput for an invalid cursor."""

    def count(self) -> int:
        """How many there are on all pages."""

    def cancel(self, batch_id: UUID, now: datetime, by: Actor) -> int:
        """Call off what was never tried; returns how many."""

    def delete_older(self, than: datetime, limit: int) -> int:
        """Delete batches that were opened before that; returns how many."""


class AuditLog(Protocol):
    """Who did what: actions, and changes of requests from their events. Raises LogUnavailable."""

    def append(self, event: AuditEvent) -> None:
        """Add it; entries never change."""

    def page(self, limit: int, cursor: str = "", target: str = "") -> Page[AuditEvent]:
        """Newest first; InvalidInput as above.

        For a given target, everything. Otherwise what the owner did and its results, and what Helpr
        did by itself except the queue's individual tries.
        """

    def count(self, cursor: str = "", target: str = "") -> Total:
        """How many there are, and how many on the pages before that one; errors as `page`."""

    def delete_older(self, than: datetime, limit: int, action: str = "") -> int:
        """Delete events older than that, only of one action if it is named; returns how many."""
