"""A request's state for the friend's page, from the record or the inbox."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.messages import RECEIVED_CODE
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.domain.transitions import TRIED
from helpr_core.errors import HelprError, LogUnavailable
from helpr_core.kept import Kept
from helpr_core.patience import within
from helpr_core.services.ports import InviteLog
from helpr_core.services.requests.attempt import Attempt
from helpr_core.services.requests.inbox import Inbox

log = logging.getLogger(__name__)

OVERDUE = timedelta(minutes=15)
_DRAIN_SECONDS = 2.0
_LOOK_SECONDS = 3.0
_LOOK_EVERY = timedelta(seconds=25)
"""The page asks twice a minute."""
_SOONEST = timedelta(seconds=20)
"""Nobody has read the e-mail earlier than this."""
_LATEST = timedelta(days=30)


class RequestLookup:
    """Call it with a request's id; None if it is unknown.

    Raises Unavailable if it is unknown. Timers have been known to stop for good, so a friend
    waiting on the page triggers what housekeeping should have done long ago. A friend viewing a
    sent invitation learns within a minute that it was accepted: `look_for_acceptances` asks Plex,
    once for all who are looking at the same time.
    """

    def __init__(
        self,
        invite_log: InviteLog,
        inbox: Inbox,
        attempt: Attempt,
        clock: Clock,
        look_for_acceptances: Callable[[], object] = lambda: None,
    ) -> None:
        self._accepting = Kept(
            "acceptances", look_for_acceptances, _LOOK_EVERY, clock, (HelprError,)
        )
        self._invite_log = invite_log
        self._inbox = inbox
        self._attempt = attempt
        self._clock = clock

    def __call__(self, request_id: UUID) -> InviteRequest | None:
        """The request in its current state."""
        try:
            row = self._invite_log.get(request_id)
        except LogUnavailable:
            row = self._inbox.find(request_id)
            if row is None:
                raise  # it may be in the record
            return row
        if row is None:
            return self._drained(request_id)
        if self._may_be_accepted(row):
            return self._looked_at(row)
        return self._tried(row) if self._is_overdue(row) else row

    def _may_be_accepted(self, row: InviteRequest) -> bool:
        if row.status is not Status.SUCCESS or row.accepted_at or row.sent_at is None:
            return False
        return _SOONEST < self._clock() - row.sent_at < _LATEST

    def _looked_at(self, row: InviteRequest) -> InviteRequest:
        try:
            with within(_LOOK_SECONDS):
                self._accepting.get()
            return self._invite_log.get(row.request_id) or row
        except HelprError as exc:  # the page shows what is known, and checks again
            log.info("acceptances not looked for reason=%s", exc.code)
            return row

    def _drained(self, request_id: UUID) -> InviteRequest | None:
        """The database answers, so the inbox's contents need not wait any longer."""
        kept = self._inbox.find(request_id)
        if kept is None or kept.request_id != request_id or kept.error_code == RECEIVED_CODE:
            return kept
        try:
            self._inbox.drain(time.monotonic() + _DRAIN_SECONDS)
            return self._invite_log.get(request_id) or self._inbox.find(request_id)
        except LogUnavailable as exc:
            log.warning("not drained reason=%s", exc)
            return kept

    def _is_overdue(self, row: InviteRequest) -> bool:
        due = row.next_attempt_at
        return row.status is Status.QUEUED and due is not None and self._clock() - due > OVERDUE

    def _tried(self, row: InviteRequest) -> InviteRequest:
        claimed = self._invite_log.change(row.request_id, TRIED, self._clock(), FRIEND)
        return self._attempt(claimed, FRIEND) if claimed else row
