"""Where a request stands, for the friend's page: in the record, else in the inbox."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.messages import RECEIVED_CODE
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.domain.transitions import TRIED
from helpr_core.errors import LogUnavailable
from helpr_core.services.ports import InviteLog
from helpr_core.services.requests.attempt import Attempt
from helpr_core.services.requests.inbox import Inbox

log = logging.getLogger(__name__)

OVERDUE = timedelta(minutes=15)
_DRAIN_SECONDS = 2.0


class RequestLookup:
    """Call it with a request's id; None when nobody knows it.

    Raises Unavailable where it cannot be told. Timers have been known to stop for good, so
    whoever waits on the page sets going what housekeeping should have done long ago.
    """

    def __init__(self, log: InviteLog, inbox: Inbox, attempt: Attempt, clock: Clock) -> None:
        self._log = log
        self._inbox = inbox
        self._attempt = attempt
        self._clock = clock

    def __call__(self, request_id: UUID) -> InviteRequest | None:
        """The request as it stands now."""
        try:
            row = self._log.get(request_id)
        except LogUnavailable:
            row = self._inbox.find(request_id)
            if row is None:
                raise  # the record may know it
            return row
        if row is None:
            return self._drained(request_id)
        return self._tried(row) if self._is_overdue(row) else row

    def _drained(self, request_id: UUID) -> InviteRequest | None:
        """The database answers, so what the inbox has for it need not wait any longer."""
        kept = self._inbox.find(request_id)
        if kept is None or kept.request_id != request_id or kept.error_code == RECEIVED_CODE:
            return kept
        try:
            self._inbox.drain(time.monotonic() + _DRAIN_SECONDS)
            return self._log.get(request_id) or self._inbox.find(request_id)
        except LogUnavailable as exc:
            log.warning("not drained reason=%s", exc)
            return kept

    def _is_overdue(self, row: InviteRequest) -> bool:
        due = row.next_attempt_at
        return row.status is Status.QUEUED and due is not None and self._clock() - due > OVERDUE

    def _tried(self, row: InviteRequest) -> InviteRequest:
        claimed = self._log.change(row.request_id, TRIED, self._clock(), FRIEND)
        return self._attempt(claimed, FRIEND) if claimed else row
