"""Which libraries are shared: the owner's saved choice, otherwise the names in PLEX_LIBRARIES."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from helpr_core.clock import Clock
from helpr_core.domain.library_choice import (
    Choice,
    Found,
    ListedLibrary,
    Listing,
    Notice,
    Offer,
    Sharing,
    chosen_on,
    find,
    named_by,
)
from helpr_core.domain.library_names import listed
from helpr_core.domain.plex import Library, Server
from helpr_core.domain.server_list import Doubt
from helpr_core.domain.titles import may_be_shown, nearest
from helpr_core.errors import FieldError, SetupRequired, StateUnavailable
from helpr_core.services.decisions import Decided
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.plex.errors import PlexError, PlexServersAlike, PlexServerUnknown
from helpr_core.services.plex.server_libraries import named
from helpr_core.services.plex.stored_choice import StoredChoice
from helpr_core.texts import Message, Words, quoted, sentences

log = logging.getLogger(__name__)

_ASK_AGAIN_SECONDS = 60.0
_LONGEST_WAIT_SECONDS = 600.0
_REPORTED_FOR = timedelta(days=7)

NONE_CHOSEN = FieldError(
    "PLEX_LIBRARIES",
    Message("libraries.none_chosen"),
)


class SharedLibraries:
    """Reads and saves the choice. `names` is PLEX_LIBRARIES."""

    def __init__(
        self, decided: Decided[Choice], catalog: ServerCatalog, names: Sequence[str], clock: Clock
    ) -> None:
        self._catalog = catalog
        self._names = tuple(names)
        self._stored = StoredChoice(decided, self._names)
        self._clock = clock
        self._told: tuple[Message, ...] = ()
        self._ask_again_at = self._ask_first_at = 0.0
        self._wait = _ASK_AGAIN_SECONDS
        self._not_found: SetupRequired | None = None

    def offered(self) -> tuple[Library, ...]:
        """What a friend gets, for the page, without ever waiting long for plex.tv.

        Raises SetupRequired while there is neither a choice nor a name, and while the server or
        every name is wrong and was never right. While plex.tv cannot be asked, it returns the names
        as written, without kinds; the same on a new site whose database is down.
        """
        try:
            return self._offered()
        except StateUnavailable:
            if self._stored.shown() is not None or not self._names:
                raise
            return self._as_named()

    def _offered(self) -> tuple[Library, ...]:
        self.require_some()
        choice = self._stored.current()
        known = self._catalog.known()
        if known is None:
            if choice is not None:
                return choice.libraries
            return self._first_offered()
        try:
            return self.to_share(known)
        except SetupRequired:
            # What was once valid is kept for the friend, and its loss reported to the owner.
            if choice is None or not choice.libraries:
                raise
            return choice.libraries

    def _first_offered(self) -> tuple[Library, ...]:
        """The same while the server is unknown, which is looked up once a minute."""
        if time.monotonic() >= self._ask_first_at:
            self._ask_first_at = time.monotonic() + _ASK_AGAIN_SECONDS
            self._not_found = None
            try:
                return self.to_share(self._catalog.server())
            except PlexServerUnknown as exc:
                self._not_found = SetupRequired(wrong_server(exc))
            except PlexError as exc:
                log.warning("libraries not resolved reason=%s", exc.code)
        if self._not_found is not None:
            raise self._not_found
        return self._as_named()

    def _as_named(self) -> tuple[Library, ...]:
        return tuple(Library(0, name, "") for name in self._names)

    def require_some(self) -> None:
        """Raise SetupRequired while neither a saved choice nor PLEX_LIBRARIES names one."""
        # Read in any case: a recorded invite must not fail at this later.
        if self._stored.current() is None and not self._names:
            raise SetupRequired(NONE_CHOSEN)

    def to_share(self, server: Server) -> tuple[Library, ...]:
        """The libraries of `offer`, for those who know the server."""
        return self.offer(server).libraries

    def offer(self, server: Server, *, final: bool = False) -> Offer:
        """What an invite shares: the chosen libraries that the server has.

        If a chosen library is missing, plex.tv is asked again, once a minute and later every ten;
        with `final` it has just been asked. Raises SetupRequired when nothing is left: an invite
        without libraries would share every one of them.
        """
        self.require_some()
        if not final:
            server = self._as_others_know_it(server)
        found = self._find(server)
        if found.problems and not final:
            server, found = self._look_again(server, found)
        if found.choice.libraries and self._stored.learn(found.choice) != found.choice:
            found = self._find(server)  # the owner has chosen in between
        if found.problems and found.problems != self._told:
            log.warning("libraries not clear problems=%d", len(found.problems))
            self._told = found.problems
        if not found.libraries:
            raise SetupRequired(*_as_errors(found, server))
        return Offer(server, found.libraries)

    def sharing(self, server: Server) -> Sharing:
        """What is shared of this server, and what is wrong with that, without a call."""
        found = self._find(server)
        notices = []
        choice = found.choice
        if choice.found_again and not self._is_old(choice):
            notices.append(_made_anew(choice.found_again))
        doubt = self._catalog.doubt()
        if doubt is not None:
            notices.append(_doubtful(doubt, server))
        return Sharing(
            found.libraries, found.problems, tuple(notices), by_setting=choice.names is not None
        )

    def list(self, *, refresh: bool) -> Listing:
        """All libraries of the server, whether they are shared, and the chosen ones that are
        gone."""
        server = self._catalog.refresh() if refresh else self._looked_at()
        try:
            server = self.offer(server, final=refresh).server
        except SetupRequired as exc:
            log.info("no library to share reason=%s", exc.code)
        choice, sharing = self._stored.current(), self.sharing(server)
        doubt = self._catalog.doubt()
        missing = doubt.missing if doubt else ()
        there = {library.id for library in server.libraries}
        chosen = choice.libraries if choice else ()
        return Listing(
            (
                *(
                    ListedLibrary(one, one in sharing.libraries, missing=one.id in missing)
                    for one in server.libraries
                ),
                *(ListedLibrary(one, False, gone=True) for one in chosen if one.id not in there),
            ),
            sharing.messages if choice or self._names else (),
            server.fetched_at,
        )

    def choose(self, ids: Sequence[int], by: str) -> Listing:
        """Save the owner's choice. Raises InvalidInput for an empty one or an unknown library, and
        LogUnavailable while the database is down; nothing is saved then."""
        libraries = self.named(ids, "shared")
        self._stored.save(chosen_on(self._catalog.server(), libraries), by)
        return self.list(refresh=False)

    def named(self, ids: Sequence[int], field: str = "libraries") -> tuple[Library, ...]:
        """The server's libraries with these ids. Raises InvalidInput as `choose` does."""
        return named(self._catalog, ids, field)

    def chosen(self) -> tuple[Library, ...]:
        """The current choice, for the audit log; empty while only names are set."""
        choice = self._stored.current()
        return choice.libraries if choice else ()

    def _looked_at(self) -> Server:
        """The server, read again if that is due."""
        server = self._catalog.server()
        try:
            self._catalog.look_again()
        except PlexError as exc:
            log.warning("libraries not refreshed reason=%s", exc.code)
        return self._catalog.known() or server

    def _find(self, server: Server) -> Found:
        choice = self._stored.current()
        if choice is None:
            choice = named_by(self._names)
        found = find(choice, server)
        if found.choice.found_again != choice.found_again:
            log.warning("libraries found again count=%d", len(found.choice.found_again))
            return replace(found, choice=replace(found.choice, found_at=self._clock()))
        return found

    def _as_others_know_it(self, server: Server) -> Server:
        """The choice's server, if another worker has seen it set up again."""
        choice = self._stored.current()
        if choice is None or choice.machine in ("", server.machine_identifier):
            return server
        return self._catalog.known(fresh=True) or server

    def _look_again(self, server: Server, found: Found) -> tuple[Server, Found]:
        """The server as plex.tv now lists it, and the chosen libraries."""
        if time.monotonic() < self._ask_again_at:
            return server, found
        self._ask_again_at = time.monotonic() + self._wait
        try:
            server = self._catalog.refresh()
        except PlexError as exc:
            log.warning("libraries not refreshed reason=%s", exc.code)
            return server, found
        found = self._find(server)
        # A lasting problem is for the owner to fix: friends do not wait for it every minute.
        self._wait = min(self._wait * 2, _LONGEST_WAIT_SECONDS)
        if not found.problems:
            self._wait = _ASK_AGAIN_SECONDS
        return server, found

    def _is_old(self, choice: Choice) -> bool:
        return choice.found_at is not None and self._clock() - choice.found_at > _REPORTED_FOR


