"""The code that a friend came with: the invite code in the settings, or a link's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hmac import compare_digest

from helpr_core.domain.clients import Group
from helpr_core.domain.codes import code_key
from helpr_core.domain.links import SITE_LINK_ID, Link
from helpr_core.errors import CeilingReached, InviteCodeInvalid, RateLimited, Unavailable
from helpr_core.services.rate_limit import SITE, RateLimiter
from helpr_core.services.site.site_code import CodeSource, SiteCode
from helpr_core.services.upkeep.sightings import Sighting, Sightings

RULE = "invite_codes"
WRONG = "wrong_codes"
"""The multiple for all clients together."""

_BEGINNING = datetime.fromtimestamp(0, UTC)


def site_link(code: SiteCode) -> Link:
    """The site's own code as a link: on the site's own terms, and without limits."""
    label = "INVITE_CODE" if code.source is CodeSource.ENVIRONMENT else ""
    return Link(SITE_LINK_ID, code.text, _BEGINNING, _BEGINNING, label)


class InviteCode:
    """Compares in constant time; wrong codes count against limits of their own.

    It compares codes by their key (domain/codes.py): a friend may write one in capitals, with other
    dashes or none, and with an O for a 0. `find` returns the link with a code, see FindLink; a
    wrong code and one that never existed are the same.
    """

    def __init__(
        self,
        expected: Callable[[], SiteCode],
        find: Callable[[str], Link | None],
        limiter: RateLimiter,
        sightings: Sightings,
    ) -> None:
        self._expected = expected
        self._find = find
        self._limiter = limiter
        self._sightings = sightings

    def check(self, given: str, client: Sequence[Group]) -> Link:
        """The link that this code belongs to, whatever its state.

        Raises InviteCodeInvalid; RateLimited after too many wrong ones from this client;
        CeilingReached after too many from everybody: then even the right one is not recognised;
        Unavailable if only a store that is down would know, which also counts as a wrong one.
        """
        self._limiter.check(RULE, client)
        self._of_all(self._limiter.check)
        expected = self._expected()
        if expected.text and compare_digest(_bytes(given), _bytes(expected.text)):
            return site_link(expected)
        try:
            link = self._find(given) if code_key(given) else None
        except Unavailable:
            self._count(client)
            raise
        if link is None:
            self._count(client)
            raise InviteCodeInvalid("the invite code is missing or wrong")
        return link

    def _count(self, client: Sequence[Group]) -> None:
        self._limiter.hit(RULE, client)
        self._of_all(self._limiter.hit)

    def _of_all(self, limit: Callable[[str, Sequence[Group]], object]) -> None:
        try:
            limit(WRONG, (SITE,))
        except RateLimited as exc:
            self._sightings.note(Sighting.WRONG_CODES)
            raise CeilingReached(WRONG, exc.retry_after_seconds) from None


def _bytes(code: str) -> bytes:
    return code_key(code).encode("utf-8", "replace")
