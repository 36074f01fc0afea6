"""What works and what does not, asked now, layer by layer, each with the one thing to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Protocol

from helpr_core.clock import Clock
from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.concerns import Concern
from helpr_core.domain.owned_servers import OwnedServer
from helpr_core.domain.token_source import TokenSource
from helpr_core.errors import HelprError, LogUnavailable, SetupRequired
from helpr_core.frozen import dataclass
from helpr_core.once import Once
from helpr_core.patience import within
from helpr_core.services.people.ports import PeopleSummary
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.plex.errors import PlexUnauthorized
from helpr_core.services.plex.libraries import SharedLibraries
from helpr_core.services.plex.seats import Seats
from helpr_core.services.ports import InviteLog, MediaServer, StateStore
from helpr_core.services.record_ports import InviteHistory
from helpr_core.services.upkeep.apart import Apart
from helpr_core.services.upkeep.background import Upkeep
from helpr_core.services.upkeep.explain import explain
from helpr_core.services.upkeep.people_checks import PEOPLE, people_check
from helpr_core.services.upkeep.plex_checks import (
    libraries_check,
    seats_check,
    server_check,
    token_refused,
)
from helpr_core.services.upkeep.setting_concerns import SettingConcerns
from helpr_core.texts import Message, Words, clauses

SECONDS = 25.0
"""The time for all of it; whatever has not answered by then is reported as silent."""
_PLEX = ("token", "account", "server", "libraries", "seats", "server_reachable")


class Identity(Protocol):
    """The app's identity on Azure."""

    @property
    def opens(self) -> frozenset[str]:
        """The parts reached with it, by the names of their checks."""

    def ping(self) -> None:
        """Ask for a token for each of them. Raises Unavailable for one that is refused."""


class _Row:
    """Checks that run one after the other in their own thread, by name."""

    def __init__(self, names: tuple[str, ...], ask: Callable[[], Iterator[Check]]) -> None:
        self._names = names
        self._found: list[Check] = []
        self._asked = Apart(lambda: self._found.extend(ask()))

    def result(self, ends_at: float) -> list[Check]:
        """What they have found by then; the first missing one is the silent one."""
        with suppress(TimeoutError):
            self._asked.result(max(0.0, ends_at - time.monotonic()))
        found = list(self._found)
        missing = self._names[len(found) :]
        return [*found, *map(_silent, missing[:1]), *map(_skipped, missing[1:])]


