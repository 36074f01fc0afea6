"""A list of friends that the owner pastes: previewed first, then invited with one press."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from uuid import NAMESPACE_OID, UUID, uuid5

from helpr_core.clock import Clock
from helpr_core.domain.audit import Actor
from helpr_core.domain.batches import (
    MOST_LINES,
    Batch,
    BatchLine,
    Known,
    Line,
    Usual,
    Verdict,
    judge,
    keys_in,
)
from helpr_core.domain.pasted_list import Entry, read_list
from helpr_core.domain.plex import Server
from helpr_core.domain.policies import terms_for
from helpr_core.domain.requests import NewRequest, Source, Status
from helpr_core.errors import FieldError, HelprError, InvalidInput, NotFound
from helpr_core.frozen import dataclass
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.plex.errors import PlexError
from helpr_core.services.plex.libraries import SharedLibraries
from helpr_core.services.plex.seats import Seats
from helpr_core.services.ports import MediaServer
from helpr_core.services.record_ports import BatchLog
from helpr_core.services.upkeep.turn import Turn
from helpr_core.texts import Message

log = logging.getLogger(__name__)

FIELD = "lines"
_BEGIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What the owner pasted; `library_ids` and `days` are for lines without any of their own.
    `server_id` is a machine identifier, "" for the default server."""

    text: str
    library_ids: Sequence[int] = ()
    days: int | None = None
    server_id: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen to each line; `seats_left` and pending invitations come from plex.tv, and
    are unknown unless `plex_asked`."""

    lines: tuple[Line, ...]
    seats_left: int | None
    plex_asked: bool


@dataclass(frozen=True, slots=True)
class OpenedBatch:
    """`lines` as judged if this call opened it; none for a batch that existed already."""

    batch_id: UUID
    lines: tuple[Line, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether this call has opened it."""
        return bool(self.lines)

    def count(self, verdict: Verdict) -> int:
        """How many lines got that verdict."""
        return sum(line.verdict is verdict for line in self.lines)


