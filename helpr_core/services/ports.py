"""What the use cases need from outside, as Protocols.

All methods block, are safe to call from many threads, and raise only HelprError.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from helpr_core.domain.audit import Actor, AuditEvent
from helpr_core.domain.batches import Batch, BatchLine, Line
from helpr_core.domain.history import Asked, DayCount, InviteFilter, Page, QueueState
from helpr_core.domain.owned_servers import FoundServer, OwnedServer
from helpr_core.domain.plex import OwnerAccount, SeatHolders, Server, Share
from helpr_core.domain.requests import InviteRequest, NewRequest, Note, Outcome, Status
from helpr_core.domain.terms import Terms
from helpr_core.domain.transitions import Transition
from helpr_core.errors import HelprError


class MediaServer(Protocol):
    """plex.tv. Raises PlexError's leaves only."""

    def find_server(self, known: str = "") -> FoundServer:
        """Look for the owner's server by its name or machine identifier: one call.

        `known` is the machine identifier of the one that was found before, see find_server.
        """

    def fetch_server(self, known: str = "") -> Server:
        """The server with its libraries: two calls.

        Raises PlexServerUnknown, or PlexServersAlike where the name alone does not tell.
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

        With `restrictions` (the named fields) what is there is read first: one call more.

        Where the account's id is known that is whom the share is for, whatever the name.
        `library_ids` must not be empty: at plex.tv that means every library, also later
        ones. Raises ValueError then, before anything is sent.
        """

    def list_shares(self, server: Server) -> Sequence[Share]:
        """Everyone the server is shared with, invitations that wait included: one call."""

    def has_invitation(self, server: Server, share: Share) -> bool:
        """Whether the invitation behind a share that waits is still there: one call.

        When it was taken back on its own, its share is left behind; see `end_share`.
        """

    def end_share(self, server: Server, share: Share) -> None:
        """Take the share away: one call. No error when it is gone already."""

    def fetch_seat_holders(self, server: Server) -> SeatHolders:
        """Who takes a seat of the server's owner, on all servers: three calls."""

    def has_access(self, server: Server, account_id: int) -> bool:
        """Whether plex.tv lists that account as one that has accepted: one call."""

    def fetch_account(self) -> OwnerAccount:
        """The owner's account: one call."""

    def reach(self, server: OwnedServer) -> str | None:
        """The first address at which the media server answers, within a few seconds."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation that Plex took. It is `accepted` at once for a friend of the owner; its
    `share_id` is "" where the answer did not tell."""

    accepted: bool
    share_id: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The row of a submission, and whether this submission created it.

    Without `own` nothing of the row may be told to the browser that asks: another one opened
    the person's request.
    """

    row: InviteRequest
    created: bool
    own: bool = True


class InviteLog(Protocol):
    """The record of requests. Raises LogUnavailable when the database does not answer.

    Each change of a state leaves an event, in the same transaction; `by` is who makes it.
    """

    def open(self, new: NewRequest, by: Actor, *, afresh: bool = False) -> Opened:
        """Record the request with its status, or return the row that answers a repeat.

        Decided by the database: of any number of simultaneous calls for one person, on
        any number of instances, one gets `created`. For a person with a request from another
        browser a new row is `queued` under an id of its own, so that the answer takes as long
        whatever the state. The note of whoever asks again is kept beside the row. With
        `afresh` only an open row answers, and never an earlier request's outcome.
        """

    def find_answer(self, new: NewRequest, by: Actor) -> Opened | None:
        """The row that would answer this request if no new one may be made; its note is kept."""

    def keep_note(self, request_id: UUID, note: Note) -> None:
        """Keep another note of that request, unless it already has the same one."""

    def get(self, request_id: UUID) -> InviteRequest | None:
        """The row of that request."""

    def record(self, row: InviteRequest, outcome: Outcome, by: Actor) -> InviteRequest | None:
        """Write the outcome of the attempt that began with `row`.

        None when the row is no longer `pending`, or when another attempt was recorded
        since: `row.attempts` is compared, so that a straggler overwrites nothing.
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

        Where it ends in `pending` the attempt is the caller's. `terms` take the place of the
        row's own. None when the transition does not start from the row's
        state, when there is no such row, or when the person has another open row.
        """

    def ping(self) -> None:
        """Find out whether requests can be recorded, by writing; nothing of it stays."""


class InviteQueue(Protocol):
    """What waits in the record, for housekeeping. Raises LogUnavailable.

    Each row is claimed in the database: of any number of callers, on any number of
    instances, one gets it. Whoever dies with it leaves it `pending`, and stale later.
    """

    def claim_due(self, now: datetime) -> InviteRequest | None:
        """The `queued` row whose `next_attempt_at` is the longest past, made `pending`; one of a
        batch only where nothing else is due."""

    def claim_stale(self, before: datetime, now: datetime) -> InviteRequest | None:
        """The oldest `pending` row untouched since `before`; its `updated_at` becomes `now`."""

    def mend_times(self, now: datetime) -> Sequence[UUID]:
        """What a clock wrote that has been set back since: due now, or untouched since now.

        The requests that it was in.
        """

    def unaccepted(self, since: datetime, limit: int) -> Sequence[InviteRequest]:
        """`success` rows sent since then and not accepted yet, newest first."""

    def mark_accepted(
        self, request_ids: Collection[UUID], now: datetime
    ) -> Sequence[InviteRequest]:
        """Set `accepted_at` where it is empty; the rows in which it was."""

    def delete_older(self, than: datetime, limit: int) -> Sequence[UUID]:
        """Delete settled rows (no open ones) whose `updated_at` is older; their requests."""

    def next_due(self) -> datetime | None:
        """When the first row is due, or stale; None if none waits."""

    def state(self) -> QueueState:
        """How many rows wait, and since when."""


class InviteHistory(Protocol):
    """Looking at the record, however long it is. Raises LogUnavailable."""

    def page(self, wanted: InviteFilter, limit: int, cursor: str = "") -> Page[InviteRequest]:
        """Newest first, `limit` rows; InvalidInput for an invalid cursor."""

    def stream(self, wanted: InviteFilter) -> Generator[InviteRequest]:
        """All rows of the filter, newest first, read in small batches; close it when done."""

    def get(self, request_id: UUID) -> InviteRequest | None:
        """The row of that request, with its notes; so have those of `page` and `stream`."""

    def of_person(self, keys: Collection[str], limit: int) -> Sequence[InviteRequest]:
        """The newest requests for one who is known under these identity keys, newest first."""

    def newest_of(self, keys: Collection[str]) -> Mapping[str, Asked]:
        """The newest request under each of these identity keys: one query."""

    def counts(self) -> Mapping[Status, int]:
        """How many rows there are in each state; states without rows are 0."""

    def per_day(self, since: datetime, until: datetime) -> Sequence[DayCount]:
        """Rows asked for in [since, until) by UTC day and status; days without rows are absent."""

    def lacks_search_index(self) -> bool:
        """Whether this is a PostgreSQL that reads row after row for a part of a name."""


class BatchLog(Protocol):
    """Batches with their lines. Raises LogUnavailable."""

    def open(
        self,
        batch_id: UUID,
        lines: Sequence[tuple[Line, NewRequest | None]],
        at: datetime,
        by: Actor,
    ) -> bool:
        """Keep the batch and open its requests, all of it or nothing; False where it is there.

        Only one of any number of simultaneous callers, on any instances, gets True. A
        person who has got an open request meanwhile gets no second one, and the line says so.
        """

    def open_keys(self, keys: Collection[str]) -> Collection[str]:
        """Those of these identity keys whose person has a request without an outcome."""

    def get(self, batch_id: UUID) -> Batch | None:
        """The batch of that id, counted."""

    def lines(self, batch_id: UUID) -> Sequence[BatchLine]:
        """All its lines with their requests, in the list's order."""

    def page(self, limit: int, cursor: str = "") -> Page[Batch]:
        """Newest first; InvalidInput for an invalid cursor."""

    def cancel(self, batch_id: UUID, now: datetime, by: Actor) -> int:
        """Call off what was never tried; how many."""

    def delete_older(self, than: datetime, limit: int) -> int:
        """Delete batches that were opened before that; how many."""


