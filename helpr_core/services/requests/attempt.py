"""One attempt to send an invite: call Plex and write the outcome to the row."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from helpr_core.clock import Clock
from helpr_core.domain.advice import advise, gave_up
from helpr_core.domain.audit import HOUSEKEEPING, Actor
from helpr_core.domain.requests import InviteRequest, Outcome, Status, try_again_at
from helpr_core.domain.terms import Approval
from helpr_core.errors import HelprError, LogUnavailable, SetupRequired, StateUnavailable
from helpr_core.patience import within
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.plex.errors import (
    PlexAnswerLost,
    PlexError,
    PlexLimited,
    PlexPaused,
    PlexServerUnknown,
    PlexTrouble,
    PlexUnavailable,
    ServerFull,
)
from helpr_core.services.ports import InviteLog
from helpr_core.services.requests.sending import Sending, Try
from helpr_core.services.site.settings import StoredSettings
from helpr_core.texts import Message, sentences

log = logging.getLogger(__name__)

_ATTEMPT_SECONDS = 60.0
"""The time for all calls of an attempt that nobody waits for; with somebody waiting there is less
(see `patience`). So it ends before its row counts as a dead worker's (STALE_AFTER)."""
_LATEST_POST_SECONDS = 20.0
"""No POST starts later than this after the attempt began."""


class Attempt:
    """Call it with a `pending` row that only the caller holds; it returns the settled row.

    `on_full` is called if plex.tv has no seat left.

    Raises nothing: whatever plex.tv says, or prevents a call to it, is in the row.
    """

    def __init__(
        self,
        invite_log: InviteLog,
        sending: Sending,
        settings: StoredSettings,
        breaker: CircuitBreaker,
        clock: Clock,
        on_full: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_full = on_full
        self._invite_log = invite_log
        self._sending = sending
        self._settings = settings
        self._breaker = breaker
        self._clock = clock

    def __call__(self, row: InviteRequest, by: Actor = HOUSEKEEPING) -> InviteRequest:
        """Call Plex and record the outcome. For the owner, Plex is called in any case."""
        return self._settled(row, by, in_doubt=row.error_code == PlexAnswerLost.code)

    def of_stale_claim(self, row: InviteRequest, by: Actor = HOUSEKEEPING) -> InviteRequest:
        """The same for a stale claim: first look for what the crashed worker may have sent."""
        return self._settled(row, by, in_doubt=True)

    def _settled(self, row: InviteRequest, by: Actor, *, in_doubt: bool) -> InviteRequest:
        started = time.monotonic()
        one = Try(row, in_doubt, in_doubt, started + _LATEST_POST_SECONDS)
        with within(_ATTEMPT_SECONDS):
            outcome = self._outcome(one, for_owner=by.is_owner)
        outcome = replace(outcome, duration_ms=round((time.monotonic() - started) * 1000))
        if outcome.error_code is not None:
            # The alert searches for this line: nothing else reports a refused token.
            log.warning(
                "invite %s request_id=%s code=%s",
                outcome.status,
                row.request_id,
                outcome.error_code,
            )
        try:
            return replace(self._record(row, outcome, by), share_id=outcome.share_id)
        except LogUnavailable as exc:
            # The row stays pending, and its outcome is read from plex.tv later. What Plex said is
            # still true, so the friend is told.
            log.error("outcome not recorded request_id=%s reason=%s", row.request_id, exc)  # noqa: TRY400
            return _as_if_recorded(row, outcome)

    def _record(self, row: InviteRequest, outcome: Outcome, by: Actor) -> InviteRequest:
        try:
            recorded = self._invite_log.record(row, outcome, by)
        except LogUnavailable:
            # Usually a connection that broke since the row was opened. Repeating is safe: only a
            # row that is still pending is changed.
            recorded = self._invite_log.record(row, outcome, by)
        return recorded or self._invite_log.get(row.request_id) or row

    def _outcome(self, one: Try, *, for_owner: bool) -> Outcome:
        access_from = one.row.terms.access_from
        if access_from is not None and self._clock() < access_from:
            return Outcome(Status.QUEUED, self._clock(), 0, next_attempt_at=access_from)
        try:
            if not for_owner and self._needs_a_yes(one.row):
                return Outcome(Status.AWAITING_APPROVAL, self._clock(), duration_ms=0)
            with self._breaker.guard(for_owner=for_owner):
                return self._sending(one)
        except (PlexTrouble, PlexServerUnknown, SetupRequired, StateUnavailable) as exc:
            return self._again(one, exc)
        except PlexError as exc:
            if isinstance(exc, ServerFull):
                self._on_full()
            return _no(Status.FAILED, exc, self._clock())

    def _needs_a_yes(self, row: InviteRequest) -> bool:
        """Whether the owner must approve a request that was kept unchecked.

        Such a row was queued before any attempt, while a store was down: whether it needs approval
        is looked up now. All others have been checked.
        """
        terms = row.terms
        if terms.approval is Approval.UNKNOWN:
            return row.attempts == 0
        unseen = row.queued_since is not None and row.attempts == 0
        is_open = terms.counted or terms.approval is Approval.AS_SET
        if not is_open or not (unseen or row.error_code == StateUnavailable.code):
            return False
        wishes = self._settings.current()
        is_asked = terms.approval is Approval.AS_SET and wishes.approval_required
        came_without_code = row.link_id is None and self._settings.asks_for_code(wishes)
        return is_asked or (terms.counted and (wishes.paused or came_without_code))

    def _again(self, one: Try, error: HelprError) -> Outcome:
        """Queued for the next try, or failed after a day of tries."""
        now, row = self._clock(), one.row
        if isinstance(error, PlexAnswerLost) and not one.in_doubt:
            # It was a read that got no answer: no invite is on its way.
            error = PlexUnavailable(error.reason, error.retry_after_seconds)
        wait = error.retry_after_seconds if isinstance(error, PlexTrouble) else None
        limited = isinstance(error, PlexLimited)
        began = max(filter(None, (row.queued_since, row.terms.access_from)), default=None)
        at = try_again_at(row.attempts + 1, began, now, wait, limited=limited)
        if isinstance(error, PlexPaused):
            at = error.until  # nothing was called, so that does not end the day
        outcome = _no(Status.FAILED if at is None else Status.QUEUED, error, now, at)
        if one.in_doubt and error.code != PlexAnswerLost.code:
            # The next try must know that it has to look first.
            told = sentences(advise(PlexAnswerLost.code), outcome.error_message or "")
            outcome = replace(outcome, error_code=PlexAnswerLost.code, error_message=told)
        if at is None:
            outcome = replace(outcome, error_message=gave_up(outcome.error_message or ""))
        return outcome


def _no(status: Status, error: HelprError, at: datetime, again: datetime | None = None) -> Outcome:
    if isinstance(error, PlexError):
        told = advise(error.topic, error.reason)
    else:  # Helpr found this out itself; Plex did not say it
        told = Message("advice.in_detail", advice=advise(error.code), detail=error.words)
    return Outcome(
        status,
        at,
        duration_ms=0,
        error_code=error.code,
        error_message=told,
        next_attempt_at=again,
    )


def _as_if_recorded(row: InviteRequest, outcome: Outcome) -> InviteRequest:
    return replace(
        row,
        status=outcome.status,
        error_code=outcome.error_code,
        error_message=outcome.error_message,
        sent_at=outcome.at if outcome.status is Status.SUCCESS else None,
        accepted_at=outcome.at if outcome.accepted else None,
        updated_at=outcome.at,
        share_id=outcome.share_id,
    )
