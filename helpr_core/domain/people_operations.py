"""What Helpr has undertaken to do to a share at plex.tv, and which step comes next.

An operation has a target: "no share of this person on this server", "exactly these libraries".
It is done when a plausible reading shows the target. plex.tv's answer to a call is only a hint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from helpr_core.domain.people import Listed, Share, ShareState
from helpr_core.domain.restrictions import known
from helpr_core.frozen import dataclass
from helpr_core.texts import Words

GIVEN_UP_AFTER = timedelta(hours=48)
STALE_AFTER = timedelta(minutes=5)
"""A `working` operation untouched for this long belongs to a worker that died."""
_WAITS = (10, 30, 60, 300, 900, 3600)
"""Seconds before the next attempt, after the first, the second …; then the last value repeats."""


class Kind(StrEnum):
    """What is to be reached."""

    REMOVE = "remove"
    SET_LIBRARIES = "set_libraries"
    SET_RESTRICTIONS = "set_restrictions"
    CANCEL = "cancel"
    RESEND = "resend"


class State(StrEnum):
    """An operation's state; the last three are final."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (State.QUEUED, State.WORKING)


class Step(StrEnum):
    """What an attempt does now."""

    NOTHING = "nothing"
    """The target is shown: done."""
    WAIT = "wait"
    """It is not clear yet."""
    TAKE_AWAY = "take_away"
    LIBRARIES = "libraries"
    INVITE = "invite"
    RESTRICT = "restrict"
    GIVE_UP = "give_up"
    """The target cannot be reached: there is nothing to change."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`target` has `libraries` (ids), `restrictions` (the named fields), `access_days`, a
    `reason`, or nothing.

    `server_id` is "" for restrictions, which apply to all servers. `acted_at` is when plex.tv last
    accepted a step; `old_share` is the id of the share that a resend removed; `invited_at` is when
    it invited again. Times are aware UTC.
    """

    operation_id: UUID
    kind: Kind
    person_id: UUID
    server_id: str
    target: Mapping[str, Any]
    state: State
    created_at: datetime
    updated_at: datetime
    attempts: int = 0
    next_attempt_at: datetime | None = None
    acted_at: datetime | None = None
    old_share: str = ""
    invited_at: datetime | None = None
    error_code: str | None = None
    error_message: Words | None = None

    @property
    def library_ids(self) -> tuple[int, ...]:
        """The libraries of the target."""
        return tuple(one for one in self.target.get("libraries") or () if isinstance(one, int))

    @property
    def access_days(self) -> int | None:
        """How many days of access a resent invitation gives; None: it sets no end."""
        days = self.target.get("access_days")
        return days if isinstance(days, int) else None

    @property
    def restrictions(self) -> Mapping[str, Any]:
        """The restrictions of the target: the fields that are named."""
        return known(self.target.get("restrictions"))

    @property
    def reason(self) -> str:
        """Why it was requested: `ended`, `stale`, `owner`."""
        return str(self.target.get("reason") or "owner")


@dataclass(frozen=True, slots=True)
class View:
    """What is known about the share when a step is chosen.

    `row` is what the last reading lists, `share` what Helpr stores. `is_current`: the reading is
    plausible and began after the operation's last step.
    """

    share: Share | None
    row: Listed | None
    is_current: bool


def next_step(operation: Operation, view: View) -> Step:
    """The next step, given what is known."""
    if operation.kind in (Kind.REMOVE, Kind.CANCEL):
        return _towards_nothing(operation, view)
    if operation.kind is Kind.SET_RESTRICTIONS:
        return Step.NOTHING if operation.acted_at else Step.RESTRICT
    if not view.is_current:
        return Step.WAIT
    if operation.kind is Kind.SET_LIBRARIES and not operation.old_share:
        return _towards_libraries(operation, view)
    return _towards_a_new_invitation(operation, view)


def _towards_nothing(operation: Operation, view: View) -> Step:
    if operation.kind is Kind.CANCEL and view.row is not None and view.row.accepted:
        return Step.GIVE_UP  # it was accepted meanwhile
    if not view.is_current:
        # The row is deleted by its id, whatever the lists look like today.
        known = view.share is not None and view.share.share_id
        return Step.TAKE_AWAY if known and not operation.acted_at else Step.WAIT
    if view.row is not None:
        return Step.TAKE_AWAY
    if operation.acted_at or view.share is None or view.share.state is ShareState.GONE:
        return Step.NOTHING
    # One list that lacks it is no proof: plex.tv is asked to delete what may be there.
    return Step.TAKE_AWAY if view.share.share_id else Step.NOTHING


def _towards_libraries(operation: Operation, view: View) -> Step:
    row = view.row
    if row is None:
        return Step.WAIT if view.share and view.share.is_listed else Step.GIVE_UP
    if row.libraries is not None and not row.all_libraries:
        shown = {one.id for one in row.libraries}
        if shown == set(operation.library_ids):
            return Step.NOTHING
    # A pending invitation keeps the libraries it was sent with.
    return Step.LIBRARIES if row.accepted else Step.TAKE_AWAY


def _towards_a_new_invitation(operation: Operation, view: View) -> Step:
    row = view.row
    if row is None:
        return Step.INVITE
    if row.accepted and not operation.old_share:
        return Step.NOTHING  # there is access, which is all that an invitation is for
    if row.share_id == operation.old_share:
        return Step.TAKE_AWAY
    if operation.old_share or operation.invited_at:
        return Step.NOTHING
    return Step.TAKE_AWAY


def acted(operation: Operation, step: Step, view: View, at: datetime) -> Operation:
    """The operation after plex.tv accepted a step."""
    operation = replace(operation, acted_at=at, error_code=None, error_message=None)
    if step is Step.INVITE:
        return replace(operation, invited_at=at)
    if step is Step.TAKE_AWAY and operation.kind in (Kind.RESEND, Kind.SET_LIBRARIES):
        share_id = view.row.share_id if view.row else ""
        return replace(operation, old_share=share_id or operation.old_share)
    return operation


def next_attempt(operation: Operation, now: datetime, wait_seconds: int | None) -> datetime | None:
    """When it is tried again; None when its time is over. A Retry-After from Plex counts."""
    if now - operation.created_at >= GIVEN_UP_AFTER:
        return None
    usual = _WAITS[min(max(operation.attempts, 1), len(_WAITS)) - 1]
    return now + timedelta(seconds=max(usual, wait_seconds or 0))


def is_replaced_by(older: Operation, newer: Operation) -> bool:
    """Whether the older one gives way: both are about the same share, and it has not begun.

    A removal also replaces one that has begun and waits for its next attempt: none of it remains.
    """
    same = (older.person_id, older.server_id) == (newer.person_id, newer.server_id)
    not_begun = older.attempts == 0 or newer.kind is Kind.REMOVE
    return same and older.state is State.QUEUED and not_begun
