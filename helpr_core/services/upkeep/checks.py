"""What works and what does not, asked now, layer by layer, each with the one thing to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from helpr_core.domain.advice import advise
from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.owned_servers import OwnedServer
from helpr_core.errors import (
    HelprError,
    PlexAnswerLost,
    PlexError,
    PlexLimited,
    PlexListsNothing,
    PlexServerUnknown,
    PlexTrouble,
    PlexUnauthorized,
    PlexUnexpected,
    SetupRequired,
    Unavailable,
)
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.plex.libraries import SharedLibraries
from helpr_core.services.plex.seats import Seats
from helpr_core.services.ports import InviteLog, MediaServer, StateStore
from helpr_core.services.upkeep.background import Upkeep
from helpr_core.services.upkeep.plex_checks import (
    libraries_check,
    seats_check,
    server_check,
    unknown_server,
)
from helpr_core.services.upkeep.setting_concerns import SettingConcerns

_NOT_ASKED = "not asked: a layer before it is broken"
_FIX_FIRST = "Mend the first layer that is broken, then run the check again."
_UNREACHABLE = (
    "Invites need plex.tv alone, so nothing is lost. For friends to watch, see in Plex under "
    "Settings, Remote Access."
)
_TROUBLES = {
    PlexTrouble.code: "plex.tv does not answer, so that it could not be tried",
    PlexLimited.code: "plex.tv asks for fewer calls, so that it could not be tried",
    PlexAnswerLost.code: "plex.tv gave no usable answer, so that it could not be tried",
}
_NOTHING_LISTED = "plex.tv lists no library at all of this server"
_NOTHING_TO_DO = "Nothing to do: what friends ask meanwhile is kept, and tried again."


class Parts(Protocol):
    """Where the layers are found. As methods: building one may fail, too."""

    def setting_concerns(self) -> SettingConcerns:
        """The settings."""

    def media(self) -> MediaServer:
        """plex.tv."""

    def catalog(self) -> ServerCatalog:
        """The server."""

    def libraries(self) -> SharedLibraries:
        """What is shared."""

    def seats(self) -> Seats:
        """Plex's seats."""

    def identity(self) -> Identity | None:
        """What stores are signed in to with, on Azure."""

    def invite_log(self) -> InviteLog:
        """The record."""

    def state(self) -> StateStore:
        """The state store."""

    def upkeep(self) -> Upkeep:
        """What runs by itself."""


class Identity(Protocol):
    """The app's identity on Azure."""

    @property
    def opens(self) -> frozenset[str]:
        """The parts that are reached by it, by the names of their checks."""

    def ping(self) -> None:
        """Ask for a token for each of them. Raises Unavailable for one that is refused."""


