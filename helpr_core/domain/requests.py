"""An invite request: its states, what a row holds, and when it is retried."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta
from uuid import UUID

from helpr_core.domain.links import SITE_LINK_ID
from helpr_core.domain.plex import Library
from helpr_core.domain.terms import UNREADABLE, Terms
from helpr_core.domain.vocabulary import Vocabulary
from helpr_core.frozen import dataclass
from helpr_core.texts import Words


class Status(Vocabulary):
    """A request's state. `success` and `failed` keep the meaning they always had."""

    PENDING = "pending"  # recorded; Plex is being asked
    SUCCESS = "success"  # Plex accepted it
    FAILED = "failed"  # refused by Plex, or given up by Helpr after a day
    QUEUED = "queued"  # kept, and retried at next_attempt_at
    AWAITING_APPROVAL = "awaiting_approval"
    DENIED = "denied"
    UNKNOWN = "unknown"  # read from a newer version's row, never written


KNOWN: tuple[Status, ...] = tuple(status for status in Status if status is not Status.UNKNOWN)
"""Every state that this version gives a request."""

SETTLED: tuple[Status, ...] = (Status.SUCCESS, Status.FAILED, Status.DENIED)
"""States with an outcome. A state unknown to this version is neither open nor settled."""


OPEN = (Status.PENDING, Status.QUEUED, Status.AWAITING_APPROVAL)
"""States in which a request has no outcome yet: one such row per person at most."""


class Source(Vocabulary):
    """How a request came in."""

    FORM = "form"
    OWNER = "owner"
    LINK = "link"
    SIGN_IN = "sign_in"
    BATCH = "batch"
    UNKNOWN = "unknown"  # as a status may be


@dataclass(frozen=True, slots=True)
class Note:
    """A note to the owner from whoever asked again. `same_browser`: the one that opened the
    request; otherwise anybody may have written it."""

    at: datetime
    text: str
    same_browser: bool


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What is known before Plex is asked.

    `browser_key` is a keyed hash of the browser that asks, "" if there is none. `plex_user_id` is
    the Plex account of a person who has signed in with Plex.
    """

    request_id: UUID
    email_or_username: str
    identity_key: str
    timestamp: datetime
    source: Source
    server_name: str
    libraries: tuple[Library, ...]
    client_key: str
    note: str = ""
    status: Status = Status.PENDING  # or AWAITING_APPROVAL, or QUEUED
    browser_key: str = ""
    terms: Terms | None = None  # None: stored by a version without terms
    link_id: UUID | None = None  # the link through which it came
    plex_user_id: int | None = None
    error_code: str | None = None  # why it was settled before it began

    @property
    def server(self) -> str:
        """The server it is for, as in the terms."""
        return self.terms.server if self.terms else ""

    @property
    def takes_use(self) -> bool:
        """Whether it takes one of its link's uses; the site's own code has no limit."""
        is_limited = self.link_id is not None and self.link_id != SITE_LINK_ID
        return is_limited and self.status not in SETTLED


@dataclass(frozen=True, slots=True)
class InviteRequest:
    """A row of `invite_requests`. Times are aware UTC, `duration_ms` is Plex's share of it.

    `queued_since` is when the current series of tries began; it ends a day later. `notes` are those
    that came after the first, if they were loaded. `holds_use`: it takes one of its link's uses.
    `share_id` is Plex's id of a share created just now; no row stores it.
    """

    request_id: UUID
    email_or_username: str
    identity_key: str
    timestamp: datetime
    status: Status
    error_code: str | None
    error_message: Words | None
    source: Source
    server_name: str
    libraries: tuple[Library, ...]
    client_key: str
    attempts: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    accepted_at: datetime | None
    updated_at: datetime
    duration_ms: int | None
    note: str = ""
    queued_since: datetime | None = None
    browser_key: str = ""
    notes: tuple[Note, ...] = ()
    terms: Terms = UNREADABLE
    link_id: UUID | None = None
    holds_use: bool = False
    plex_user_id: int | None = None
    share_id: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one attempt; written to the row atomically."""

    status: Status
    at: datetime
    duration_ms: int
    error_code: str | None = None
    error_message: Words | None = None
    next_attempt_at: datetime | None = None
    accepted: bool = False
    sent_at: datetime | None = None  # None: at this moment, if it is a success
    server_name: str | None = None  # None: the row stays as it is
    libraries: tuple[Library, ...] | None = None
    share_id: str = ""


BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
)


def next_attempt(attempts: int, now: datetime, retry_after_seconds: int | None) -> datetime:
    """When to try again after `attempts` tries: 1, 5, 15 and then every 60 minutes.

    A longer Retry-After from plex.tv takes precedence.
    """
    wait = BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1]
    if retry_after_seconds is not None:
        wait = max(wait, timedelta(seconds=retry_after_seconds))
    return now + wait


TRIED_FOR = timedelta(hours=24)
TRIED_UNDER_A_LIMIT_FOR = timedelta(hours=48)


def try_again_at(
    attempts: int,
    queued_since: datetime | None,
    now: datetime,
    retry_after_seconds: int | None,
    *,
    limited: bool = False,
) -> datetime | None:
    """When a request that failed for the `attempts`-th time is tried again; None: no more tries.

    The tries end a day after the first one, with a last try at that time, or later if plex.tv asked
    for more patience. `limited`: plex.tv did not look at the request, because there were too many;
    that ends the tries only after a second day. Tries that seem to begin in the future were
    recorded by a clock that has been set back since: they begin now.
    """
    end = min(queued_since or now, now) + (TRIED_UNDER_A_LIMIT_FOR if limited else TRIED_FOR)
    if now >= end:
        return None
    asked_for = now + timedelta(seconds=retry_after_seconds or 0)
    return max(min(next_attempt(attempts, now, None), end), asked_for)


STALE_AFTER = timedelta(minutes=2)
"""A `pending` row untouched for this long is abandoned: no attempt takes that long (see
services/requests/attempt.py), so its worker died."""

REPEAT_OF_DENIAL = timedelta(minutes=10)
REPEAT_OF_ANSWER = timedelta(seconds=10)


def answers_a_repeat(status: Status, updated_at: datetime, asked_at: datetime) -> bool:
    """Whether a settled row answers a second submission, at `asked_at`, for the same person.

    A double click or a second tab must not reach Plex twice, but what Plex said may be withdrawn a
    moment later: hence the seconds. The owner's denial is our own and holds for a while, or people
    could wear the owner down by asking again. An outcome that came after the second submission
    answers it too, within the time that an attempt may take: anything later can only be due to a
    clock that was set back.
    """
    window = REPEAT_OF_DENIAL if status is Status.DENIED else REPEAT_OF_ANSWER
    return -STALE_AFTER < asked_at - updated_at < window


def as_waiting(new: NewRequest) -> InviteRequest:
    """The row as it will be recorded: kept, and not tried yet.

    `queued` even if approval is needed: the owner has not been asked yet.
    """
    return InviteRequest(
        request_id=new.request_id,
        email_or_username=new.email_or_username,
        identity_key=new.identity_key,
        timestamp=new.timestamp,
        status=Status.QUEUED,
        error_code=None,
        error_message=None,
        source=new.source,
        server_name=new.server_name,
        libraries=new.libraries,
        client_key=new.client_key,
        attempts=0,
        next_attempt_at=None,
        sent_at=None,
        accepted_at=None,
        updated_at=new.timestamp,
        duration_ms=None,
        note=new.note,
        queued_since=new.timestamp,
        browser_key=new.browser_key,
        plex_user_id=new.plex_user_id,
        link_id=new.link_id,
    )
