"""The chosen libraries, found again on a server that may have changed, and what they lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from helpr_core.domain.decisions import Decision
from helpr_core.domain.library_names import called, resolve_names
from helpr_core.domain.plex import Library, Server
from helpr_core.domain.titles import title_key
from helpr_core.frozen import dataclass
from helpr_core.texts import Message


@dataclass(frozen=True, slots=True)
class Choice(Decision):
    """What is shared: libraries by id, with their titles and kinds at the time.

    `names` is what PLEX_LIBRARIES said, or None if the owner chose; `unclear` are the names that
    have matched nothing so far. `machine` is the server to which the ids belong, "" if that was not
    recorded. `beside` are the ids of all libraries that the server had at the time: none of these
    is a chosen library that was recreated. `found_again` are the titles of libraries whose id has
    changed since the owner chose, the latest at `found_at`.
    """

    libraries: tuple[Library, ...]
    names: tuple[str, ...] | None = None
    unclear: tuple[str, ...] = ()
    machine: str = ""
    beside: frozenset[int] = frozenset()
    found_again: tuple[str, ...] = ()
    found_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A choice on a server: which libraries are there, and what is wrong with the rest.

    `choice` is what to remember from now on; missing libraries stay in it.
    """

    choice: Choice
    libraries: tuple[Library, ...]
    problems: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invite carries: libraries of this very server."""

    server: Server
    libraries: tuple[Library, ...]


@dataclass(frozen=True, slots=True)
class ListedLibrary:
    """A library of the server, or one that was chosen and is `gone` from it.

    `missing`: plex.tv's last answer did not list it, which is not trusted yet.
    """

    library: Library
    shared: bool
    gone: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something harmless that the owner should know, and what to do."""

    text: Message
    fix: Message


@dataclass(frozen=True, slots=True)
class Sharing:
    """What is shared, and what is wrong with it, in sentences for the owner.

    `problems` are about chosen libraries that cannot be shared, `notices` about the rest;
    `by_setting`: PLEX_LIBRARIES applies, because the owner has not saved a choice.
    """

    libraries: tuple[Library, ...]
    problems: tuple[Message, ...]
    notices: tuple[Notice, ...]
    by_setting: bool

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything there is to say."""
        return (*self.problems, *(notice.text for notice in self.notices))


@dataclass(frozen=True, slots=True)
class Listing:
    """All libraries, what is wrong, and when plex.tv was asked for them (aware UTC)."""

    libraries: tuple[ListedLibrary, ...]
    notices: tuple[Message, ...]
    fetched_at: datetime


def chosen_on(server: Server, libraries: Iterable[Library]) -> Choice:
    """The owner's choice of these libraries of that server."""
    beside = frozenset(library.id for library in server.libraries)
    return Choice(tuple(libraries), None, (), server.machine_identifier, beside)


def named_by(names: tuple[str, ...]) -> Choice:
    """The choice that PLEX_LIBRARIES makes, before any name has been looked up."""
    return Choice((), names, names)


def find(choice: Choice, server: Server) -> Found:
    """Find the choice on the server.

    On the same server a library is identified by its id, whatever its name is now. If the id is
    gone, a single new library with the same title and kind is the same library, recreated; if there
    are several, none is taken. On another server, such as one set up again, ids mean nothing.
    """
    moved = choice.machine not in ("", server.machine_identifier)
    found = _find(choice, server, moved=moved)
    if moved and found.problems and choice.names:
        # By now they may have the name that the setting has said all along.
        named = resolve_names(choice.names, server.libraries)
        if not named.problems:
            titles = tuple(one.title for one in named.libraries)
            renewed = replace(chosen_on(server, named.libraries), names=choice.names)
            return Found(replace(renewed, found_again=titles), named.libraries, ())
    return found


def _find(choice: Choice, server: Server, *, moved: bool) -> Found:
    now, again, problems = {} if moved else _by_id(choice, server), [], []
    for group in _alike(one for one in choice.libraries if one not in now):
        candidates = _made_anew(choice, server, group[0], taken=now.values())
        if len(candidates) > len(group):
            ids = tuple(str(one.id) for one in candidates)
            problems.append(
                Message("library.not_clear", name=called(group[0], server.libraries), ids=ids)
            )
            continue
        now |= dict(zip(group, candidates, strict=False))
        again += [one.title for one in candidates]
        lost = group[len(candidates) :]
        problems += [Message("library.gone", name=called(one, server.libraries)) for one in lost]
    named = resolve_names(choice.unclear, server.libraries)
    there = tuple(now[one] for one in choice.libraries if one in now)
    remembered = tuple(now.get(one) or _lost(one, moved=moved) for one in choice.libraries)
    added = tuple(one for one in named.libraries if one not in there)
    complete = len(there) == len(choice.libraries)
    changed = replace(
        choice,
        libraries=tuple(dict.fromkeys(remembered + added)),
        unclear=named.unclear,
        machine=server.machine_identifier,
        # While one is missing, any new library may be it.
        beside=frozenset(one.id for one in server.libraries) if complete else choice.beside,
        found_again=tuple(dict.fromkeys((*choice.found_again, *again))),
    )
    return Found(changed, tuple(dict.fromkeys(there + added)), (*problems, *named.problems))


def _lost(library: Library, *, moved: bool) -> Library:
    """What is remembered of it: on another server its id could only belong to another library."""
    return replace(library, id=0) if moved else library


def _by_id(choice: Choice, server: Server) -> dict[Library, Library]:
    """What each chosen library is now."""
    there = {library.id: library for library in server.libraries}
    return {one: there[one.id] for one in choice.libraries if one.id in there}


def _alike(libraries: Iterable[Library]) -> list[list[Library]]:
    groups: dict[tuple[str, str], list[Library]] = {}
    for library in libraries:
        groups.setdefault(_look(library), []).append(library)
    return list(groups.values())


def _made_anew(
    choice: Choice, server: Server, lost: Library, taken: Iterable[Library]
) -> list[Library]:
    known: frozenset[int] = frozenset()
    if choice.machine == server.machine_identifier:
        known = choice.beside
    elsewhere = {library.id for library in taken} | known
    return [
        one for one in server.libraries if _look(one) == _look(lost) and one.id not in elsewhere
    ]


def _look(library: Library) -> tuple[str, str]:
    return title_key(library.title), library.type
