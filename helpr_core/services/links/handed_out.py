"""Whether friends may have a code at all, for the form of a site that requires none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from helpr_core.clock import Clock
from helpr_core.errors import StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.kept import Kept
from helpr_core.services.documents import Document
from helpr_core.services.ports import SITE, StateStore

log = logging.getLogger(__name__)

_FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Links:
    active: bool = False


_DOCUMENT = Document(SITE, "links-handed-out", _Links)


class CodesHandedOut:
    """Call it: it returns whether there is an invite code or an active link, as far as known.

    Kept in the state store, because viewing the form must not wake the database. Neither method
    raises: if the answer is unknown, the form has no field for a code.
    """

    def __init__(self, state: StateStore, clock: Clock, has_code: Callable[[], bool]) -> None:
        self._state = state
        self._has_code = has_code
        self._kept = Kept("links", self._read, _FRESH, clock, (StateUnavailable,))

    def __call__(self) -> bool:
        if self._has_code():
            return True
        try:
            return self._kept.get()
        except StateUnavailable as exc:
            log.warning("not known whether links are out reason=%s", exc)
            return False

    def note(self, active: bool) -> None:
        """Store whether there is an active link; an unchanged answer is not written again."""
        try:
            if self._read() != active:
                _DOCUMENT.put(self._state, _Links(active))
            self._kept.put(active)
        except StateUnavailable as exc:
            log.warning("not noted whether links are out reason=%s", exc)

    def _read(self) -> bool:
        found = _DOCUMENT.find(self._state).value
        return found is not None and found.active
