"""What the use cases need from outside, as Protocols.

All methods block, are safe to call from many threads, and raise only HelprError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from helpr_core.frozen import dataclass

if TYPE_CHECKING:
    # A cold worker's first invite needs few of them.
    from helpr_core.domain.audit import Actor
    from helpr_core.domain.owned_servers import FoundServer, OwnedServer
    from helpr_core.domain.plex import OwnerAccount, SeatHolders, Server, Share
    from helpr_core.domain.requests import InviteRequest, NewRequest, Note, Outcome
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
