"""What is known of the owner's server: in memory, else in the state store, else at plex.tv."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from threading import Lock
from typing import Any

from helpr_core.domain.plex import Library, Server
from helpr_core.errors import PlexServerUnknown, StateUnavailable
from helpr_core.once import Once
from helpr_core.services.ports import PLEX, MediaServer, StateStore

log = logging.getLogger(__name__)


class ServerCatalog:
    """Keeps the server for the worker and, through the state store, for the next one.

    `key` names the server and the account in the state store, so that another server name
    or another plex.tv is not answered from what was known of the first.
    """

    def __init__(self, media: MediaServer, state: StateStore, key: str) -> None:
        self._media = media
        self._state = state
        self._key = key
        self._lock = Lock()
        self._kept: Server | None = None
        self._asked = Once(lambda: self._keep(self._media.fetch_server()))

    def known(self) -> Server | None:
        """The server without asking plex.tv; None when nobody has asked yet."""
        if self._kept is None:
            self._kept = self._stored()
        return self._kept

    def server(self) -> Server:
        """The server; plex.tv is asked only when neither memory nor store know it."""
        known = self.known()
        if known is not None:
            return known
        return self._asked.get()  # threads of a cold worker ask plex.tv once

    def refresh(self) -> Server:
        """Ask plex.tv again: for the libraries, or for everything when the server is gone."""
        with self._lock:
            known = self._kept
            if known is None:
                return self._keep(self._media.fetch_server())
            try:
                return self._keep(self._media.fetch_libraries(known))
            except PlexServerUnknown:
                # A server that was set up anew has a new machine identifier.
                return self._keep(self._media.fetch_server())

    def _keep(self, server: Server) -> Server:
        self._kept = server
        try:
            self._state.put(PLEX, self._key, _stored(server))
        except StateUnavailable as exc:
            # The next cold worker asks plex.tv itself; nothing is wrong for this one.
            log.warning("server not stored reason=%s", exc)
        return server

    def _stored(self) -> Server | None:
        try:
            entry = self._state.get(PLEX, self._key)
        except StateUnavailable as exc:
            log.warning("stored server not read reason=%s", exc)
            return None
        return _server(entry.value) if entry else None


def _stored(server: Server) -> dict[str, Any]:
    return {
        "machine_identifier": server.machine_identifier,
        "name": server.name,
        "libraries": [asdict(library) for library in server.libraries],
        "fetched_at": server.fetched_at.isoformat(),
    }


def _server(value: Mapping[str, Any]) -> Server:
    return Server(
        machine_identifier=value["machine_identifier"],
        name=value["name"],
        libraries=tuple(Library(**library) for library in value["libraries"]),
        fetched_at=datetime.fromisoformat(value["fetched_at"]),
    )
