"""What the people's use cases need from outside, as Protocols.

All methods block, are safe to call from many threads, and raise only HelprError.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from helpr_core.domain.history import Page
from helpr_core.domain.people import Lists, Person, Restrictions, Share, ShareState
from helpr_core.domain.people_operations import Operation, State
from helpr_core.domain.people_reading import Doubt, Reading, Verdict
from helpr_core.errors import HelprError


class PeopleSource(Protocol):
    """plex.tv's lists. Raises PlexError's leaves."""

    def read_lists(self, servers: Sequence[str]) -> Lists:
        """Everybody on all servers: two calls. `servers` are those asked singly if need be."""

    def read_home(self) -> Sequence[int]:
        """The account ids of the members of the owner's Plex Home: one call."""


class PeopleChanges(Protocol):
    """What may be changed at plex.tv. Raises PlexError's leaves; an answer is only a hint."""

    def cancel_invitation(self, invite_id: str) -> None:
        """Take back what waits for that account id or address, on all servers: one call."""

    def end_share(self, server_id: str, share_id: str) -> None:
        """Remove one share: one call. No error if it is already gone."""

    def set_libraries(self, server_id: str, share_id: str, library_ids: Sequence[int]) -> None:
        """Replace a share's libraries: one call. ValueError for none."""

    def invite(
        self,
        server_id: str,
        invitee: str,
        library_ids: Sequence[int],
        restrictions: Mapping[str, Any] | None = None,
    ) -> None:
        """Send an invitation: one call, two with `restrictions` (the named fields).

        ValueError for no libraries."""

    def read_features(self) -> Collection[str]:
        """What the owner's subscription allows: one call."""

    def read_restrictions(self, account_id: int) -> Restrictions:
        """A person's restrictions at present: one call."""

    def set_restrictions(self, account_id: int, fields: Mapping[str, Any]) -> Restrictions:
        """Put the named fields over what is there; what is there afterwards: three calls."""


@dataclass(frozen=True, slots=True)
class LastReading:
    """The result of the last reading. Times are aware UTC; None if there was none.

    `read_at` is the end of the last plausible one; `seats` are people and invited then.
    `home` are the account ids of the members of the owner's Plex Home.
    """

    began_at: datetime | None = None
    read_at: datetime | None = None
    verdict: Verdict = Verdict.FAILED
    code: str = ""
    doubt: Doubt | None = None
    seats: tuple[int, int] | None = None
    paths_gone: tuple[str, ...] = ()
    home: tuple[int, ...] = ()
    home_read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people are wanted; what is empty or None does not matter."""

    states: frozenset[ShareState] = frozenset()
    server_id: str = ""
    link_id: str = ""
    ends_within_days: int | None = None
    drift: bool = False
    exempt: bool | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """Somebody whose access to a server ends soon, or should have ended; `until` is aware UTC."""

    person_id: UUID
    name: str
    server_name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class PeopleSummary:
    """What the overview says about people. `ends_soon` are the first of `ends_soon_count`;
    `drift_count` are people, `failed_count` are operations that were given up."""

    reading: LastReading
    ends_soon: tuple[Ending, ...]
    ends_soon_count: int
    drift_count: int
    failed_count: int


class PersonKeeper(Protocol):
    """What an order needs of the people's record. Raises LogUnavailable."""

    def get(self, person_id: UUID) -> Person | None:
        """One person with all shares."""

    def describe(self, person_id: UUID, values: Mapping[str, Any]) -> Person | None:
        """Change `note`, `exempt`, `restrictions`, `promised` or `restrictions_due`; None where
        there is no such person."""

    def change_share(
        self, person_id: UUID, server_id: str, values: Mapping[str, Any]
    ) -> Share | None:
        """Change `access_until`, `access_days`, `promised`, `state`, `removed_at`, `gone_reason`
        or `drift`."""