class Batches:
    """All methods raise the stores' errors. `managed` are the machine identifiers of the servers
    that Helpr manages; `work` tries what is due; `announce` is called before rows are written that
    housekeeping must come back to."""

    def __init__(
        self,
        batches: BatchLog,
        libraries_of: Callable[[str], SharedLibraries],
        catalog_of: Callable[[str], ServerCatalog],
        managed: Callable[[], Collection[str]],
        media: MediaServer,
        breaker: CircuitBreaker,
        seats: Seats,
        *,
        work: Callable[[Turn], None],
        announce: Callable[[], None],
        clock: Clock,
        new_id: Callable[[], UUID],
    ) -> None:
        self._batches = batches
        self._libraries_of = libraries_of
        self._catalog_of = catalog_of
        self._managed = managed
        self._media = media
        self._breaker = breaker
        self._seats = seats
        self._work = work
        self._announce = announce
        self._clock = clock
        self._new_id = new_id

    def preview(self, wish: Wish) -> Preview:
        """What would happen to each line; nothing is stored.

        Raises InvalidInput for a list without people, one that is too long, a server that Helpr
        does not manage and libraries that the server does not have, SetupRequired while no library
        is shared, and PlexError while the server is unknown.
        """
        entries = read_list(wish.text)
        _check_length(entries)
        self._require_managed(wish.server_id)
        self._libraries_of(wish.server_id).require_some()
        usual = self._usual(wish)
        server = self._catalog_of(wish.server_id).server()
        shares = self._shares(server)
        count = self._seats.known()
        seats_left = count.left if count else None
        open_keys = self._batches.open_keys(keys_in(entries))
        known = Known(server.libraries, shares, open_keys, seats_left)
        return Preview(judge(entries, known, usual), seats_left, shares is not None)

    def open(self, wish: Wish, batch_id: UUID | None, by: Actor) -> OpenedBatch:
        """Store the list, with a request for each line to be invited; then start on them.

        The same `batch_id` again is the same batch. Without one, the same list counts as one batch
        for a whole day (UTC), so that a script may retry. Raises as `preview` does, and
        InvalidInput if no line would be invited.
        """
        batch_id = batch_id or self._id_of(wish)
        if self._batches.get(batch_id) is not None:
            return OpenedBatch(batch_id)
        lines = self.preview(wish).lines
        if not any(line.verdict is Verdict.INVITE for line in lines):
            raise InvalidInput(FieldError(FIELD, Message("batch.nobody_to_invite")))
        self._announce()
        at = self._clock()
        opened = [(line, self._request(line, wish.server_id)) for line in lines]
        if not self._batches.open(batch_id, opened, at, by):
            return OpenedBatch(batch_id)  # the other half of a double click was quicker
        log.info("batch opened batch_id=%s lines=%d", batch_id, len(lines))
        self._begin()
        return OpenedBatch(batch_id, lines)

    def find(self, batch_id: UUID) -> Batch:
        """The batch, counted; NotFound for an unknown one."""
        found = self._batches.get(batch_id)
        if found is None:
            raise NotFound("no such batch")
        return found

    def lines(self, batch_id: UUID) -> Sequence[BatchLine]:
        """Its lines with their outcomes."""
        return self._batches.lines(batch_id)

    def cancel(self, batch_id: UUID, by: Actor) -> int:
        """Cancel the lines that have not begun; returns how many. NotFound for an unknown batch."""
        self.find(batch_id)
        return self._batches.cancel(batch_id, self._clock(), by)

    def _begin(self) -> None:
        """A short list is done before its page loads; housekeeping does the rest."""
        try:
            self._work(Turn(time.monotonic() + _BEGIN_SECONDS))
        except HelprError as exc:
            log.warning("batch not begun yet reason=%s", exc.code)

    def _usual(self, wish: Wish) -> Usual:
        shared = self._libraries_of(wish.server_id)
        libraries = shared.named(wish.library_ids) if wish.library_ids else ()
        return Usual(libraries, wish.days)

    def _require_managed(self, server_id: str) -> None:
        if server_id and server_id not in self._managed():
            raise InvalidInput(FieldError("server_id", Message("link.server_unknown")))

    def _shares(self, server: Server) -> Mapping[str, bool] | None:
        """Whether each person's invitation was accepted; None where plex.tv does not say."""
        try:
            with self._breaker.guard(for_owner=True):
                shares = self._media.list_shares(server)
        except PlexError as exc:
            log.warning("batch judged without plex.tv reason=%s", exc.code)
            return None
        return {key: share.accepted for share in shares for key in share.identity_keys if key}

    def _request(self, line: Line, server_id: str) -> NewRequest | None:
        if line.verdict is not Verdict.INVITE or line.identity is None:
            return None
        catalog = self._catalog_of(server_id)
        server = catalog.known()
        if catalog is self._catalog_of(""):
            server_id = ""  # one name for each server: by it repeats are recognized
        terms = terms_for(Source.BATCH, approval_required=False, libraries=line.libraries)
        return NewRequest(
            request_id=self._new_id(),
            email_or_username=line.identity.typed,
            identity_key=line.identity.key,
            timestamp=self._clock(),
            source=Source.BATCH,
            server_name=server.name if server else "",
            libraries=line.libraries,
            client_key="",
            note=line.note,
            status=Status.QUEUED,
            terms=replace(terms, access_days=line.days, server=server_id),
        )

    def _id_of(self, wish: Wish) -> UUID:
        server = [wish.server_id] if wish.server_id else []
        told = json.dumps([wish.text, sorted(wish.library_ids), wish.days, *server])
        digest = hashlib.sha256(told.encode()).hexdigest()
        return uuid5(NAMESPACE_OID, f"{self._clock():%Y-%m-%d} {digest}")


def _check_length(entries: Sequence[Entry]) -> None:
    count = sum(not entry.heading for entry in entries)
    if count == 0:
        raise InvalidInput(FieldError(FIELD, Message("batch.empty")))
    if count > MOST_LINES:
        raise InvalidInput(
            FieldError(FIELD, Message("batch.too_long", count=count, most=MOST_LINES))
        )
