"""How often each link's page was opened: counted in the state store, where a write costs least, and
never in the database, which viewing a page must not wake."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from uuid import UUID

from helpr_core.errors import EntryChanged, StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.documents import Document
from helpr_core.services.ports import SITE, StateStore

log = logging.getLogger(__name__)

_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Opened:
    link_id: UUID
    times: int = 0


_DOCUMENT = Document(SITE, "link-opened.", _Opened)


class Openings:
    """Neither method raises: no friend should wait for a count."""

    def __init__(self, state: StateStore) -> None:
        self._state = state

    def note(self, link_id: UUID) -> None:
        """Count one view; if many open the page at the same moment, one may be missed."""
        document = _DOCUMENT.named(str(link_id))
        try:
            for _ in range(_TRIES):
                found = document.find(self._state)
                before = found.value or _Opened(link_id)
                try:
                    document.swap(self._state, found, _Opened(link_id, before.times + 1))
                except EntryChanged:
                    continue
                return
        except StateUnavailable as exc:
            log.warning("opening of a link not counted reason=%s", exc)

    def counts(self) -> Mapping[UUID, int] | None:
        """The counts by link; None while the state store is down."""
        try:
            return {one.link_id: one.times for _, one in _DOCUMENT.all(self._state)}
        except StateUnavailable as exc:
            log.warning("openings of links not read reason=%s", exc)
            return None
