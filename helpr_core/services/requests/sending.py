"""Sending an invitation at plex.tv, looking for it, and finding out what a refusal is about."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from helpr_core.clock import Clock
from helpr_core.domain.library_choice import Choice, Offer, find
from helpr_core.domain.plex import SEAT_LIMIT, Server, Share, find_share
from helpr_core.domain.requests import InviteRequest, Outcome, Status
from helpr_core.domain.restrictions import of_terms
from helpr_core.patience import seconds_left
from helpr_core.services.links.errors import LibrariesGone
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.plex.errors import (
    AlreadyShared,
    PlexAnswerLost,
    PlexEndpointGone,
    PlexError,
    PlexRefused,
    PlexServerUnknown,
    PlexUnavailable,
    PlexUnexpected,
    ServerFull,
)
from helpr_core.services.plex.libraries import SharedLibraries
from helpr_core.services.ports import MediaServer
from helpr_core.texts import Message

log = logging.getLogger(__name__)

_POST_SECONDS = 3.0
"""With less time left no POST is started: most would be cut off, with an unknown outcome."""


@dataclass(slots=True)
class Try:
    """A row being tried.

    `sent_before`: an earlier POST may have been sent without an answer. `in_doubt`: one was, and
    Plex's list has not been read since. After `latest_post` (of time.monotonic) none is started.
    """

    row: InviteRequest
    in_doubt: bool
    sent_before: bool
    latest_post: float
    share_taken_away: bool = False


class Sending:
    """Call it inside the breaker's guard; it returns a success, or raises what stopped it.

    `catalog_of` returns what is known about a server by machine identifier, "" for the default, and
    `libraries_of` what is shared of it.

    PlexRefused, AlreadyShared and ServerFull are about the person and final. Everything else may
    pass, including a refusal whose reason could not be found out.
    """

    def __init__(
        self,
        media: MediaServer,
        catalog_of: Callable[[str], ServerCatalog],
        libraries_of: Callable[[str], SharedLibraries],
        clock: Clock,
    ) -> None:
        self._media = media
        self._catalog_of = catalog_of
        self._libraries_of = libraries_of
        self._clock = clock

    def __call__(self, one: Try) -> Outcome:
        """Send it, unless it turns out to have been sent."""
        offer = self._offer(one.row, self._catalog(one).server())
        if one.in_doubt:
            found = self._look(offer, one)
            if found is not None:
                # It carried what the row says: the choice may have changed since.
                return replace(found, libraries=None) if one.row.libraries else found
            one.in_doubt = False
        try:
            return self._post(offer, one)
        except (PlexRefused, PlexServerUnknown, PlexEndpointGone) as exc:
            if one.in_doubt:
                raise
            return self._send_afresh(offer, one, exc)

    def _catalog(self, one: Try) -> ServerCatalog:
        """What is known about the request's server."""
        return self._catalog_of(one.row.terms.server)

    def _offer(self, row: InviteRequest, server: Server, *, final: bool = False) -> Offer:
        """What is shared now, unless libraries were chosen for this request.

        Raises LibrariesGone if a link named them and none is left. `final`: plex.tv has just been
        asked, and what it does not list is gone.
        """
        if row.terms.libraries:
            found = find(Choice(row.terms.libraries), server)
            if found.libraries:
                return Offer(server, found.libraries)
            if row.link_id is not None:  # what is shared otherwise may be more than it should give
                raise LibrariesGone
        return self._libraries_of(row.terms.server).offer(server, final=final)

    def _send_afresh(self, offer: Offer, one: Try, refusal: PlexError) -> Outcome:
        """Send once more if what we knew about the server was out of date; otherwise it is refused.

        plex.tv has no reliable wording for an unknown id, so the ids are compared with a fresh
        list. Without one, it is unclear what the refusal is about.
        """
        server = self._catalog(one).second_opinion()
        fresh = self._offer(one.row, server, final=True)
        if _sent_ids(fresh) != _sent_ids(offer):
            return self._post(fresh, one)
        if isinstance(refusal, PlexRefused) and self._is_full(server):
            raise ServerFull(refusal.reason)
        raise refusal

    def _is_full(self, server: Server) -> bool:
        """Determined by counting: Plex's wording for it is not known."""
        return self._media.fetch_seat_holders(server).count >= SEAT_LIMIT

    def _post(self, offer: Offer, one: Try) -> Outcome:
        left = seconds_left(one.latest_post - time.monotonic() + _POST_SECONDS)
        if left < _POST_SECONDS:
            raise PlexUnavailable(Message("plex.too_slow"))
        try:
            sent = self._media.send_invite(
                offer.server,
                _ids(offer),
                one.row.email_or_username,
                of_terms(one.row.terms.restrictions),
                one.row.plex_user_id,
            )
        except PlexAnswerLost as lost:
            one.in_doubt = one.sent_before = True
            return self._read_back(offer, one, lost)
        except AlreadyShared as refusal:
            return self._shared_already(offer, one, refusal)
        return replace(self._yes(offer, sent.accepted), share_id=sent.share_id)

    def _read_back(self, offer: Offer, one: Try, lost: PlexAnswerLost) -> Outcome:
        if lost.timed_out:
            raise lost  # that was a long enough wait: the next try looks
        found = self._look(offer, one)
        if found is None:
            # A slow plex.tv may still carry it out: the next try looks again.
            raise PlexAnswerLost(Message("plex.not_in_list"), lost.retry_after_seconds) from lost
        return found

    def _look(self, offer: Offer, one: Try) -> Outcome | None:
        """The invite according to Plex's own lists; None if they do not have it."""
        try:
            share = self._share_of(one, offer.server)
        except PlexServerUnknown:  # set up again: what was shared before went with it
            offer = self._offer(one.row, self._catalog(one).refresh())
            share = self._share_of(one, offer.server)
        if share is None or self._is_left_behind(offer.server, share):
            return None
        return self._yes(offer, share.accepted)

    def _shared_already(self, offer: Offer, one: Try, refusal: AlreadyShared) -> Outcome:
        """Find out whether it is access, a pending invitation, or a share that was left behind."""
        share = self._share_of(one, offer.server)
        if share is None:
            if one.sent_before:  # plex.tv carried out this very request late
                return self._yes(offer, accepted=False)
            raise refusal
        if self._is_left_behind(offer.server, share) and not one.share_taken_away:
            log.warning("share without an invitation removed request_id=%s", one.row.request_id)
            self._media.end_share(offer.server, share)
            one.share_taken_away = True
            return self._post(offer, one)
        if one.sent_before or one.row.sent_at is not None:
            return self._yes(offer, share.accepted, one.row.sent_at)
        if one.row.plex_user_id is not None:  # the friend who signed in is the one who has access
            return replace(self._yes(offer, share.accepted), libraries=None)
        raise AlreadyShared(refusal.reason, accepted=share.accepted)

    def _share_of(self, one: Try, server: Server) -> Share | None:
        return find_share(self._media.list_shares(server), one.row.email_or_username)

    def _is_left_behind(self, server: Server, share: Share) -> bool:
        """Whether nobody can accept it any more, as far as plex.tv can tell."""
        if share.accepted:
            return False
        try:
            # Asked twice: a single list that lacks it could cost a live invitation.
            return not any(self._media.has_invitation(server, share) for _ in range(2))
        except (PlexUnexpected, PlexServerUnknown) as exc:
            # Nothing is removed on a guess, and the answer would be the same next time.
            log.warning("invitations not read reason=%s", exc.code)
            return False

    def _yes(self, offer: Offer, accepted: bool, sent_at: datetime | None = None) -> Outcome:
        return Outcome(
            Status.SUCCESS,
            self._clock(),
            duration_ms=0,
            accepted=accepted,
            sent_at=sent_at,
            server_name=offer.server.name,
            libraries=offer.libraries,
        )


def _ids(offer: Offer) -> list[int]:
    return [library.id for library in offer.libraries]


def _sent_ids(offer: Offer) -> tuple[str, list[int]]:
    """All ids that plex.tv must know in order to accept the offer."""
    return offer.server.machine_identifier, _ids(offer)
