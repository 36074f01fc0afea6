"""Which state of a request may follow which, and what each change is called."""

from __future__ import annotations

from helpr_core.domain.requests import Status
from helpr_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state: its name in the events, where it may start, and where it ends."""

    name: str
    before: tuple[Status, ...]
    after: Status


OPENED = "opened"
"""Before this event there was no row."""

SENT = Transition("sent", (Status.PENDING,), Status.SUCCESS)
FAILED = Transition("failed", (Status.PENDING,), Status.FAILED)
QUEUED = Transition("queued", (Status.PENDING,), Status.QUEUED)
HELD = Transition("held", (Status.PENDING,), Status.AWAITING_APPROVAL)
"""It was kept before anybody could tell whether the owner must approve it; the owner must."""

TRIED = Transition("tried", (Status.QUEUED,), Status.PENDING)
"""It is due in the queue."""
INTERRUPTED = Transition("interrupted", (Status.PENDING,), Status.PENDING)
"""Its worker died, and another one finds out what happened."""
ACCEPTED = Transition("accepted", (Status.SUCCESS,), Status.SUCCESS)

RETRIED = Transition("retried", (Status.FAILED, Status.QUEUED, Status.SUCCESS), Status.PENDING)
APPROVED = Transition("approved", (Status.AWAITING_APPROVAL, Status.DENIED), Status.PENDING)
"""Also from denied: the owner may change their mind."""
ANSWERED_YES = Transition("approved", (Status.AWAITING_APPROVAL,), Status.PENDING)
"""Through the link in a notice, which works only for the first answer."""
DENIED = Transition("denied", (Status.AWAITING_APPROVAL,), Status.DENIED)
CANCELLED = Transition("cancelled", (Status.QUEUED,), Status.DENIED)
"""The owner calls off what a batch has not started yet."""
CANCELLED_CODE = "cancelled"
"""The error code of such a request."""
TAKEN_OVER = Transition("taken_over", (Status.QUEUED, Status.AWAITING_APPROVAL), Status.PENDING)
"""The owner invites somebody whose own request is waiting."""

OUTCOMES = {one.after: one for one in (SENT, FAILED, QUEUED, HELD)}
"""The possible outcomes of an attempt, by the resulting state."""
