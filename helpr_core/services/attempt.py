"""One attempt to send an invite: Plex is asked, and the row says what came of it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime

from helpr_core.clock import Clock
from helpr_core.domain.advice import advise
from helpr_core.domain.invite import InviteRequest, Outcome, Source, Status, next_attempt
from helpr_core.domain.plex import Library, Server, find_share
from helpr_core.errors import (
    HelprError,
    LogUnavailable,
    PlexAnswerLost,
    PlexError,
    PlexRefused,
    PlexServerUnknown,
    PlexTrouble,
    ServerFull,
    SetupRequired,
    StateUnavailable,
)
from helpr_core.services.libraries import SharedLibraries
from helpr_core.services.ports import InviteLog, MediaServer
from helpr_core.services.server_catalog import ServerCatalog

log = logging.getLogger(__name__)

SEATS = 100
"""Plex shares a server with so many people at most, invitations included."""


@dataclass(frozen=True, slots=True)
class _Offer:
    server: Server
    libraries: tuple[Library, ...]

    @property
    def ids(self) -> list[int]:
        return [library.id for library in self.libraries]


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
        clock: Clock,
    ) -> None:
        self._log = log
        self._media = media
        self._catalog = catalog
        self._shared = shared
        self._clock = clock

    def __call__(self, row: InviteRequest) -> InviteRequest:
        """Ask Plex, record the outcome."""
        started = time.monotonic()
        outcome = self._ask_plex(row)
        outcome = replace(outcome, duration_ms=round((time.monotonic() - started) * 1000))
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

    def _ask_plex(self, row: InviteRequest) -> Outcome:
        now = self._clock()
        try:
            return self._send(self._offer(row, self._catalog.server()), row)
        except (PlexTrouble, PlexServerUnknown, SetupRequired, StateUnavailable) as exc:
            wait = exc.retry_after_seconds if isinstance(exc, PlexTrouble) else None
            at = next_attempt(row.attempts + 1, now, wait)
            return _no(Status.QUEUED, exc, now, at)
        except PlexError as exc:
            return _no(Status.FAILED, exc, now)

    def _offer(self, row: InviteRequest, server: Server) -> _Offer:
        """What is shared now; for a request of the owner's own, what the row says."""
        if row.source is Source.OWNER and row.libraries:
            there = {library.id: library for library in server.libraries}
            chosen = tuple(there[one.id] for one in row.libraries if one.id in there)
            if chosen:
                return _Offer(server, chosen)
        return _Offer(server, self._shared.to_share(server))

    def _send(self, offer: _Offer, row: InviteRequest) -> Outcome:
        invitee = row.email_or_username
        try:
            accepted = self._media.send_invite(offer.server, offer.ids, invitee)
        except PlexAnswerLost:
            return self._read_back(offer, invitee)
        except (PlexRefused, PlexServerUnknown) as exc:
            return self._send_afresh(offer, row, exc)
        return self._yes(offer, accepted)

    def _send_afresh(self, offer: _Offer, row: InviteRequest, refusal: PlexError) -> Outcome:
        """Once more when what we knew of the server was out of date; otherwise refused.

        plex.tv does not say in words that can be relied on that an id is unknown, so the
        ids are compared with a fresh list.
        """
        try:
            server = self._catalog.refresh()
        except PlexTrouble:
            raise refusal from None
        fresh = self._offer(row, server)
        if (fresh.server.machine_identifier, fresh.ids) == (
            offer.server.machine_identifier,
            offer.ids,
        ):
            raise self._why_refused(server, refusal)
        try:
            accepted = self._media.send_invite(fresh.server, fresh.ids, row.email_or_username)
        except PlexAnswerLost:
            return self._read_back(fresh, row.email_or_username)
        return self._yes(fresh, accepted)

    def _why_refused(self, server: Server, refusal: PlexError) -> PlexError:
        """A full server is told by counting: no wording of Plex's for it is known."""
        try:
            full = len(self._media.list_shares(server)) >= SEATS
        except PlexError:
            return refusal
        return ServerFull(refusal.reason) if full else refusal

    def _read_back(self, offer: _Offer, invitee: str) -> Outcome:
        """The answer was lost: Plex's own list says whether the invite was carried out."""
        try:
            share = find_share(self._media.list_shares(offer.server), invitee)
        except PlexError as exc:
            raise PlexAnswerLost(exc.reason) from exc
        if share is None:
            raise PlexAnswerLost("Plex's list does not have it")
        return self._yes(offer, share.accepted)

    def _yes(self, offer: _Offer, accepted: bool) -> Outcome:
        return Outcome(
            Status.SUCCESS,
            self._clock(),
            duration_ms=0,
            accepted=accepted,
            server_name=offer.server.name,
            libraries=offer.libraries,
        )


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
