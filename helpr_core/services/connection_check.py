"""What works and what does not, layer by layer, each with the one thing to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from helpr_core.domain.advice import advise
from helpr_core.errors import HelprError, PlexError, SetupRequired, Unavailable
from helpr_core.services.libraries import SharedLibraries
from helpr_core.services.ports import InviteLog, StateStore
from helpr_core.services.server_catalog import ServerCatalog


@dataclass(frozen=True, slots=True)
class Check:
    """One layer: `detail` says what was found, `fix` what to do when it is not ok."""

    name: str
    ok: bool
    detail: str
    fix: str
    ms: int


class ConnectionCheck:
    """Asks each layer now. The parts come as functions: building one may fail, too."""

    def __init__(
        self,
        catalog: Callable[[], ServerCatalog],
        libraries: Callable[[], SharedLibraries],
        log: Callable[[], InviteLog],
        state: Callable[[], StateStore],
    ) -> None:
        self._catalog = catalog
        self._libraries = libraries
        self._log = log
        self._state = state

    def __call__(self) -> tuple[Check, ...]:
        """All layers, whatever becomes of the ones before."""
        return (
            _check("database", self._database),
            _check("state_store", self._state_store),
            _check("plex_server", self._plex_server),
            _check("libraries", self._shared),
        )

    def _database(self) -> str:
        self._log().ping()
        return "answers"

    def _state_store(self) -> str:
        self._state().ping()
        return "answers"

    def _plex_server(self) -> str:
        server = self._catalog().refresh()
        return f"{server.name}, {len(server.libraries)} libraries"

    def _shared(self) -> str:
        shared = self._libraries().to_share(self._catalog().server())
        return "shared: " + ", ".join(f"{lib.title} ({lib.type})" for lib in shared)


def _check(name: str, ask: Callable[[], str]) -> Check:
    started = time.monotonic()
    ok, fix = True, ""
    try:
        detail = ask()
    except HelprError as exc:
        ok, detail, fix = False, _detail(exc), _fix(exc)
    return Check(name, ok, detail, fix, round((time.monotonic() - started) * 1000))


def _detail(error: HelprError) -> str:
    return error.reason or error.code if isinstance(error, PlexError) else str(error)


def _fix(error: HelprError) -> str:
    if isinstance(error, SetupRequired):
        return "Correct the setting named here, then run the check again."
    if isinstance(error, Unavailable):
        return "See that it runs and that its setting is right, then run the check again."
    return advise(error.code)
