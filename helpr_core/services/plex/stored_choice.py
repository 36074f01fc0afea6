"""The choice of libraries: the owner's, or the one found through PLEX_LIBRARIES."""

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
"""How long a worker keeps a choice it has read: a change reaches all within a minute."""
NONE = Choice((), names=("",))
"""Before anything was chosen or found; its names are ones that nobody can set."""
_TRIES = 5
_LONGEST_NAME = 50


def _with_objects(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first versions stored only the libraries' ids."""
    libraries = value.get("libraries")
    if not isinstance(libraries, list):
        return value
    return {**value, "libraries": [{"id": o} if isinstance(o, int) else o for o in libraries]}


DOCUMENT = Document(SITE, "libraries", Choice, _with_objects)


def document_of(server_id: str) -> Document[Choice]:
    """The choice of a server that is not the default one."""
    return Document(SITE, f"libraries-{server_id[:_LONGEST_NAME]}", Choice, _with_objects)


class StoredChoice:
    """`names` is PLEX_LIBRARIES: a choice made from other names no longer counts."""

    def __init__(self, decided: Decided[Choice], names: tuple[str, ...]) -> None:
        self._decided = decided
        self._names = names

    def current(self) -> Choice | None:
        """The current choice; None while PLEX_LIBRARIES must be looked up first.

        Raises StateUnavailable when it was never read.
        """
        return self._counting(self._decided.current())

    def shown(self) -> Choice | None:
        """The same for a page, which a new site has before its database first answers."""
        return self._counting(self._decided.shown())

    def save(self, choice: Choice, by: str) -> None:
        """Save the owner's choice, replacing any other. Raises LogUnavailable."""
        for _ in range(_TRIES):
            try:
                self._decided.save(choice, self._decided.recorded(), by)
            except EntryChanged:
                continue
            return
        raise LogUnavailable(Message("database.choice_contended"))

    def learn(self, choice: Choice) -> Choice:
        """Store what was found out about the choice; returns the current one.

        That is a different one if the owner has chosen meanwhile.
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
        # Never dropped, so that a store that goes down stops no invite.
        self._decided.remember(choice, known)
        return choice

    def _counting(self, choice: Choice) -> Choice | None:
        return choice if choice.names is None or choice.names == self._names else None
