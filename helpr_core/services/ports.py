"""What the use cases need from outside, as Protocols.

All methods block, are safe to call from many threads, and raise only HelprError.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from helpr_core.frozen import dataclass

if TYPE_CHECKING:
    # A cold worker's first invite needs few of them.
    from helpr_core.domain.audit import Actor, AuditEvent
    from helpr_core.domain.batches import Batch, BatchLine, Line
    from helpr_core.domain.history import Asked, DayCount, InviteFilter, Page, QueueState, Total
    from helpr_core.domain.owned_servers import FoundServer, OwnedServer
    from helpr_core.domain.plex import OwnerAccount, SeatHolders, Server, Share
    from helpr_core.domain.requests import InviteRequest, NewRequest, Note, Outcome, Status
    from helpr_core.domain.terms import Terms
    from helpr_core.domain.transitions import Transition


class MediaServer(Protocol):
    """plex.tv. Raises PlexError's leaves only."""

    def find_server(self, known: str = "") -> FoundServer:
        """Look for the owner's server by its name or machine identifier: one call.

        `known` is the machine identifier of the one that was found before, see find_server.
        """

    def fetch_server(self, known: str = "") -> Server:
        """The server with its libraries: two calls.

        Raises PlexServerUnknown, or PlexServersAlike if the name is ambiguous.
        """

    def fetch_libraries(self, server: Server) -> Server:
        """The same server with its libraries as they are now: one call."""

    def send_invite(
        self,
        server: Server,
        library_ids: Sequence[int],
        invitee: str,
        restrictions: Mapping[str, Any] | None = None,
        account_id: int | None = None,
    ) -> Sent:
        """Share these libraries: exactly one call, never repeated in here.

        With `restrictions` (the named fields) the current ones are read first: one more call.

        If the account's id is known, the share is for that account, whatever the name.
        `library_ids` must not be empty: to plex.tv that means every library, even future ones. It
        raises ValueError, before anything is sent.
        """

    def list_shares(self, server: Server) -> Sequence[Share]:
        """Everyone the server is shared with, including pending invitations: one call."""

    def has_invitation(self, server: Server, share: Share) -> bool:
        """Whether the invitation behind a pending share still exists: one call.

        If only the invitation was taken back, its share is left behind; see `end_share`.
        """

    def end_share(self, server: Server, share: Share) -> None:
        """Remove the share: one call. No error if it is already gone."""

    def fetch_seat_holders(self, server: Server) -> SeatHolders:
        """Who takes the owner's seats, on all servers: three calls."""

    def has_access(self, server: Server, account_id: int) -> bool:
        """Whether plex.tv lists that account as having accepted: one call."""

    def fetch_account(self) -> OwnerAccount:
        """The owner's account: one call."""

    def reach(self, server: OwnedServer) -> str | None:
        """The first address at which the media server answers, within a few seconds."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation that Plex accepted. It is `accepted` at once for a friend of the owner; its
    `share_id` is "" if the answer did not include it."""

    accepted: bool
    share_id: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The row of a submission, and whether this submission created it.

    Without `own`, nothing about the row may be revealed to the asking browser: another one opened
    the person's request.
    """

    row: InviteRequest
    created: bool
    own: bool = True


class InviteLog(Protocol):
    """The record of requests. Raises LogUnavailable if the database does not answer.

    Each change of a state leaves an event, in the same transaction; `by` is who makes it.
    """

    def open(self, new: NewRequest, by: Actor, *, afresh: bool = False) -> Opened:
        """Record the request with its status, or return the row that answers a repeat.

        Decided by the database: of any number of simultaneous calls for one person, on
        any number of instances, one gets `created`. For a person with a request from another
        browser a new row is `queued` under an id of its own, so that the answer takes equally long
        whatever the state. A repeat's note is stored beside the row. With `afresh` only an open row
        answers, never an earlier request's outcome.

        A request to another server is no repeat: raises OtherServerFirst while that one is open.
        """

    def find_answer(self, new: NewRequest, by: Actor) -> Opened | None:
        """The row that answers this request if no new one may be created; its note is stored."""

    def keep_note(self, request_id: UUID, note: Note) -> None:
        """Store another note on that request, unless it already has the same one."""

    def get(self, request_id: UUID) -> InviteRequest | None:
        """The row of that request."""

    def record(self, row: InviteRequest, outcome: Outcome, by: Actor) -> InviteRequest | None:
        """Write the outcome of the attempt that began with `row`.

        None if the row is no longer `pending`, or if another attempt was recorded since:
        `row.attempts` is compared, so a straggler overwrites nothing.
        """

    def change(
        self,
        request_id: UUID,
        transition: Transition,
        now: datetime,
        by: Actor,
        terms: Terms | None = None,
    ) -> InviteRequest | None:
        """Take the row through that transition; of simultaneous callers one does.

        If it ends in `pending`, the attempt belongs to the caller. `terms` replace the row's own.
        None if the transition does not start from the row's state, if there is no such row, or if
        the person has another open row.
        """

    def ping(self) -> None:
        """Find out whether requests can be recorded, by a write that leaves nothing behind."""


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


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One of the owner's decisions as JSON, and how often it has changed."""

    value: Mapping[str, Any]
    version: int


