"""Copies of links in the state store, for the time while the database is down.

They are found by the code's keyed hash, as in the database. They do not say how many uses are left:
that is decided when the database is back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from helpr_core import shapes
from helpr_core.domain.links import Link
from helpr_core.errors import StateUnavailable
from helpr_core.services.documents import Document
from helpr_core.services.ports import SITE, StateStore

log = logging.getLogger(__name__)

_DOCUMENT = Document(SITE, "link.", Link)


class LinkCopies:
    """`hash_of` is the same as for the table. Unless `apart`, the state store is in the database
    itself, where a copy would be useless, so none is made."""

    def __init__(self, state: StateStore, hash_of: Callable[[str], str], *, apart: bool) -> None:
        self._state = state
        self._hash_of = hash_of
        self.apart = apart

    def find(self, code: str) -> Link | None:
        """The link of that code, as far as it is known here. Raises StateUnavailable."""
        return _DOCUMENT.named(self._hash_of(code)).find(self._state).value

    def keep(self, link: Link, instead_of: str = "") -> None:
        """Copy what was saved, and remove the copy under its previous code. Never raises: `settle`
        makes up for failures."""
        if not self.apart:
            return
        try:
            if instead_of and instead_of != link.code:
                self._state.delete(SITE, _DOCUMENT.named(self._hash_of(instead_of)).key)
            _DOCUMENT.named(self._hash_of(link.code)).put(self._state, _copy(link))
        except StateUnavailable as exc:
            log.warning("copy of a link not written reason=%s", exc)

    def settle(self, links: Callable[[], Iterable[tuple[str, Link]]]) -> None:
        """Bring the copies in line with the links, which are given with their codes' hashes.

        Nothing is written for those that already match. Raises what `links` does, and
        StateUnavailable.
        """
        if not self.apart:
            return
        wanted = {_DOCUMENT.named(code_hash).key: _copy(link) for code_hash, link in links()}
        there: Mapping[str, Mapping[str, object]] = {
            entry.key: entry.value for entry in self._state.list(SITE, _DOCUMENT.key)
        }
        for key in there.keys() - wanted.keys():
            self._state.delete(SITE, key)
        for key, link in wanted.items():
            if there.get(key) != shapes.write(link):
                replace(_DOCUMENT, key=key).put(self._state, link)


def _copy(link: Link) -> Link:
    return replace(link, code="", uses_limit=None, uses=0)
