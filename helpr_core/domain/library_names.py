"""Which libraries a list of names means: titles, or ids in digits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helpr_core.domain.plex import Library
from helpr_core.domain.titles import nearest, title_key
from helpr_core.frozen import dataclass
from helpr_core.texts import Message, Value

_LONGEST_TITLE = 8
"""In pieces separated by commas."""
_KINDS = ("movie", "show", "artist", "photo")
"""Plex's types that have a name of their own (`library.TYPE` in the catalogues)."""


@dataclass(frozen=True, slots=True)
class NamedLibraries:
    """What a list of names means: the libraries, and what is wrong with the rest.

    `unclear` are the names that could not be resolved, one for each problem.
    """

    libraries: tuple[Library, ...]
    problems: tuple[Message, ...]
    unclear: tuple[str, ...] = ()


def resolve_names(names: Sequence[str], libraries: Sequence[Library]) -> NamedLibraries:
    """Find each name among the libraries.

    A name is a title (see title_key) or an id in digits. A title with a comma in it arrives in
    pieces: adjacent pieces are joined if there is such a title. If two libraries have the same
    title, neither is taken: sharing the wrong one would be worse than asking.
    """
    found: list[Library] = []
    problems: list[Message] = []
    unclear: list[str] = []
    rest = list(names)
    while rest:
        name, matches = _take(rest, libraries)
        if len(matches) == 1:
            found.extend(library for library in matches if library not in found)
            continue
        unclear.append(name)
        problems.append(_problem(name, matches, libraries))
    return NamedLibraries(tuple(found), tuple(problems), tuple(unclear))


def listed(libraries: Iterable[Library], among: Iterable[Library]) -> tuple[Message, ...]:
    """The libraries as people read them; see `called`."""
    there = tuple(among)
    return tuple(called(one, there) for one in libraries)


def called(library: Library, among: Iterable[Library]) -> Message:
    """The title, and where another one of `among` has the same, what kind of library it is."""
    title, key = library.title or str(library.id), title_key(library.title)
    has_namesake = any(one.id != library.id and title_key(one.title) == key for one in among)
    if has_namesake and library.type in _KINDS:
        return Message("library.of_kind", title=title, kind=_kind(library))
    return Message("join.quoted", name=title)


def _kind(library: Library) -> Message:
    return Message(f"library.{library.type}")


def _take(rest: list[str], libraries: Sequence[Library]) -> tuple[str, list[Library]]:
    """Take the next name out of `rest`, with the libraries that it may mean."""
    for length in range(min(len(rest), _LONGEST_TITLE), 1, -1):
        pieces = rest[:length]
        name = ", ".join(pieces)
        matches = _matches(name, libraries)
        if not matches:
            continue
        del rest[:length]
        apart = [_matches(piece, libraries) for piece in pieces]
        if all(apart):  # ambiguous: one library with commas, or one per piece
            matches += [one for each in apart for one in each if one not in matches]
        return name, matches
    name = rest.pop(0)
    return name, _matches(name, libraries)


def _problem(name: str, matches: Sequence[Library], there: Sequence[Library]) -> Message:
    if not matches:
        meant = nearest(name, (library.title for library in there))
        if meant:
            return Message("library.mistyped_name", name=name, meant=meant)
        return Message("library.unknown_name", name=name)
    ids = tuple(map(_id_and_kind, matches))
    return Message("library.several", name=name, count=len(matches), ids=ids)


def _id_and_kind(library: Library) -> Value:
    shown = str(library.id)
    if library.type not in _KINDS:
        return shown
    return Message("library.id_of_kind", id=shown, kind=_kind(library))


def _matches(name: str, libraries: Sequence[Library]) -> list[Library]:
    # A quote that was never closed, or one around the whole list, is not part of it.
    for written in (name, name.strip("\"'“”")):
        key = title_key(written)
        by_title = [lib for lib in libraries if key and title_key(lib.title) == key]
        if by_title:
            return by_title
        by_id = [lib for lib in libraries if written.isascii() and written == str(lib.id)]
        if by_id:
            return by_id
    return []
