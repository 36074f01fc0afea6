"""Whether an answer about a server's libraries can be trusted: what is known, and what it lacks.

plex.tv has been known to answer 200 with part of a list, or with an empty one. A list that lacks
something is therefore trusted only after it has stayed the same for a while; an empty one, never.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from helpr_core.domain.plex import Library, Server
from helpr_core.domain.titles import title_key
from helpr_core.frozen import dataclass

BELIEVED_AFTER = timedelta(minutes=10)
BELIEVED_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """plex.tv's last answers lacked these libraries; `since` and `last` are aware UTC.

    `nothing`: the last one listed none at all.
    """

    missing: tuple[int, ...]
    since: datetime
    last: datetime
    answers: int = 1
    nothing: bool = False

    @property
    def settled(self) -> bool:
        """Whether it has lasted long enough to be true."""
        long_enough = self.last - self.since >= BELIEVED_AFTER
        return not self.nothing and self.answers >= BELIEVED_ANSWERS and long_enough


def missing_from(answer: Server, known: Server) -> tuple[Library, ...]:
    """The known libraries that the answer lacks: by id, or by title and kind if recreated."""
    ids = {library.id for library in answer.libraries}
    known_ids = {library.id for library in known.libraries}
    new = [_look(library) for library in answer.libraries if library.id not in known_ids]
    return tuple(
        library
        for library in known.libraries
        if library.id not in ids and new.count(_look(library)) != 1
    )


def weigh(answer: Server, known: Server, doubt: Doubt | None) -> tuple[Server, Doubt | None]:
    """What counts as known from now on, and what is doubtful about the answer."""
    missing = missing_from(answer, known)
    if not missing:
        return answer, None
    if answer.libraries and answer.machine_identifier != known.machine_identifier:
        return answer, None  # a server that was set up again is taken as it is
    doubt = _continued(doubt, missing, answer)
    if doubt.settled:
        return answer, None
    if doubt.nothing:
        return known, doubt
    return replace(answer, libraries=_in_order(answer.libraries, missing, known)), doubt


def _continued(doubt: Doubt | None, missing: Sequence[Library], answer: Server) -> Doubt:
    ids, now, nothing = tuple(one.id for one in missing), answer.fetched_at, not answer.libraries
    # A clock that was set back makes counting impossible: the count starts again.
    if doubt is None or doubt.missing != ids or doubt.last > now:
        return Doubt(ids, now, now, nothing=nothing)
    return replace(doubt, last=now, answers=doubt.answers + 1, nothing=nothing)


def _in_order(
    listed: Sequence[Library], missing: Sequence[Library], known: Server
) -> tuple[Library, ...]:
    """The answer's libraries, with the missing ones in their former places."""
    place = {library.id: number for number, library in enumerate(known.libraries)}
    last = len(place)
    return tuple(sorted((*listed, *missing), key=lambda one: place.get(one.id, last)))


def _look(library: Library) -> tuple[str, str]:
    return title_key(library.title), library.type
