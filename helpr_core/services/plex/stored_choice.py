"""The choice of libraries: the owner's, or what was found of PLEX_LIBRARIES."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from helpr_core.domain.library_choice import Choice
from helpr_core.errors import EntryChanged, LogUnavailable
from helpr_core.services.decisions import Decided
from helpr_core.services.documents import Document
from helpr_core.services.ports import SITE
from helpr_core.texts import Message

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=1)
"""How long a worker goes on with a choice it has read: a change reaches all in a minute."""
NONE = Choice((), names=("",))
"""Before anything was chosen or found: it was made of no names that anybody can set."""
_TRIES = 5


def _with_objects(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first versions kept the libraries' ids alone."""
    libraries = value.get("libraries")
    if not isinstance(libraries, list):
        return value
    return {**value, "libraries": [{"id": o} if isinstance(o, int) else o for o in libraries]}


DOCUMENT = Document(SITE, "libraries", Choice, _with_objects)


class StoredChoice:
    """`names` is PLEX_LIBRARIES: what was made of other names does not count any more."""

    def __init__(self, decided: Decided[Choice], names: tuple[str, ...]) -> None:
        self._decided = decided
        self._names = names

    def current(self) -> Choice | None:
        """The choice that counts; None while PLEX_LIBRARIES has to be looked up first.

        Raises StateUnavailable when it was never read.
        """
        return self._counting(self._decided.current())

    def shown(self) -> Choice | None:
        """The same for a page, which a new site has before its database first answers."""
        return self._counting(self._decided.shown())

    def save(self, choice: Choice, by: str) -> None:
        """The owner has chosen, whatever stood there. Raises LogUnavailable."""
        for _ in range(_TRIES):
            try:
                self._decided.save(choice, self._decided.recorded(), by)
            except EntryChanged:
                continue
            return
        raise LogUnavailable(Message("database.choice_contended"))

    def learn(self, choice: Choice) -> Choice:
        """Store what was found out about the choice; returns the one that counts.

        That is another one where the owner has chosen meanwhile.
        """
        known = self._decided.current()
        if known == choice:
            return choice
        try:
            return self._decided.save(choice, known, None)
        except EntryChanged:
            log.info("found libraries not stored: somebody found or chose just now")
            return self._counting(self._decided.newest()) or choice
        except LogUnavailable as exc:
            log.warning("found libraries not stored reason=%s", exc)
        # Never forgotten, so that a store that goes away stops no invite.
        self._decided.remember(choice, known)
        return choice

    def _counting(self, choice: Choice) -> Choice | None:
        return choice if choice.names is None or choice.names == self._names else None