def wrong_server(error: PlexServerUnknown) -> FieldError:
    """What is wrong with PLEX_SERVER_NAME, for the setup page, which everybody may read."""
    if isinstance(error, PlexServersAlike):
        return FieldError("PLEX_SERVER_NAME", Message("server.name_of_several"))
    if not error.owned:
        return FieldError("PLEX_SERVER_NAME", Message("server.owns_none"))
    names = tuple(error.owned.values())
    servers = quoted(names)
    if not may_be_shown(error.wanted):
        return FieldError("PLEX_SERVER_NAME", Message("server.not_owned", servers=servers))
    found = Message("server.not_called", wanted=error.wanted, servers=servers)
    return FieldError("PLEX_SERVER_NAME", sentences(found, meant(error.wanted, names)))


def meant(typed: str, names: Iterable[str]) -> Words:
    """The question whether one of the names was meant; "" where none is close."""
    name = nearest(typed, names)
    return Message("server.meant", name=name) if name else ""


def _as_errors(found: Found, server: Server) -> tuple[FieldError, ...]:
    setting = found.choice.names is not None
    field = "PLEX_LIBRARIES" if setting else "libraries"
    errors = [FieldError(field, problem) for problem in found.problems]
    there = listed(server.libraries, server.libraries)
    if setting:
        return (*errors, FieldError(field, Message("libraries.can_name", libraries=there)))
    return (*errors, FieldError(field, Message("libraries.can_be", libraries=there)))


def _made_anew(titles: Sequence[str]) -> Notice:
    return Notice(
        Message("libraries.found_again", titles=quoted(titles)),
        Message("libraries.found_again_fix"),
    )


def _doubtful(doubt: Doubt, server: Server) -> Notice:
    if doubt.nothing:
        return Notice(
            Message("libraries.none_listed", since=doubt.since),
            Message("libraries.none_listed_fix"),
        )
    titles = {library.id: library.title for library in server.libraries}
    missing = quoted(titles.get(number, str(number)) for number in doubt.missing)
    return Notice(
        Message("libraries.not_listed", titles=missing, since=doubt.since),
        Message("libraries.not_listed_fix"),
    )
