"""The steps of the set-up: sign in, choose a server, tick libraries, choose a password."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from werkzeug.security import generate_password_hash

from helpr_core.domain.owned_servers import OwnedServer
from helpr_core.domain.plex import Library, OwnerAccount
from helpr_core.domain.plex_account import Pin
from helpr_core.errors import FieldError, InvalidInput
from helpr_core.frozen import dataclass
from helpr_core.services.set_up.connection import (
    ChangedElsewhere,
    Connection,
    Saved,
    StoredConnection,
)
from helpr_core.texts import Message

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024


class Step(StrEnum):
    """What comes next."""

    SIGN_IN = "sign_in"
    SERVER = "server"
    LIBRARIES = "libraries"
    PASSWORD = "password"  # noqa: S105 - a step's name
    DONE = "done"


class OwnersDoor(Protocol):
    """Where the owner signs in. Raises PlexError's leaves; one call each."""

    def make_pin(self, client_identifier: str) -> Pin:
        """A PIN made by Helpr."""

    def token(self, pin_id: int, client_identifier: str) -> str:
        """The resulting token; "" while nobody has signed in. Raises SignInOver if the PIN is
        unknown."""


class OwnersServers(Protocol):
    """An account's servers. Raises PlexError's leaves."""

    def account(self) -> OwnerAccount:
        """The account: one call."""

    def servers(self) -> Sequence[OwnedServer]:
        """The servers that it owns: one call."""

    def libraries(self, server: str) -> Sequence[Library]:
        """The libraries of one of them: one call."""


@dataclass(frozen=True, slots=True)
class View:
    """The step, what is stored, and what there is to choose from. `waits`: a sign-in has begun, but
    nobody has signed in at Plex."""

    step: Step
    saved: Saved
    waits: bool = False
    servers: Sequence[OwnedServer] = ()
    libraries: Sequence[Library] = ()


class SetUp:
    """Each step is stored when it is done, so the set-up can be left and continued, and two
    browsers do not mix: `version` is the one that the page was made from.

    `finish` is called with the libraries once everything else is there; `past` signs out the tokens
    of accounts that were given up.
    """

    def __init__(
        self,
        stored: StoredConnection,
        door: OwnersDoor,
        servers_of: Callable[[str], OwnersServers],
        client_identifier: str,
        *,
        needs_password: bool,
        finish: Callable[[Sequence[int]], None],
        past: Callable[[], int],
    ) -> None:
        self._stored = stored
        self._door = door
        self._servers_of = servers_of
        self._client_identifier = client_identifier
        self._needs_password = needs_password
        self._finish = finish
        self._past = past

    def is_open(self) -> bool:
        """Whether there is still something to set up."""
        return not self._stored.is_finished(self._stored.saved().connection)

    def view(self) -> View:
        """The current step, from which it continues after the return from Plex."""
        saved = self._stored.saved()
        if saved.connection.pin_id and not saved.connection.token:
            saved = self._entered(saved)
        step = self._step(saved.connection)
        plex = self._servers_of(self._stored.token(saved.connection))
        if step is Step.SERVER:
            return View(step, saved, servers=plex.servers())
        if step is Step.LIBRARIES:
            return View(step, saved, libraries=plex.libraries(saved.connection.server))
        return View(step, saved, waits=step is Step.SIGN_IN and bool(saved.connection.pin_id))

    def stored_view(self) -> View:
        """The step as it is stored, without what only Plex knows."""
        saved = self._stored.saved()
        return View(self._step(saved.connection), saved)

    def begin_sign_in(self, version: int, made: Pin | None = None) -> str:
        """The PIN that the owner's browser has made, or one made here: its code, for Plex's
        page."""
        saved = self._at(version)
        pin = made or self._door.make_pin(self._client_identifier)
        given = _signed_out(saved.connection)
        self._stored.save(replace(given, pin_id=pin.id, pin_code=pin.code), saved)
        return pin.code

    def choose_server(self, version: int, server: str) -> None:
        """One of the account's own."""
        saved = self._at(version)
        plex = self._servers_of(self._stored.token(saved.connection))
        if server not in {one.machine_identifier for one in plex.servers()}:
            raise InvalidInput(FieldError("server", Message("set_up.choose_server")))
        self._stored.save(replace(saved.connection, server=server, libraries=()), saved)

    def choose_libraries(self, version: int, ids: Sequence[int]) -> None:
        """At least one of the server's libraries; to Plex, none means all."""
        saved = self._at(version)
        plex = self._servers_of(self._stored.token(saved.connection))
        known = {library.id for library in plex.libraries(saved.connection.server)}
        if not ids or not set(ids) <= known:
            raise InvalidInput(FieldError("libraries", Message("set_up.choose_libraries")))
        connection = replace(saved.connection, libraries=tuple(ids))
        self._stored.save(replace(connection, finished=not self._needs_password), saved)
        if not self._needs_password:
            self._finish(connection.libraries)

    def choose_password(self, version: int, username: str, password: str) -> None:
        """The name and password of the dashboard; with it everything is there."""
        saved = self._at(version)
        name = username.strip()
        if not 1 <= len(name) <= 100:
            raise InvalidInput(FieldError("username", Message("set_up.choose_name")))
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            problem = Message("set_up.choose_password", count=SHORTEST_PASSWORD)
            raise InvalidInput(FieldError("password", problem))
        connection = replace(
            saved.connection,
            username=name,
            password_hash=generate_password_hash(password),
            finished=True,
        )
        self._stored.save(connection, saved)
        self._finish(connection.libraries)

    def back(self, version: int) -> None:
        """Go back one step; what was chosen after it must be chosen again."""
        saved = self._at(version)
        given = saved.connection
        if given.libraries:
            given = replace(given, libraries=())
        elif given.server:
            given = replace(given, server="")
        else:
            given = _signed_out(given)
        self._stored.save(given, saved)
        if given.past:
            self._past()

    def _at(self, version: int) -> Saved:
        saved = self._stored.saved()
        if saved.version != version or self._stored.is_finished(saved.connection):
            raise ChangedElsewhere("saved elsewhere")
        return saved

    def _entered(self, saved: Saved) -> Saved:
        token = self._door.token(saved.connection.pin_id, self._client_identifier)
        if not token:
            return saved
        account = self._servers_of(token).account()
        connection = Connection(
            token=self._stored.sealed(token),
            account=account.name,
            account_id=account.id,
            past=saved.connection.past,
        )
        try:
            return self._stored.save(connection, saved)
        except ChangedElsewhere:
            return self._stored.saved()  # another tab has come back, too

    def _step(self, connection: Connection) -> Step:
        if self._stored.is_finished(connection):
            return Step.DONE
        if not self._stored.token(connection):
            return Step.SIGN_IN
        if not connection.server:
            return Step.SERVER
        return Step.PASSWORD if connection.libraries else Step.LIBRARIES


def _signed_out(connection: Connection) -> Connection:
    """Nothing but the tokens that are to be signed out."""
    past = connection.past
    return Connection(past=(*past, connection.token) if connection.token else past)
