"""Which libraries are shared: the owner's saved choice, else the names in PLEX_LIBRARIES."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from helpr_core.domain.plex import Library, Server, resolve_names
from helpr_core.errors import (
    EntryChanged,
    EntryExists,
    FieldError,
    InvalidInput,
    PlexError,
    SetupRequired,
    StateUnavailable,
)
from helpr_core.services.ports import SITE, Entry, StateStore
from helpr_core.services.server_catalog import ServerCatalog

log = logging.getLogger(__name__)

KEY = "libraries"
_FRESH_SECONDS = 60.0
"""How long a worker goes on with a choice it has read: a change reaches all in a minute."""

NONE_CHOSEN = FieldError(
    "PLEX_LIBRARIES",
    "names no library to share, and no choice is saved. Name the libraries of your Plex "
    "server, separated by commas",
)


@dataclass(frozen=True, slots=True)
class ListedLibrary:
    """A library of the server, or one that was chosen and is `gone` from it."""

    library: Library
    shared: bool
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """All libraries, and when plex.tv was asked for them (aware UTC)."""

    libraries: tuple[ListedLibrary, ...]
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class _Choice:
    """Libraries by id, with the titles they had; `names` is what PLEX_LIBRARIES said."""

    libraries: tuple[Library, ...]
    names: tuple[str, ...] | None  # None: the owner chose


class SharedLibraries:
    """Reads and saves the choice. `names` is PLEX_LIBRARIES."""

    def __init__(self, state: StateStore, catalog: ServerCatalog, names: Sequence[str]) -> None:
        self._state = state
        self._catalog = catalog
        self._names = tuple(names)
        self._kept: tuple[float, _Choice | None] | None = None
        self._told: tuple[str, ...] = ()
        self._ask_again_at = 0.0
        self._refresh_again_at = 0.0

    def offered(self) -> tuple[Library, ...]:
        """What a friend gets, for the page: never a reason to wait for plex.tv for long.

        Raises SetupRequired while neither a choice nor a name is there. While plex.tv
        cannot be asked, the names as they are written, with no kind; it is asked again after
        a minute, so that an outage does not slow down every page.
        """
        choice = self._choice()
        known = self._catalog.known()
        if choice is not None:
            return self.to_share(known) if known else choice.libraries
        self.require_some()
        if known is None and time.monotonic() < self._ask_again_at:
            return self._names_alone()
        try:
            return self.to_share(self._catalog.server())
        except PlexError as exc:
            log.warning("libraries not resolved reason=%s", exc.code)
            self._ask_again_at = time.monotonic() + _FRESH_SECONDS
            return self._names_alone()

    def require_some(self) -> None:
        """Raise SetupRequired while neither a saved choice nor PLEX_LIBRARIES names one."""
        # Read in any case: an invite that is recorded must not stop at this later.
        if self._choice() is None and not self._names:
            raise SetupRequired(NONE_CHOSEN)

    def to_share(self, server: Server) -> tuple[Library, ...]:
        """The libraries an invite to this server carries: chosen, and still there.

        Raises SetupRequired when none is left: an invite without libraries would share
        every one of them.
        """
        choice = self._choice()
        if choice is None:
            choice, server = self._resolve(server)
        there = {library.id: library for library in server.libraries}
        libraries = tuple(there[lib.id] for lib in choice.libraries if lib.id in there)
        if not libraries:
            raise SetupRequired(
                FieldError("libraries", "that were chosen are no longer on the Plex server")
            )
        return libraries

    def list(self, refresh: bool) -> Listing:
        """All libraries of the server, which are shared, and the chosen ones that are gone."""
        server = self._catalog.refresh() if refresh else self._catalog.server()
        try:
            shared = {library.id for library in self.to_share(server)}
        except SetupRequired:
            shared = set()
        choice = self._choice()
        there = {library.id for library in server.libraries}
        chosen = choice.libraries if choice else ()
        return Listing(
            (
                *(ListedLibrary(one, one.id in shared) for one in server.libraries),
                *(ListedLibrary(one, False, gone=True) for one in chosen if one.id not in there),
            ),
            server.fetched_at,
        )

    def choose(self, ids: Sequence[int]) -> Listing:
        """Save the owner's choice. Raises InvalidInput for none, or for one unknown."""
        choice = _Choice(self.named(ids, "shared"), None)
        self._state.put(SITE, KEY, _stored(choice))
        self._kept = (time.monotonic(), choice)
        return self.list(refresh=False)

    def named(self, ids: Sequence[int], field: str = "libraries") -> tuple[Library, ...]:
        """The server's libraries of these ids. Raises InvalidInput as `choose` does."""
        if not ids:
            raise InvalidInput(
                FieldError(field, "Choose at least one: for Plex, none means every library.")
            )
        server = self._catalog.server()
        if set(ids) - {library.id for library in server.libraries}:
            server = self._catalog.refresh()  # it may have been added a minute ago
        there = {library.id: library for library in server.libraries}
        unknown = [number for number in ids if number not in there]
        if unknown:
            listed = ", ".join(str(number) for number in unknown)
            raise InvalidInput(FieldError(field, f"Not on this server: {listed}"))
        return tuple(there[number] for number in dict.fromkeys(ids))

    def chosen(self) -> tuple[Library, ...]:
        """What counts as chosen, for the audit log; empty while only names are set."""
        choice = self._choice()
        return choice.libraries if choice else ()

    def _names_alone(self) -> tuple[Library, ...]:
        return tuple(Library(0, name, "") for name in self._names)

    def _resolve(self, server: Server) -> tuple[_Choice, Server]:
        """Turn PLEX_LIBRARIES into ids, once: a library renamed later stays shared.

        Returns the server in which they were found as well: it may be a fresher one.
        """
        self.require_some()
        named = resolve_names(self._names, server.libraries)
        if not named.libraries:
            server = self._fresher(server)
            named = resolve_names(self._names, server.libraries)
        if named.problems and named.problems != self._told:
            log.warning("PLEX_LIBRARIES not clear problems=%d", len(named.problems))
            self._told = named.problems
        if not named.libraries:
            raise SetupRequired(*(FieldError("PLEX_LIBRARIES", p) for p in named.problems))
        choice = _Choice(named.libraries, self._names)
        if not named.problems:
            choice = self._save_resolved(choice)
        return choice, server

    def _fresher(self, server: Server) -> Server:
        """The libraries as they are now; a wrong name asks plex.tv once a minute at most."""
        if time.monotonic() < self._refresh_again_at:
            return self._catalog.known() or server
        self._refresh_again_at = time.monotonic() + _FRESH_SECONDS
        try:
            return self._catalog.refresh()
        except PlexError as exc:
            log.warning("libraries not refreshed reason=%s", exc.code)
            return server

    def _save_resolved(self, choice: _Choice) -> _Choice:
        """Store it unless the owner has chosen meanwhile; returns the choice that counts."""
        read_at = time.monotonic()
        try:
            entry = self._state.get(SITE, KEY)
            if entry is None:
                self._state.insert(SITE, KEY, _stored(choice))
            elif _is_current(_choice(entry), self._names):
                choice = _choice(entry)
            else:
                self._state.replace(SITE, KEY, _stored(choice), entry.etag)
        except StateUnavailable as exc:
            log.warning("resolved libraries not stored reason=%s", exc)
        except (EntryExists, EntryChanged) as exc:
            log.info("resolved libraries not stored reason=%s", exc.code)
            read_at = -math.inf  # somebody resolved or chose just now: read it next time
        # Never forgotten, so that a state store that goes away stops no invite.
        self._kept = (read_at, choice)
        return choice

    def _choice(self) -> _Choice | None:
        """The choice that counts; None while PLEX_LIBRARIES has to be resolved first."""
        kept = self._kept
        if kept is not None and time.monotonic() - kept[0] < _FRESH_SECONDS:
            return kept[1]
        try:
            entry = self._state.get(SITE, KEY)
        except StateUnavailable:
            if kept is None:
                raise
            return kept[1]  # the last one known
        choice = _choice(entry) if entry else None
        if choice is not None and not _is_current(choice, self._names):
            choice = None
        self._kept = (time.monotonic(), choice)
        return choice


def _is_current(choice: _Choice, names: tuple[str, ...]) -> bool:
    return choice.names is None or choice.names == names


def _stored(choice: _Choice) -> dict[str, Any]:
    return {
        "libraries": [asdict(library) for library in choice.libraries],
        "names": list(choice.names) if choice.names is not None else None,
    }


def _choice(entry: Entry) -> _Choice:
    value: Mapping[str, Any] = entry.value
    names = value["names"]
    return _Choice(
        tuple(Library(**library) for library in value["libraries"]),
        tuple(names) if names is not None else None,
    )
