"""A request by a friend, or by the owner for one: one row, one attempt, one answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.domain.audit import FRIEND, Actor
from helpr_core.domain.identity import Identity
from helpr_core.domain.links import Link
from helpr_core.domain.plex import Library, Server
from helpr_core.domain.policies import opens_as, terms_for, terms_of
from helpr_core.domain.requests import InviteRequest, NewRequest, Source, Status
from helpr_core.domain.transitions import TAKEN_OVER
from helpr_core.errors import (
    CeilingReached,
    DailyCapReached,
    LogUnavailable,
    NotPossible,
    SetupRequired,
    StateUnavailable,
)
from helpr_core.patience import seconds_waited
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.plex.libraries import SharedLibraries
from helpr_core.services.ports import InviteLog, Opened
from helpr_core.services.requests.allowance import Allowance
from helpr_core.services.requests.attempt import Attempt
from helpr_core.services.requests.errors import OtherServerFirst
from helpr_core.services.requests.inbox import Inbox
from helpr_core.services.site.settings import StoredSettings
from helpr_core.texts import Message

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 2.0
"""The wait for the first submission's answer: most take less. If its worker has died, none comes,
and "we keep your request" is true in any case."""
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5


class SendInvite:
    """Call it with a checked identity; it returns the request's row in its resulting state.

    None: another browser opened the person's request, so nothing about it may be revealed.
    `browser_key` is a keyed hash of the browser that asks.

    Raises SetupRequired while the owner has chosen no library, DailyCapReached, CeilingReached
    and Unavailable, all before Plex is asked. Whatever plex.tv says is in the row. While the
    database is down a friend's request goes to the inbox; while the owner's settings cannot
    be read, it is queued unsent.
    """

    def __init__(
        self,
        invite_log: InviteLog,
        catalog_of: Callable[[str], ServerCatalog],
        libraries_of: Callable[[str], SharedLibraries],
        settings: StoredSettings,
        attempt: Attempt,
        allowance: Allowance,
        inbox: Inbox,
        *,
        server_name: str,
        clock: Clock,
        new_id: Callable[[], UUID],
    ) -> None:
        self._invite_log = invite_log
        self._catalog_of = catalog_of
        self._libraries_of = libraries_of
        self._settings = settings
        self._attempt = attempt
        self._allowance = allowance
        self._inbox = inbox
        self._server_name = server_name
        self._clock = clock
        self._new_id = new_id

    def __call__(
        self,
        identity: Identity,
        source: Source,
        client_key: str,
        note: str = "",
        browser_key: str = "",
        by: Actor = FRIEND,
        link: Link | None = None,
        *,
        plex_user_id: int | None = None,
    ) -> InviteRequest | None:
        """A friend's request, under the owner's settings; a repeat is answered from its row.

        Through a link it has the link's terms; raises LinkOver if that no longer lets anybody in.
        With `plex_user_id` the friend has signed in as that account, and any request of that person
        is theirs.
        """
        try:
            settings = self._settings.current()
            new = self._new_request(
                identity,
                source,
                client_key,
                note,
                approval_required=settings.approval_required,
                link=link,
            )
        except StateUnavailable as exc:
            # A cold worker without settings: the owner's choices are read at the first attempt.
            log.warning("request queued unseen reason=%s", exc)
            new = self._bare(identity, source, client_key, note, approval_required=None, link=link)
            new = replace(new, browser_key=browser_key, plex_user_id=plex_user_id)
            return self._outcome_of(self._open(new, by), by)
        new = replace(new, browser_key=browser_key, plex_user_id=plex_user_id)
        return self._outcome_of(self._open_within(settings.daily_cap, new, by), by)

    def for_owner(
        self,
        identity: Identity,
        libraries: tuple[Library, ...],
        by: Actor,
        server_id: str = "",
        access_from: datetime | None = None,
    ) -> InviteRequest:
        """The owner's own request: no pause, no approval, no cap; these libraries, if any, of that
        server, "" for the default one; not before `access_from`.

        Plex is called in any case, even if the person's own request is waiting: that one is then
        sent, as the owner wants it. Raises NotPossible while it is for another server.
        """
        new = self._new_request(
            identity,
            Source.OWNER,
            "",
            "",
            approval_required=False,
            libraries=libraries,
            server_id=server_id,
        )
        if new.terms is not None:
            new = replace(new, terms=replace(new.terms, access_from=access_from))
        try:
            opened = self._invite_log.open(new, by, afresh=True)
        except OtherServerFirst as exc:
            first = Message("not_possible.other_server_first", server=exc.row.server_name)
            raise NotPossible(first) from exc
        row: InviteRequest | None = opened.row
        if not opened.created:
            row = self._invite_log.change(
                opened.row.request_id, TAKEN_OVER, self._clock(), by, new.terms
            )
        return self._attempt(row, by) if row else self._settled(opened.row)

    def _new_request(
        self,
        identity: Identity,
        source: Source,
        client_key: str,
        note: str,
        *,
        approval_required: bool,
        libraries: tuple[Library, ...] = (),
        link: Link | None = None,
        server_id: str = "",
    ) -> NewRequest:
        if link is not None:
            libraries, server_id = link.libraries or libraries, link.server_id
        if server_id and self._catalog_of(server_id) is self._catalog_of(""):
            server_id = ""  # one name for each server: by it repeats are recognized
            link = replace(link, server_id="") if link else None
        shared = self._libraries_of(server_id)
        if not libraries:
            shared.require_some()
        server = self._catalog_of(server_id).known()
        new = self._bare(
            identity, source, client_key, note, approval_required, libraries, link, server_id
        )
        if server and not libraries:
            libraries = _carried_by_now(shared, server)
        server_name = server.name if server else new.server_name
        return replace(new, server_name=server_name, libraries=libraries)

    def _bare(
        self,
        identity: Identity,
        source: Source,
        client_key: str,
        note: str,
        approval_required: bool | None,
        libraries: tuple[Library, ...] = (),
        link: Link | None = None,
        server_id: str = "",
    ) -> NewRequest:
        """A row made without either store.

        The request counts from its arrival: a worker that has just started may need seconds to get
        here, while the first half of a double click is answered elsewhere.
        """
        if link is None or link.is_sites:
            usual = terms_for(source, approval_required=approval_required, libraries=libraries)
            terms = replace(usual, server=server_id)
        else:
            terms = terms_of(link, approval_required=approval_required)
        return NewRequest(
            request_id=self._new_id(),
            email_or_username=identity.typed,
            identity_key=identity.key,
            timestamp=self._clock() - timedelta(seconds=seconds_waited()),
            source=source,
            server_name=self._server_name,
            libraries=(),
            client_key=client_key,
            note=note,
            status=opens_as(terms),
            terms=terms,
            link_id=link.link_id if link else None,
        )

    def _open_within(self, cap: int, new: NewRequest, by: Actor) -> Opened:
        """Open the row, to wait for approval if too many came; a repeat needs no room."""
        if not (new.terms and new.terms.counted):
            return self._open(new, by)
        try:
            with self._allowance.counted(cap) as count:
                if count.is_over:
                    new = replace(new, status=Status.AWAITING_APPROVAL)
                opened = self._open(new, by)
                if not opened.created:
                    count.take_back()
                return opened
        except (DailyCapReached, CeilingReached):
            answer = self._find_answer(new, by)
            if answer is None:
                raise
            return answer

    def _find_answer(self, new: NewRequest, by: Actor) -> Opened | None:
        try:
            return self._invite_log.find_answer(new, by)
        except LogUnavailable:
            return self._inbox.find_answer(new)

    def _open(self, new: NewRequest, by: Actor) -> Opened:
        try:
            return self._invite_log.open(new, by)
        except OtherServerFirst as exc:
            log.info("request waits request_id=%s for=%s", new.request_id, exc.row.request_id)
            return self._inbox.keep(new, behind=True)
        except LogUnavailable as exc:
            log.warning("request to the inbox request_id=%s reason=%s", new.request_id, exc)
            # The same request_id: if the database took the row and only its answer was lost, they
            # are one request.
            return self._inbox.keep(new)

    def _outcome_of(self, opened: Opened, by: Actor) -> InviteRequest | None:
        if not opened.own:
            return None  # at once: waiting for Plex would reveal that it is being called
        if not opened.created:
            return self._settled(opened.row)
        if opened.row.status is not Status.PENDING:
            return opened.row
        # Committed: from here on nothing is lost, whatever happens to this worker.
        return self._attempt(opened.row, by)

    def _settled(self, row: InviteRequest) -> InviteRequest:
        """The row a repeat is answered from, waiting for the submission that is under way."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        pause = _FIRST_PAUSE_SECONDS
        while row.status is Status.PENDING and time.monotonic() < deadline:
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            try:
                row = self._invite_log.get(row.request_id) or row
            except LogUnavailable:
                return row  # it is kept, which is all we know now
        return row


def _carried_by_now(shared: SharedLibraries, server: Server) -> tuple[Library, ...]:
    """What the invite will give, as far as known; trouble at plex.tv is no reason to turn anybody
    away without a row."""
    try:
        return shared.to_share(server)
    except SetupRequired as exc:
        log.warning("request kept without libraries reason=%s", exc.code)
        return ()
