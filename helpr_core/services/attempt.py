"""One attempt to send an invite: Plex is asked, and the row says what came of it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime

from helpr_core.clock import Clock
from helpr_core.domain.advice import GAVE_UP, advise
from helpr_core.domain.invite import InviteRequest, Outcome, Source, Status, try_again_at
from helpr_core.domain.plex import Server, find_share
from helpr_core.errors import (
    AlreadyShared,
    HelprError,
    LogUnavailable,
    PlexAnswerLost,
    PlexError,
    PlexLimited,
    PlexPaused,
    PlexRefused,
    PlexServerUnknown,
    PlexTrouble,
    PlexUnavailable,
    ServerFull,
    SetupRequired,
    StateUnavailable,
)
from helpr_core.services.circuit_breaker import CircuitBreaker
from helpr_core.services.libraries import Offer, SharedLibraries
from helpr_core.services.ports import InviteLog, MediaServer
from helpr_core.services.server_catalog import ServerCatalog
from helpr_core.services.site_settings import StoredSettings

log = logging.getLogger(__name__)

SEATS = 100
"""Plex shares a server with so many people at most, invitations included."""

_LATEST_POST_SECONDS = 20.0
"""After the attempt's begin no POST is begun. One answer of plex.tv takes 33 s at the very
most and three are still to come then, so an attempt ends within two minutes: before anybody
takes its row for a dead worker's (STALE_AFTER)."""


@dataclass(slots=True)
class _Try:
    """A row under way.

    `sent_before`: an earlier POST may have left without an answer. `in_doubt`: one has, and
    Plex's list was not read since.
    """

    row: InviteRequest
    in_doubt: bool
    sent_before: bool
    latest_post: float