@dataclass(frozen=True, slots=True)
class ConnectionCheck:
    """Call it; it returns all layers, whatever happens to any of them, within SECONDS.

    What it looks at is given as functions: building a part may fail, too.
    """

    setting_concerns: Callable[[], SettingConcerns]
    channel_concerns: Callable[[], Sequence[Concern]]
    media: Callable[[], MediaServer]
    catalog: Callable[[], ServerCatalog]
    libraries: Callable[[], SharedLibraries]
    seats: Callable[[], Seats]
    identity: Callable[[], Identity | None]
    invite_log: Callable[[], InviteLog]
    invite_history: Callable[[], InviteHistory]
    state: Callable[[], StateStore]
    upkeep: Callable[[], Upkeep]
    links: Callable[[], Check]
    people: Callable[[], PeopleSummary]
    token_source: TokenSource
    clock: Clock

    def __call__(self) -> tuple[Check, ...]:
        """The settings, then Plex's layers one after the other and, in parallel, the stores and
        what uses them."""
        ends_at = time.monotonic() + SECONDS
        with within(SECONDS):
            rows = [
                _alone("settings", lambda: self.setting_concerns().check(self.channel_concerns())),
                _Row(_PLEX, self._plex),
                *self._stores(),
                _alone("links", self._links),
                _alone(PEOPLE, lambda: people_check(self.people(), self.clock())),
                *(_alone(name, look) for name, look in self.upkeep().looks.items()),
            ]
            return tuple(check for row in rows for check in row.result(ends_at))

    def _stores(self) -> list[_Row]:
        """On Azure the identity first: without a token, what it opens would only refuse us."""
        stores = {"database": self._database, "state_store": self._state_store}
        identity = self.identity()
        if identity is None:
            return [_alone(name, ask) for name, ask in stores.items()]
        signed_in = Once(lambda: _timed("identity", lambda: _signed_in(identity)))

        def ask(name: str) -> Iterator[Check]:
            shut = name in identity.opens and not signed_in.get().ok
            yield _skipped(name) if shut else _timed(name, stores[name])

        return [
            _Row(("identity",), lambda: iter([signed_in.get()])),
            *(_Row((name,), partial(ask, name)) for name in stores),
        ]

    def _plex(self) -> Iterator[Check]:
        """Each layer depends on the one before; the first broken one is the cause."""
        token, account = self._token_and_account()
        yield token
        yield account
        found: list[OwnedServer] = []
        layers: tuple[Callable[[], Check], ...] = (
            lambda: self._server(found),
            self._libraries,
            self._seats,
            lambda: self._reachable(found[0]),
        )
        broken = not account.ok
        for name, ask in zip(_PLEX[2:], layers, strict=True):
            yield _skipped(name) if broken else _timed(name, ask)
            # Without libraries there are still seats to count, and a server to reach.
            broken = broken or (name == "server" and not found)

    def _token_and_account(self) -> tuple[Check, Check]:
        found: list[str] = []

        def ask() -> Check:
            try:
                found.append(self.media().fetch_account().name)
            except PlexUnauthorized:
                return token_refused(self.token_source)
            return Check("token", Severity.OK, Message("check.token.ok"))

        token = _timed("token", ask)
        if not token.ok:
            return token, _skipped("account")
        (name,) = found
        signed_in = Message("check.account.ok", name=name)
        unnamed = Message("check.account.unnamed")
        return token, Check("account", Severity.OK, signed_in if name else unnamed)

    def _server(self, servers: list[OwnedServer]) -> Check:
        known = self.catalog().known()
        identifier = known.machine_identifier if known else ""
        found = self.media().find_server(identifier)
        if found.server is not None:
            servers.append(found.server)
        return server_check(found)

    def _libraries(self) -> Check:
        server, libraries = self.catalog().refresh(), self.libraries()
        with suppress(SetupRequired):  # the check says the same, and more
            server = libraries.offer(server, final=True).server
        return libraries_check(libraries.sharing(server), server)

    def _seats(self) -> Check:
        return seats_check(self.seats().read())

    def _reachable(self, server: OwnedServer) -> Check:
        answered = self.media().reach(server)
        if answered is None:
            tried = Message("check.server_reachable.none", count=len(server.addresses))
            fix = Message("check.server_reachable.fix")
            return Check("server_reachable", Severity.WARNING, tried, fix)
        return Check(
            "server_reachable", Severity.OK, Message("check.server_reachable.ok", address=answered)
        )

    def _database(self) -> Check:
        self.invite_log().ping()
        found: Words = Message("check.store.ok")
        if self.invite_history().lacks_search_index():
            found = clauses(found, Message("check.database.no_search_index"))
        return Check("database", Severity.OK, found)

    def _links(self) -> Check:
        try:
            return self.links()
        except LogUnavailable:  # which is the database's to say
            return _skipped("links")

    def _state_store(self) -> Check:
        self.state().ping()
        return Check("state_store", Severity.OK, Message("check.store.ok"))


def _signed_in(identity: Identity) -> Check:
    identity.ping()
    return Check("identity", Severity.OK, Message("check.identity.ok"))


def _alone(name: str, ask: Callable[[], Check]) -> _Row:
    return _Row((name,), lambda: iter([_timed(name, ask)]))


def _silent(name: str) -> Check:
    return Check(
        name,
        _severity(name),
        Message("check.silent", count=round(SECONDS)),
        Message("check.silent_fix"),
    )


def _skipped(name: str) -> Check:
    # Not an error, so that the broken one stands out.
    return Check(name, Severity.WARNING, Message("check.skipped"), Message("check.skipped_fix"))


def _timed(name: str, ask: Callable[[], Check]) -> Check:
    started = time.monotonic()
    try:
        check = ask()
    except HelprError as exc:
        check = Check(name, _severity(name), *explain(exc))
    return replace(check, ms=round((time.monotonic() - started) * 1000))


def _severity(name: str) -> Severity:
    """The severity of a failed layer: no invite needs the media server or the list of people."""
    return Severity.WARNING if name in ("server_reachable", PEOPLE) else Severity.ERROR
