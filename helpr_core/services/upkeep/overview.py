"""The overview: a summary of what is known already."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress

from helpr_core.clock import Clock
from helpr_core.domain.advice import advise
from helpr_core.domain.checks import Check, Severity, worst
from helpr_core.domain.history import InviteFilter
from helpr_core.domain.plex import Server
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.domain.token_source import TokenSource
from helpr_core.errors import HelprError, LogUnavailable, SetupRequired, StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.people.ports import PeopleSummary
from helpr_core.services.plex.account import PlexAccount
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.plex.errors import (
    PlexEndpointGone,
    PlexError,
    PlexServersAlike,
    PlexServerUnknown,
    PlexUnauthorized,
    PlexUnavailable,
    PlexUnexpected,
)
from helpr_core.services.plex.libraries import SharedLibraries
from helpr_core.services.plex.seats import SeatCount, Seats
from helpr_core.services.ports import InviteLog, StateStore
from helpr_core.services.record_ports import InviteHistory
from helpr_core.services.site.standing import Reception, Standing
from helpr_core.services.upkeep.background import Upkeep
from helpr_core.services.upkeep.explain import explain
from helpr_core.services.upkeep.people_checks import people_check
from helpr_core.services.upkeep.plex_checks import libraries_check, seats_check, token_refused
from helpr_core.services.upkeep.setting_concerns import SettingConcerns
from helpr_core.texts import Message

log = logging.getLogger(__name__)

NEWEST = 20
AWAITING = 5
"""How many requests waiting for approval are shown; the rest are one click away."""
ENDING = 5
SOON_DAYS = 7
"""How many people whose access ends within these days are named."""
_REFUSED = PlexUnauthorized.code
_UNEXPECTED = (PlexUnexpected.code, PlexEndpointGone.code)


@dataclass(frozen=True, slots=True)
class Summary:
    """The overview. Anything unreadable is None, and a check says why."""

    status: Severity
    checks: tuple[Check, ...]
    seats: SeatCount | None
    counts: Mapping[Status, int] | None
    awaiting: tuple[InviteRequest, ...] | None
    recent: tuple[InviteRequest, ...] | None
    people: PeopleSummary | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class _Record:
    counts: Mapping[Status, int]
    awaiting: tuple[InviteRequest, ...]
    recent: tuple[InviteRequest, ...]
    people: PeopleSummary


@dataclass(frozen=True, slots=True)
class Overview:
    """Call it. plex.tv is asked for the seats at most every ten minutes, at most once a minute
    whether it accepts the token, and for the server if that is not known yet.

    What it reads is given as functions: building a part may fail, too.
    """

    setting_concerns: Callable[[], SettingConcerns]
    invite_log: Callable[[], InviteLog]
    invite_history: Callable[[], InviteHistory]
    people: Callable[[int, int], PeopleSummary]
    state: Callable[[], StateStore]
    catalog: Callable[[], ServerCatalog]
    libraries: Callable[[], SharedLibraries]
    seats: Callable[[], Seats]
    account: Callable[[], PlexAccount]
    reception: Callable[[], Reception]
    upkeep: Callable[[], Upkeep]
    token_source: TokenSource
    clock: Clock

    def __call__(self) -> Summary:
        """Read what is available; if a store is down, its part is left out."""
        record, database = self._record()
        token = self._token(record)
        is_refused = record is not None and token.severity is Severity.ERROR
        seats, of_plex = self._plex(record, is_refused=is_refused)
        settings = self.setting_concerns().check()
        checks = [settings, database, self._state_store(), *of_plex]
        if record is not None:
            now = self.clock()
            checks += [token, *_turned_away(record), people_check(record.people, now)]
        checks += self.upkeep().checks()
        return Summary(
            status=worst(checks),
            checks=tuple(checks),
            seats=seats,
            counts=record.counts if record else None,
            awaiting=record.awaiting if record else None,
            recent=record.recent if record else None,
            people=record.people if record else None,
            standing=self._standing(),
        )

    def _token(self, record: _Record | None) -> Check:
        """Whether plex.tv accepts the token now. If it does not answer, a request waiting because
        of the token shows it."""
        try:
            trouble = self.account().look().trouble
        except HelprError as exc:
            log.info("token not looked at reason=%s", exc.code)
            trouble = PlexUnavailable.code
        refused = token_refused(self.token_source)
        if trouble == _REFUSED:
            return refused
        if not trouble:
            return Check("token", Severity.OK, Message("check.token.ok"))
        waiting = record.recent if record else ()
        is_waited_for = any(
            row.status is Status.QUEUED and row.error_code == _REFUSED for row in waiting
        )
        if is_waited_for:
            return refused
        return Check("token", Severity.WARNING, *explain(PlexUnavailable()))

    def _standing(self) -> Standing | None:
        """What a friend would experience; None if unknown."""
        try:
            return self.reception().found()[0]
        except HelprError as exc:
            log.info("standing not known reason=%s", exc.code)
            return None

    def _record(self) -> tuple[_Record | None, Check]:
        record = None
        try:
            history = self.invite_history()
            recent = tuple(history.page(InviteFilter(), NEWEST).rows)
            counts = history.counts()
            people = self.people(SOON_DAYS, ENDING)
            record = _Record(counts, _awaiting(history, counts), recent, people)
            # What can be read cannot always be written: a disk is full, a standby took over.
            self.invite_log().ping()
        except LogUnavailable as exc:
            return record, Check("database", Severity.ERROR, *explain(exc))
        return record, Check("database", Severity.OK, Message("check.store.ok"))

    def _state_store(self) -> Check:
        try:
            self.state().ping()
        except (StateUnavailable, LogUnavailable) as exc:
            # The last known settings still apply, and limits are counted in memory, stricter.
            return Check("state_store", Severity.WARNING, *explain(exc))
        return Check("state_store", Severity.OK, Message("check.store.ok"))

    def _plex(
        self, record: _Record | None, *, is_refused: bool
    ) -> tuple[SeatCount | None, tuple[Check, ...]]:
        """`is_refused`: the token's check says why nothing more is known."""
        try:
            catalog = self.catalog()
            if catalog.known() is None:
                with suppress(SetupRequired):  # told below, as it is to a friend
                    self.libraries().offered()
            _look_again(catalog)
            server = catalog.known()
            if server is None and catalog.not_found is None and is_refused:
                return None, ()
            checks = [_server(server, catalog.not_found, record)]
            if server is None:
                return None, tuple(checks)
            checks.append(libraries_check(self.libraries().sharing(server), server))
            seats = self.seats().known()
        except HelprError as exc:
            return None, (Check("server", Severity.WARNING, *explain(exc)),)
        if seats is not None:
            checks.append(seats_check(seats))
        return seats, tuple(checks)