class PeopleLog(PersonKeeper, Protocol):
    """People and their shares as Helpr keeps them. Raises LogUnavailable."""

    def last_reading(self) -> LastReading:
        """What the last reading was worth."""

    def take_in(self, reading: Reading, managed: Collection[str]) -> Reading:
        """Weigh a reading against what is known and write what it changes; the weighed one.

        One at a time, decided by the database. A reading that began before the last one was
        taken in changes nothing.
        """

    def note_home(self, account_ids: Sequence[int], at: datetime) -> None:
        """Keep who is in the owner's Plex Home; the next reading counts them."""

    def confirm_doubt(self) -> None:
        """Believe a list that lacks what the last suspicious one lacked, and nothing else."""

    def page(self, wanted: PeopleFilter, limit: int, cursor: str = "") -> Page[Person]:
        """Ordered by name; InvalidInput for an invalid cursor."""

    def count(self, wanted: PeopleFilter) -> int:
        """How many they are on all pages."""

    def names(self, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """What these people are called; those who are not known are absent."""

    def over(self, limit: int) -> Sequence[tuple[UUID, str]]:
        """Shares past their end by the database's clock, without an operation under way."""

    def next_end(self) -> datetime | None:
        """When the next share ends, or ended; None if no share has an end."""

    def share_of_request(self, request_id: UUID) -> Share | None:
        """The access granted by a request, unless its person is exempt or in the Home."""

    def stale(self, days: int, limit: int) -> Sequence[tuple[UUID, str]]:
        """Invitations that have waited for that many days, as above."""

    def tell_ends_soon(self, days: Sequence[int], limit: int) -> int:
        """Write an event for each end at most that many days away; returns how many.

        Once for each of the numbers, of the nearest that fits; a new end date starts again.
        """

    def restrictions_due(self, limit: int) -> Sequence[Person]:
        """People who came with restrictions that plex.tv shows otherwise."""


class OperationKeeper(Protocol):
    """What an order needs of the operations. Raises LogUnavailable."""

    def add(self, operation: Operation) -> Operation:
        """Add it, replacing an older one that it supersedes; returns the one kept.

        An operation with the same kind and target that is not finished stands already.
        """

    def page(
        self,
        limit: int,
        cursor: str = "",
        person_id: UUID | None = None,
        states: Collection[State] = (),
    ) -> Page[Operation]:
        """Newest first; of one person, or in some states, where these are named."""

    def cancel(self, operation_id: UUID) -> Operation | None:
        """Let a waiting one go; None when it is under way or over."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The keys under which the person was known, how many requests went, and whether a row
    without a name stays because the person still has access."""

    identity_keys: frozenset[str]
    requests: int
    stays: bool


class StillOpen(HelprError):
    """Something about the person is still to be done: an operation, a request, or an invitation."""

    code = "still_open"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Erasing(Protocol):
    """What is known of people and requests, taken out. Raises LogUnavailable."""

    def erase(self, person_id: UUID) -> Erased | None:
        """One person, in one transaction; None where there is none. Raises StillOpen."""

    def delete_request(self, request_id: UUID) -> bool | None:
        """A settled request; False if it is open, None if there is none."""

    def delete_gone(self, before: datetime | None, limit: int) -> int:
        """People whose access ended before that, None for none of those; and whoever was erased
        and has no access any more. How many."""


class OperationLog(OperationKeeper, Protocol):
    """What is promised. Raises LogUnavailable."""

    def claim(self, skip: Collection[UUID] = (), only: UUID | None = None) -> Operation | None:
        """The operation that is due the longest, made `working`; one worker gets it.

        Also one whose worker died. Never one of a person who has another under way, or an
        older one that waits. `skip` are those that the caller has had; `only` is the
        one that is wanted, where no other is.
        """

    def record(self, operation: Operation) -> bool:
        """Write the state of one that the caller has claimed; False when it has it no longer."""

    def get(self, operation_id: UUID) -> Operation | None:
        """The operation."""

    def retry(self, operation_id: UUID) -> Operation | None:
        """Make a failed or waiting one due now; None if its state does not allow it."""

    def next_due(self) -> datetime | None:
        """When the first one is due."""

    def delete_older(self, days: int, limit: int) -> int:
        """Delete finished ones that nobody has touched for that long; how many."""