class Decisions(Protocol):
    """The owner's decisions, by name. Raises LogUnavailable."""

    def get(self, name: str) -> DecisionRow | None:
        """The decision with that name; None before the first save."""

    def put(
        self,
        name: str,
        value: Mapping[str, Any],
        version: int,
        after: int,
        at: datetime,
        by: str | None,
    ) -> bool:
        """Write it as the version after `after` (0 for none); False if another is stored.

        Only one of any number of simultaneous callers, on any instances, gets True.
        """


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the state store. `etag` changes with every write."""

    key: str
    value: Mapping[str, Any]
    etag: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter's value, and when it starts again from zero (aware UTC)."""

    value: int
    expires_at: datetime


class StateStore(Protocol):
    """Small shared state: JSON objects by (kind, key), and counters.

    `kind` is one of KINDS; keys are ASCII, `[A-Za-z0-9_.:-]{1,200}`; values are JSON objects of at
    most 60,000 bytes; anything else is a ValueError. An entry whose `expires_at` has passed does
    not exist for any method. Raises StateUnavailable if the store does not answer.
    """

    def get(self, kind: str, key: str) -> Entry | None:
        """The entry, or None."""

    def put(
        self, kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None = None
    ) -> Entry:
        """Write, replacing anything there."""

    def insert(
        self, kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None = None
    ) -> Entry:
        """Write if nothing is there; of simultaneous callers all but one get EntryExists."""

    def replace(
        self,
        kind: str,
        key: str,
        value: Mapping[str, Any],
        etag: str,
        expires_at: datetime | None = None,
    ) -> Entry:
        """Overwrite the entry with that ETag; EntryChanged if it differs or the entry is gone."""

    def delete(self, kind: str, key: str, etag: str | None = None) -> bool:
        """Remove; True if something was there. With `etag`, EntryChanged as above."""

    def list(self, kind: str, prefix: str = "") -> Sequence[Entry]:
        """All entries of a kind whose key starts with `prefix`, ordered by key."""

    def increment(self, kind: str, key: str, amount: int, window_seconds: int) -> Counter:
        """Add to a counter without losing a count, and return the new value.

        A missing counter, or one whose window has passed, starts at 0 and lives for
        `window_seconds` from now; none lives longer, even if the clock has been set back. Counters
        and entries do not share keys. An amount of 0 only reads; a negative one takes back.
        """

    def purge_expired(self, kind: str, limit: int = 1000) -> int:
        """Delete expired entries and counters, at most `limit`; returns how many."""

    def ping(self) -> None:
        """Find out whether the store can be written to, by a write that leaves nothing behind."""


SITE = "site"
PLEX = "plex"
LIMITS = "limits"
SESSIONS = "sessions"
INBOX = "inbox"
KINDS = (SITE, PLEX, LIMITS, SESSIONS, INBOX)
"""Kinds of state: the owner's choices, what is known about the Plex server, rate limits, ended
sessions, requests that wait for the database."""