def _awaiting(history: InviteHistory, counts: Mapping[Status, int]) -> tuple[InviteRequest, ...]:
    """The newest requests waiting for approval; usually there are none."""
    if not counts.get(Status.AWAITING_APPROVAL):
        return ()
    wanted = InviteFilter(statuses=frozenset({Status.AWAITING_APPROVAL}))
    return tuple(history.page(wanted, AWAITING).rows)


def _look_again(catalog: ServerCatalog) -> None:
    """If plex.tv's last answer was doubtful, ask again."""
    if catalog.doubt() is None:
        return
    try:
        catalog.look_again()
    except PlexError as exc:
        log.warning("libraries not refreshed reason=%s", exc.code)


def _server(server: Server | None, not_found: PlexError | None, record: _Record | None) -> Check:
    """The server as known, or the known reason why it is not."""
    waiting = (
        {row.error_code for row in record.recent if row.status is Status.QUEUED}
        if record
        else set()
    )
    if server is None and not_found is not None:
        return Check("server", Severity.ERROR, *explain(not_found))
    for code in (PlexServerUnknown.code, PlexServersAlike.code):
        if code in waiting:
            return Check(
                "server", Severity.ERROR, Message("check.server.requests_wait"), advise(code)
            )
    if server is None:
        return Check(
            "server",
            Severity.WARNING,
            Message("check.server.not_asked"),
            Message("check.server.not_asked_fix"),
        )
    return Check("server", Severity.OK, server.name)


def _turned_away(record: _Record) -> tuple[Check, ...]:
    """A request waiting because of an unexpected answer shows what that answer was."""
    for row in record.recent:
        if row.status is Status.QUEUED and row.error_code in _UNEXPECTED:
            return (
                Check(
                    "plex",
                    Severity.ERROR,
                    Message("check.plex.turned_away"),
                    row.error_message or "",
                ),
            )
    return ()
