"""What the use cases need from outside, as Protocols.

All methods block, are safe to call from many threads, and raise only HelprError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from helpr_core.domain.invite import InviteRequest, NewRequest, Outcome
from helpr_core.domain.plex import Server, Share


class MediaServer(Protocol):
    """plex.tv. Raises PlexError's leaves only."""

    def fetch_server(self) -> Server:
        """Find the owner's server by its name: two calls. Raises PlexServerUnknown."""

    def fetch_libraries(self, server: Server) -> Server:
        """The same server with its libraries as they are now: one call."""

    def send_invite(self, server: Server, library_ids: Sequence[int], invitee: str) -> bool:
        """Share these libraries: exactly one call, never repeated in here.

        Returns whether the share is accepted already: so it is for a friend of the owner.
        `library_ids` must not be empty: at plex.tv that means every library, also later
        ones. Raises ValueError then, before anything is sent.
        """

    def list_shares(self, server: Server) -> Sequence[Share]:
        """Everyone the server is shared with, invitations that wait included: one call."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The row that stands for a submission, and whether this submission made it."""

    row: InviteRequest
    created: bool


class InviteLog(Protocol):
    """The record of requests. Raises LogUnavailable when the database does not answer."""

    def open(self, new: NewRequest) -> Opened:
        """Record the request as `pending`, or return the row that answers a repeat.

        Decided by the database: of any number of simultaneous calls for one person, on
        any number of instances, one gets `created`.
        """

    def get(self, request_id: UUID) -> InviteRequest | None:
        """The row of that request."""

    def record(self, request_id: UUID, outcome: Outcome) -> InviteRequest | None:
        """Write an attempt's outcome; None when the row is no longer `pending`."""

    def ping(self) -> None:
        """Ask the database for a sign of life."""


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
        """Add to a counter without losing a count, and return what it came to.

        A counter that is not there, or whose window has passed, starts at 0 and lives for
        `window_seconds` from now. Counters and entries do not share keys. An amount of 0
        only reads; a negative one takes back.
        """

    def purge_expired(self, kind: str, limit: int = 1000) -> int:
        """Delete entries and counters whose time has passed, `limit` at most; how many."""

    def ping(self) -> None:
        """Ask the store for a sign of life."""


SITE = "site"
PLEX = "plex"
LIMITS = "limits"
KINDS = (SITE, PLEX, LIMITS)
"""Kinds of state: the owner's choices, what is known of the Plex server, rate limits."""