class AuditLog(Protocol):
    """Who did what: actions, and changes of requests from their events. Raises LogUnavailable."""

    def append(self, event: AuditEvent) -> None:
        """Keep it; nothing is ever changed."""

    def page(self, limit: int, cursor: str = "", target: str = "") -> Page[AuditEvent]:
        """Newest first; InvalidInput as above.

        Of a target that is named all there is. Else what the owner did and what came of it, and
        of what Helpr did by itself all but each try of the queue.
        """

    def delete_older(self, than: datetime, limit: int, action: str = "") -> int:
        """Delete events older than that, of one action only where it is named; how many."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision of the owner's as JSON, and how often it has changed."""

    value: Mapping[str, Any]
    version: int


class Decisions(Protocol):
    """What the owner has decided, by name. Raises LogUnavailable."""

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

    `kind` is one of KINDS; keys are ASCII, `[A-Za-z0-9_.:-]{1,200}`, else ValueError.
    Values are JSON objects of at most 60,000 bytes, else ValueError. An entry whose
    `expires_at` has passed is not there, for every method. Raises StateUnavailable when
    the store does not answer.
    """

    def get(self, kind: str, key: str) -> Entry | None:
        """The entry, or None."""

    def put(
        self, kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None = None
    ) -> Entry:
        """Write, whatever was there."""

    def insert(
        self, kind: str, key: str, value: Mapping[str, Any], expires_at: datetime | None = None
    ) -> Entry:
        """Write where nothing was; of simultaneous callers one succeeds, else EntryExists."""

    def replace(
        self,
        kind: str,
        key: str,
        value: Mapping[str, Any],
        etag: str,
        expires_at: datetime | None = None,
    ) -> Entry:
        """Write over the entry with that ETag; EntryChanged when it is another or gone."""

    def delete(self, kind: str, key: str, etag: str | None = None) -> bool:
        """Remove; True when something was there. With `etag`, EntryChanged as above."""

    def list(self, kind: str, prefix: str = "") -> Sequence[Entry]:
        """All entries of a kind whose key starts with `prefix`, ordered by key."""

    def increment(self, kind: str, key: str, amount: int, window_seconds: int) -> Counter:
        """Add to a counter without losing a count, and return the new value.

        A counter that is not there, or whose window has passed, starts at 0 and lives for
        `window_seconds` from now; none lives longer, also where the clock has been set back.
        Counters and entries do not share keys. An amount of 0 only reads; a negative one
        takes back.
        """

    def purge_expired(self, kind: str, limit: int = 1000) -> int:
        """Delete entries and counters whose time has passed, `limit` at most; how many."""

    def ping(self) -> None:
        """Find out whether the store can be written to, by doing so; nothing of it stays."""


SITE = "site"
PLEX = "plex"
LIMITS = "limits"
SESSIONS = "sessions"
INBOX = "inbox"
KINDS = (SITE, PLEX, LIMITS, SESSIONS, INBOX)
"""Kinds of state: the owner's choices, what is known of the Plex server, rate limits,
sessions that were ended, requests that wait for the database."""


class SealBroken(HelprError):
    """What was sealed cannot be read: it is damaged, or was sealed with another key."""

    code = "seal_broken"


class Sealer(Protocol):
    """Hides small secrets at rest, those of one purpose."""

    def seal(self, text: str) -> str:
        """Encrypt; the same text sealed twice looks different."""

    def unseal(self, sealed: str) -> str:
        """Decrypt. Raises SealBroken."""
