"""Which link a code belongs to."""

from __future__ import annotations

import logging

from helpr_core.domain.links import Link
from helpr_core.errors import LogUnavailable
from helpr_core.services.links.copies import LinkCopies
from helpr_core.services.links.ports import Links

log = logging.getLogger(__name__)


class FindLink:
    """Finds the link with a code; None if no link has or ever had it.

    While the database is down, it uses the copies. Raises Unavailable if that fails, too.
    """

    def __init__(self, links: Links, copies: LinkCopies) -> None:
        self._links = links
        self._copies = copies

    def __call__(self, code: str) -> Link | None:
        """One database query."""
        try:
            return self._links.find(code)
        except LogUnavailable as exc:
            if not self._copies.apart:
                raise
            log.warning("link looked for among the copies reason=%s", exc)
            return self._copies.find(code)
