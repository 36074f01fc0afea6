"""What the people's use cases need from outside, as Protocols.

All methods block, are safe to call from many threads, and raise only HelprError.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from helpr_core.domain.history import Page
from helpr_core.domain.people import Lists, Person, Restrictions, Share, ShareState
from helpr_core.domain.people_operations import Operation, State
from helpr_core.domain.people_reading import Doubt, Reading, Verdict
from helpr_core.errors import HelprError
from helpr_core.frozen import dataclass


class PeopleSource(Protocol):
    """plex.tv's lists. Raises PlexError's leaves."""

    def read_lists(self, servers: Sequence[str]) -> Lists:
        """Everybody on all servers: two calls. `servers` are those read one by one if necessary."""

    def read_home(self) -> Sequence[int]:
        """The account ids of the members of the owner's Plex Home: one call."""


class PeopleChanges(Protocol):
    """Changes at plex.tv. Raises PlexError's leaves; an answer is only a hint."""

    def cancel_invitation(self, invite_id: str) -> None:
        """Take back the pending invitation for that account id or address, on all servers: one
        call."""

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
        """The features of the owner's subscription: one call."""

    def read_restrictions(self, account_id: int) -> Restrictions:
        """A person's current restrictions: one call."""

    def set_restrictions(self, account_id: int, fields: Mapping[str, Any]) -> Restrictions:
        """Set the named fields, keeping the others; returns the result: three calls."""


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
    """Which people are wanted; an empty field or None does not filter."""

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
    """What an order needs from the record of people. Raises LogUnavailable."""

    def get(self, person_id: UUID) -> Person | None:
        """One person with all shares."""

    def describe(self, person_id: UUID, values: Mapping[str, Any]) -> Person | None:
        """Change `note`, `exempt`, `restrictions`, `promised` or `restrictions_due`; None if there
        is no such person."""

    def change_share(
        self, person_id: UUID, server_id: str, values: Mapping[str, Any]
    ) -> Share | None:
        """Change `access_until`, `access_days`, `promised`, `state`, `removed_at`, `gone_reason`
        or `drift`."""


class PeopleLog(PersonKeeper, Protocol):
    """People and their shares as Helpr stores them. Raises LogUnavailable."""

    def last_reading(self) -> LastReading:
        """The result of the last reading."""

    def take_in(self, reading: Reading, managed: Collection[str]) -> Reading:
        """Judge a reading against what is known and write what it changes; returns the judged
        reading.

        One at a time, ensured by the database. A reading that began before the last one was taken
        in changes nothing.
        """

    def note_home(self, account_ids: Sequence[int], at: datetime) -> None:
        """Store who is in the owner's Plex Home; the next reading counts them."""

    def confirm_doubt(self) -> None:
        """Accept a list that lacks what the last suspicious one lacked, and nothing else."""

    def page(self, wanted: PeopleFilter, limit: int, cursor: str = "") -> Page[Person]:
        """Ordered by name; InvalidInput for an invalid cursor."""

    def count(self, wanted: PeopleFilter) -> int:
        """How many there are on all pages."""

    def servers(self) -> Mapping[str, str]:
        """The servers that somebody has or had access to: their names by machine identifier."""

    def names(self, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """These people's names; unknown people are left out."""

    def over(self, limit: int) -> Sequence[tuple[UUID, str]]:
        """Shares past their end by the database's clock, without an operation under way."""

    def next_end(self) -> datetime | None:
        """When the next share ends, or ended; None if no share has an end."""

    def share_of_request(self, request_id: UUID) -> Share | None:
        """The access granted by a request, unless its person is exempt or in the Home."""

    def stale(self, days: int, limit: int) -> Sequence[tuple[UUID, str]]:
        """Invitations that have been waiting that many days, as above."""

    def tell_ends_soon(self, days: Sequence[int], limit: int) -> int:
        """Write an event for each end at most that many days away; returns how many.

        Once for each number, using the nearest that fits; a new end date starts again.
        """

    def restrictions_due(self, limit: int) -> Sequence[Person]:
        """People whose promised restrictions plex.tv shows differently."""


class OperationKeeper(Protocol):
    """What an order needs from the operations. Raises LogUnavailable."""

    def add(self, operation: Operation) -> Operation:
        """Add it, replacing an older one that it supersedes; returns the one kept.

        An unfinished operation with the same kind and target is kept instead.
        """

    def page(
        self,
        limit: int,
        cursor: str = "",
        person_id: UUID | None = None,
        states: Collection[State] = (),
        search: str = "",
    ) -> Page[Operation]:
        """Newest first; only of one person, in some states, or of people called so, if given."""

    def cancel(self, operation_id: UUID) -> Operation | None:
        """Cancel a waiting one; None if it is under way or over."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The keys under which the person was known, how many requests were deleted, and whether a
    nameless row stays because the person still has access."""

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
    """Erases what is known about people and requests. Raises LogUnavailable."""

    def erase(self, person_id: UUID) -> Erased | None:
        """One person, in one transaction; None if there is none. Raises StillOpen."""

    def delete_request(self, request_id: UUID) -> bool | None:
        """A settled request; False if it is open, None if there is none."""

    def delete_gone(self, before: datetime | None, limit: int) -> int:
        """Delete people whose access ended before that (None: none of those), and people who were
        erased and no longer have access. Returns how many."""


class OperationLog(OperationKeeper, Protocol):
    """Promised operations. Raises LogUnavailable."""

    def claim(self, skip: Collection[UUID] = (), only: UUID | None = None) -> Operation | None:
        """Claim the operation that has been due longest and make it `working`; one worker gets it.

        This includes one whose worker died, but never one for a person who has another under way or
        an older one waiting. `skip` are those that the caller has already had; `only`, if given, is
        the only one wanted.
        """

    def record(self, operation: Operation) -> bool:
        """Write the state of a claimed one; False if the caller no longer holds it."""

    def get(self, operation_id: UUID) -> Operation | None:
        """The operation."""

    def retry(self, operation_id: UUID) -> Operation | None:
        """Make a failed or waiting one due now; None if its state does not allow it."""

    def hurry(self, error_code: str) -> None:
        """Make due now those that wait because of that error."""

    def next_due(self) -> datetime | None:
        """When the first one is due."""

    def delete_older(self, days: int, limit: int) -> int:
        """Delete finished ones untouched for that long; returns how many."""
