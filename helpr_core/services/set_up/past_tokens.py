"""Tokens that do not count any more are signed out at plex.tv, so that nobody can use them."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Protocol

from helpr_core.services.plex.errors import PlexError, PlexUnauthorized
from helpr_core.services.set_up.connection import Connection, StoredConnection

log = logging.getLogger(__name__)


class Exit(Protocol):
    """Where a token ends. Raises PlexError's leaves; PlexUnauthorized for one that is dead."""

    def sign_out(self, token: str, client_identifier: str) -> None:
        """End it: one call."""


class PastTokens:
    """Call it; what plex.tv does not answer to stays, sealed, for the next call. Where there are
    none it reads the database once, and asks nobody. Raises LogUnavailable."""

    def __init__(self, stored: StoredConnection, door: Exit, client_identifier: str) -> None:
        self._stored = stored
        self._door = door
        self._client_identifier = client_identifier

    def __call__(self) -> int:
        """Sign them out; how many that were."""
        past = self._stored.saved().connection.past
        ended = {sealed for sealed in past if self.end(self._stored.unsealed(sealed))}
        if ended:
            self._stored.change(lambda now: _without(now, ended))
        return len(ended)

    def end(self, token: str) -> bool:
        """Sign that one out; whether it is worthless now, as far as anybody can tell."""
        if not token:
            return True  # SECRET_KEY has changed: nobody can read it
        try:
            self._door.sign_out(token, self._client_identifier)
        except PlexUnauthorized:
            return True
        except PlexError as exc:
            log.warning("a token of the past is not signed out yet reason=%s", exc.code)
            return False
        return True


def _without(connection: Connection, ended: set[str]) -> Connection:
    left = tuple(sealed for sealed in connection.past if sealed not in ended)
    return replace(connection, past=left)