class Attempt:
    """Call it with a `pending` row that is the caller's alone; it returns the settled row.

    Raises nothing: whatever plex.tv says, or whatever is missing to ask it, is in the row.
    """

    def __init__(
        self,
        log: InviteLog,
        media: MediaServer,
        catalog: ServerCatalog,
        shared: SharedLibraries,
        settings: StoredSettings,
        breaker: CircuitBreaker,
        clock: Clock,
    ) -> None:
        self._log = log
        self._media = media
        self._catalog = catalog
        self._shared = shared
        self._settings = settings
        self._breaker = breaker
        self._clock = clock

    def __call__(self, row: InviteRequest) -> InviteRequest:
        """Ask Plex, record the outcome."""
        return self._settled(row, in_doubt=row.error_code == PlexAnswerLost.code)

    def after_a_death(self, row: InviteRequest) -> InviteRequest:
        """The same for a row whose worker died: what it may have sent is looked for first."""
        return self._settled(row, in_doubt=True)

    def _settled(self, row: InviteRequest, *, in_doubt: bool) -> InviteRequest:
        started = time.monotonic()
        one = _Try(row, in_doubt, in_doubt, started + _LATEST_POST_SECONDS)
        outcome = self._outcome(one)
        outcome = replace(outcome, duration_ms=round((time.monotonic() - started) * 1000))
        if outcome.error_code is not None:
            # What an alert looks for: a token that is refused is told by nothing else.
            log.warning(
                "invite %s request_id=%s code=%s",
                outcome.status,
                row.request_id,
                outcome.error_code,
            )
        try:
            return self._record(row, outcome)
        except LogUnavailable as exc:
            # The row stays pending, and what became of it is read from plex.tv later. What
            # Plex said is true all the same, so the friend is told.
            log.error("outcome not recorded request_id=%s reason=%s", row.request_id, exc)  # noqa: TRY400
            return _as_if_recorded(row, outcome)

    def _record(self, row: InviteRequest, outcome: Outcome) -> InviteRequest:
        try:
            recorded = self._log.record(row, outcome)
        except LogUnavailable:
            # Most often a connection that broke since the row was opened. Doing it again
            # is safe: only a row that is still pending is changed.
            recorded = self._log.record(row, outcome)
        return recorded or self._log.get(row.request_id) or row

    def _outcome(self, one: _Try) -> Outcome:
        try:
            if self._needs_a_yes(one.row):
                return Outcome(Status.AWAITING_APPROVAL, self._clock(), duration_ms=0)
            with self._breaker.guard():
                return self._ask_plex(one)
        except (PlexTrouble, PlexServerUnknown, SetupRequired, StateUnavailable) as exc:
            return self._again(one, exc)
        except PlexError as exc:
            if one.in_doubt:  # it is Plex's list that was refused, not the invite
                return self._again(one, exc)
            return _no(Status.FAILED, exc, self._clock())

    def _needs_a_yes(self, row: InviteRequest) -> bool:
        """Whether the owner is to be asked about a request that was kept unseen.

        Such a row was queued before anything was tried, while a store was down: whether it
        was welcome is looked up now. Any other has passed.
        """
        unseen = row.queued_since is not None and row.attempts == 0
        if row.source is Source.OWNER or not (unseen or row.error_code == StateUnavailable.code):
            return False
        wishes = self._settings.current()
        return wishes.approval_required or wishes.paused

    def _again(self, one: _Try, error: HelprError) -> Outcome:
        """Queued for the next try, or failed when a day of tries is over."""
        now, row = self._clock(), one.row
        wait = error.retry_after_seconds if isinstance(error, PlexTrouble) else None
        limited = isinstance(error, PlexLimited)
        at = try_again_at(row.attempts + 1, row.queued_since, now, wait, limited=limited)
        if isinstance(error, PlexPaused):
            at = error.until  # nobody was asked: no day ends by that
        outcome = _no(Status.FAILED if at is None else Status.QUEUED, error, now, at)
        if one.in_doubt and error.code != PlexAnswerLost.code:
            # The next try has to know that it must look first.
            told = f"{advise(PlexAnswerLost.code)} {outcome.error_message}"
            outcome = replace(outcome, error_code=PlexAnswerLost.code, error_message=told)
        if at is None:
            outcome = replace(outcome, error_message=f"{GAVE_UP}{outcome.error_message}")
        return outcome

    def _ask_plex(self, one: _Try) -> Outcome:
        offer = self._offer(one.row, self._catalog.server())
        if one.in_doubt:
            found = self._look(offer, one)
            if found is not None:
                # What it carried is what the row says: the choice may be another by now.
                return replace(found, libraries=None) if one.row.libraries else found
            one.in_doubt = False
        return self._send(offer, one)

    def _offer(self, row: InviteRequest, server: Server, *, final: bool = False) -> Offer:
        """What is shared now; for a request of the owner's own, what the row says.

        `final`: plex.tv has just been asked, and what it does not list is not there.
        """
        if row.source is Source.OWNER and row.libraries:
            there = {library.id: library for library in server.libraries}
            chosen = tuple(there[one.id] for one in row.libraries if one.id in there)
            if chosen:
                return Offer(server, chosen)
        return self._shared.offer(server, final=final)

    def _send(self, offer: Offer, one: _Try) -> Outcome:
        try:
            return self._post(offer, one)
        except (PlexRefused, PlexServerUnknown) as exc:
            if one.in_doubt:
                raise
            return self._send_afresh(offer, one, exc)

    def _send_afresh(self, offer: Offer, one: _Try, refusal: PlexError) -> Outcome:
        """Once more when what we knew of the server was out of date; otherwise refused.

        plex.tv does not say in words that can be relied on that an id is unknown, so the
        ids are compared with a fresh list.
        """
        try:
            server = self._catalog.second_opinion()
        except PlexTrouble:
            raise refusal from None
        fresh = self._offer(one.row, server, final=True)
        if (fresh.server.machine_identifier, _ids(fresh)) == (
            offer.server.machine_identifier,
            _ids(offer),
        ):
            raise self._why_refused(server, refusal)
        return self._post(fresh, one)

    def _why_refused(self, server: Server, refusal: PlexError) -> PlexError:
        """A full server is told by counting: no wording of Plex's for it is known."""
        try:
            full = len(self._media.list_shares(server)) >= SEATS
        except PlexError:
            return refusal
        return ServerFull(refusal.reason) if full else refusal

    def _post(self, offer: Offer, one: _Try) -> Outcome:
        if time.monotonic() > one.latest_post:
            raise PlexUnavailable("too slow to begin with sending")
        try:
            accepted = self._media.send_invite(offer.server, _ids(offer), one.row.email_or_username)
        except PlexAnswerLost as lost:
            one.in_doubt = one.sent_before = True
            found = self._look(offer, one)
            if found is None:
                # A slow plex.tv may still carry it out: the next try looks again.
                raise PlexAnswerLost(
                    "Plex's list does not have it", lost.retry_after_seconds
                ) from lost
            return found
        except AlreadyShared:
            if one.sent_before:  # then it was this very request that plex.tv carried out late
                return self._yes(offer, accepted=False)
            raise
        return self._yes(offer, accepted)

    def _look(self, offer: Offer, one: _Try) -> Outcome | None:
        """Whether Plex's own list has the invite; None when it has not."""
        try:
            shares = self._media.list_shares(offer.server)
        except PlexServerUnknown:  # set up anew: what was shared before went with it
            offer = self._offer(one.row, self._catalog.refresh())
            shares = self._media.list_shares(offer.server)
        share = find_share(shares, one.row.email_or_username)
        return self._yes(offer, share.accepted) if share else None

    def _yes(self, offer: Offer, accepted: bool) -> Outcome:
        return Outcome(
            Status.SUCCESS,
            self._clock(),
            duration_ms=0,
            accepted=accepted,
            server_name=offer.server.name,
            libraries=offer.libraries,
        )


def _ids(offer: Offer) -> list[int]:
    return [library.id for library in offer.libraries]


def _no(status: Status, error: HelprError, at: datetime, again: datetime | None = None) -> Outcome:
    reason = error.reason if isinstance(error, PlexError) else str(error)
    return Outcome(
        status,
        at,
        duration_ms=0,
        error_code=error.code,
        error_message=advise(error.code, reason),
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
    )