class ConnectionCheck:
    """Call it; it returns all layers, whatever becomes of any of them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def __call__(self) -> tuple[Check, ...]:
        """The settings, Plex's layers one after the other, beside them the stores, then what
        uses these."""
        with ThreadPoolExecutor(max_workers=5) as pool:
            plex = pool.submit(self._plex)
            stores = pool.submit(self._stores, pool)
            upkeep = pool.submit(self._upkeep)
            settings = _timed("settings", lambda: self._parts.setting_concerns().check())
            return (settings, *plex.result(), *stores.result(), *upkeep.result())

    def _stores(self, pool: ThreadPoolExecutor) -> tuple[Check, ...]:
        """On Azure the identity first: without a token what it opens would only refuse us."""
        identity = self._parts.identity()
        told: tuple[Check, ...] = ()
        shut: frozenset[str] = frozenset()
        if identity is not None:
            told = (_timed("identity", lambda: _signed_in(identity)),)
            shut = frozenset() if told[0].ok else identity.opens
        asked = {
            name: pool.submit(_timed, name, ask)
            for name, ask in (("database", self._database), ("state_store", self._state_store))
            if name not in shut
        }
        stores = ("database", "state_store")
        checks = (asked[one].result() if one in asked else _skipped(one) for one in stores)
        return (*told, *checks)

    def _plex(self) -> tuple[Check, ...]:
        """Each layer stands on the one before it; the first broken one tells the cause."""
        token, account = self._token_and_account()
        checks = [token, account]
        found: list[OwnedServer] = []
        layers: tuple[tuple[str, Callable[[], Check]], ...] = (
            ("server", lambda: self._server(found)),
            ("libraries", self._libraries),
            ("seats", self._seats),
            ("server_reachable", lambda: self._reachable(found[0])),
        )
        broken = not account.ok
        for name, ask in layers:
            if broken:
                checks.append(_skipped(name))
                continue
            checks.append(_timed(name, ask))
            # Without libraries there are still seats to count, and a server to reach.
            broken = name == "server" and not found
        return tuple(checks)

    def _token_and_account(self) -> tuple[Check, Check]:
        found: list[str] = []

        def ask() -> Check:
            found.append(self._parts.media().fetch_account())
            return Check("token", Severity.OK, "plex.tv accepts it")

        token = _timed("token", ask)
        if not token.ok:
            return token, _skipped("account")
        return token, Check("account", Severity.OK, f"signed in as {found[0]}")

    def _server(self, servers: list[OwnedServer]) -> Check:
        known = self._parts.catalog().known()
        identifier = known.machine_identifier if known else ""
        found = self._parts.media().find_server(identifier)
        if found.server is not None:
            servers.append(found.server)
        return server_check(found)

    def _libraries(self) -> Check:
        server, libraries = self._parts.catalog().refresh(), self._parts.libraries()
        with suppress(SetupRequired):  # the check says the same, and more
            server = libraries.offer(server, final=True).server
        return libraries_check(libraries.sharing(server), server)

    def _seats(self) -> Check:
        return seats_check(self._parts.seats().read())

    def _reachable(self, server: OwnedServer) -> Check:
        answered = self._parts.media().reach(server)
        if answered is None:
            tried = f"none of its {len(server.addresses)} addresses answered from here"
            return Check("server_reachable", Severity.WARNING, tried, _UNREACHABLE)
        return Check("server_reachable", Severity.OK, f"answers at {answered}")

    def _database(self) -> Check:
        self._parts.invite_log().ping()
        return Check("database", Severity.OK, "answers, and takes what is written")

    def _state_store(self) -> Check:
        self._parts.state().ping()
        return Check("state_store", Severity.OK, "answers, and takes what is written")

    def _upkeep(self) -> tuple[Check, ...]:
        return tuple(_timed(name, look) for name, look in self._parts.upkeep().looks.items())


def _signed_in(identity: Identity) -> Check:
    identity.ping()
    return Check("identity", Severity.OK, "Azure gives it tokens")


def _skipped(name: str) -> Check:
    # No error: the one that is broken is to stand out.
    return Check(name, Severity.WARNING, _NOT_ASKED, _FIX_FIRST)


def _timed(name: str, ask: Callable[[], Check]) -> Check:
    started = time.monotonic()
    try:
        check = ask()
    except HelprError as exc:
        # Reaching the media server is never more than a warning: no invite needs it.
        severity = Severity.WARNING if name == "server_reachable" else Severity.ERROR
        check = Check(name, severity, *explain(exc))
    return replace(check, ms=round((time.monotonic() - started) * 1000))


def explain(error: HelprError) -> tuple[str, str]:
    """What was found, and what to do, in the owner's words."""
    if isinstance(error, SetupRequired):
        return str(error), "Correct what is named here, then run the check again."
    if isinstance(error, Unavailable):
        return str(error), error.fix or "See that it runs and that its setting is right."
    if isinstance(error, PlexServerUnknown):
        return unknown_server(error)
    if isinstance(error, PlexTrouble):
        return _explain_trouble(error)
    if isinstance(error, PlexError):
        return error.reason or error.code, advise(error.code)
    return str(error), advise(error.code)


def _explain_trouble(error: PlexTrouble) -> tuple[str, str]:
    if isinstance(error, PlexUnauthorized):
        return "plex.tv refuses the token", advise(error.code)
    if isinstance(error, PlexListsNothing):
        return _NOTHING_LISTED, advise(error.code)
    if isinstance(error, PlexUnexpected):
        return f"plex.tv answers with {error.reason}", advise(error.code)
    return _TROUBLES[error.code], _NOTHING_TO_DO
