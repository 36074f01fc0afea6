"""Links: the parts that store them, and that find the one a friend came with."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from helpr_core.adapters.sql.links import SqlLinks
from helpr_core.container.group import Group
from helpr_core.domain.checks import Check
from helpr_core.domain.codes import code_key
from helpr_core.domain.links import LinkState
from helpr_core.once import kept
from helpr_core.services.links.book import LinkBook
from helpr_core.services.links.checking import links_check
from helpr_core.services.links.copies import LinkCopies
from helpr_core.services.links.finding import FindLink
from helpr_core.services.links.openings import Openings
from helpr_core.services.links.ports import LinkFilter

_PURPOSE = "link codes"
_MOST = 1000
"""How many links the check looks at."""


class LinkParts(Group):
    """Held by the container; imported with the first use of any of it."""

    @kept
    def table(self) -> SqlLinks:
        """The stored links."""
        sealer = functools.partial(self._container.installation.sealer, _PURPOSE)
        return SqlLinks(self._container.stores.database(), self.code_hash, sealer)

    @kept
    def openings(self) -> Openings:
        """How often the links' pages were opened."""
        return Openings(self._container.stores.state())

    @kept
    def copies(self) -> LinkCopies:
        """What is known about links while the database is down."""
        stores = self._container.stores
        return LinkCopies(stores.state(), self.code_hash, apart=stores.has_tables())

    @kept
    def find(self) -> FindLink:
        """The link of a code."""
        return FindLink(self.table(), self.copies())

    def settle(self) -> None:
        """Bring the copies in line with the links. Raises LogUnavailable and StateUnavailable."""
        self.copies().settle(self.table().all)

    def check(self) -> Check:
        """Whether links let people in as the owner intends."""
        known, now = self._container.plex.catalog().known(), self._clock()
        rows = self.table().page(LinkFilter(), _MOST).rows
        active = any(link.state(now) is LinkState.ACTIVE for link in rows)
        self._container.site.codes_handed_out().note(active)
        return links_check(rows, known, now)

    @kept
    def book(self) -> LinkBook:
        """What the owner does with links."""
        return LinkBook(
            self.table(),
            self.openings(),
            self.copies(),
            lambda ids, server: self._container.plex.libraries_of(server).named(ids),
            self._allowed,
            lambda: self._container.people().managed(),
            lambda server: bool(self._container.plex.libraries_of(server).chosen()),
            self._clock,
            self._container.site.codes_handed_out(),
            site_code=self._container.site.settings().code,
        )

    def code_hash(self, code: str) -> str:
        """The hash by which a code is found: equal for codes that count as the same."""
        readable = code_key(code).encode("utf-8", "replace").decode()
        return self._container.installation.keyed_hash(_PURPOSE, readable)

    def _allowed(self, fields: Mapping[str, Any]) -> None:
        self._container.people().allowed(fields)
