"""The choice of libraries in the state store, where all workers read it."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from helpr_core.domain.library_choice import Choice
from helpr_core.domain.plex import Library
from helpr_core.errors import EntryChanged, EntryExists, StateUnavailable
from helpr_core.services.ports import SITE, Entry, StateStore

log = logging.getLogger(__name__)

KEY = "libraries"
_FRESH_SECONDS = 60.0
"""How long a worker goes on with a choice it has read: a change reaches all in a minute."""


class StoredChoice:
    """`names` is PLEX_LIBRARIES: what was made of other names does not count any more."""

    def __init__(self, state: StateStore, names: tuple[str, ...]) -> None:
        self._state = state
        self._names = names
        self._kept: tuple[float, Choice | None] | None = None

    def current(self) -> Choice | None:
        """The choice that counts; None while PLEX_LIBRARIES has to be looked up first.

        Raises StateUnavailable when it was never read.
        """
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
        if choice is not None and not self._counts(choice):
            choice = None
        self._kept = (time.monotonic(), choice)
        return choice

    def save(self, choice: Choice) -> None:
        """The owner has chosen. Raises StateUnavailable."""
        self._state.put(SITE, KEY, _stored(choice))
        self._kept = (time.monotonic(), choice)

    def learn(self, choice: Choice) -> Choice:
        """Store what was found out about the choice; returns the one that counts.

        That is another one where the owner has chosen meanwhile.
        """
        kept = self._kept
        if kept is not None and kept[1] == choice:
            return choice
        read_at = time.monotonic()
        try:
            entry = self._state.get(SITE, KEY)
            there = _choice(entry) if entry else None
            if entry is None:
                self._state.insert(SITE, KEY, _stored(choice))
            elif there is not None and self._counts(there) and there != (kept[1] if kept else None):
                choice = there  # somebody else knows more
            else:
                self._state.replace(SITE, KEY, _stored(choice), entry.etag)
        except StateUnavailable as exc:
            log.warning("found libraries not stored reason=%s", exc)
        except (EntryExists, EntryChanged) as exc:
            log.info("found libraries not stored reason=%s", exc.code)
            read_at = -math.inf  # somebody found or chose just now: read it next time
        # Never forgotten, so that a state store that goes away stops no invite.
        self._kept = (read_at, choice)
        return choice

    def _counts(self, choice: Choice) -> bool:
        return choice.names is None or choice.names == self._names


def _stored(choice: Choice) -> dict[str, Any]:
    return {
        "libraries": [asdict(library) for library in choice.libraries],
        "names": list(choice.names) if choice.names is not None else None,
        "unclear": list(choice.unclear),
        "machine": choice.machine,
        "beside": sorted(choice.beside),
        "found_again": list(choice.found_again),
        "found_at": choice.found_at.isoformat() if choice.found_at else None,
    }


def _choice(entry: Entry) -> Choice:
    """As it was written by this version, or by one that knew less."""
    value: Mapping[str, Any] = entry.value
    names, found_at = value.get("names"), value.get("found_at")
    return Choice(
        libraries=tuple(_library(one) for one in value["libraries"]),
        names=tuple(names) if names is not None else None,
        unclear=tuple(value.get("unclear", ())),
        machine=value.get("machine", ""),
        beside=frozenset(value.get("beside", ())),
        found_again=tuple(value.get("found_again", ())),
        found_at=datetime.fromisoformat(found_at) if found_at else None,
    )


def _library(value: Any) -> Library:
    if isinstance(value, int):
        return Library(value, "", "")
    return Library(value["id"], value.get("title", ""), value.get("type", ""))
