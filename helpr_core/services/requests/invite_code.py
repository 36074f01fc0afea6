"""The invite code, where the owner wants one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hmac import compare_digest

from helpr_core.domain.clients import Group
from helpr_core.domain.codes import code_key
from helpr_core.errors import CeilingReached, InviteCodeInvalid, RateLimited
from helpr_core.services.rate_limit import SITE, RateLimiter
from helpr_core.services.upkeep.sightings import Sighting, Sightings

RULE = "invite_codes"
WRONG = "wrong_codes"
"""Of all clients together."""


class InviteCode:
    """Compares in constant time; wrong codes count against limits of their own.

    What is compared is a code's key (domain/codes.py): a friend may write it in capitals, with
    other dashes or none, and with an O for a 0.
    """

    def __init__(self, expected: str, limiter: RateLimiter, sightings: Sightings) -> None:
        self._expected = _bytes(expected)
        self._limiter = limiter
        self._sightings = sightings

    @property
    def exists(self) -> bool:
        """Whether there is a code at all."""
        return bool(self._expected)

    def check(self, given: str, client: Sequence[Group]) -> None:
        """Raises InviteCodeInvalid; RateLimited after too many wrong ones of this client's,
        CeilingReached after too many of everybody's: then the right one is not told either.
        """
        self._limiter.check(RULE, client)
        self._of_all(self._limiter.check)
        if not compare_digest(_bytes(given), self._expected):
            self._limiter.hit(RULE, client)
            self._of_all(self._limiter.hit)
            raise InviteCodeInvalid("the invite code is missing or wrong")

    def _of_all(self, limit: Callable[[str, Sequence[Group]], object]) -> None:
        try:
            limit(WRONG, (SITE,))
        except RateLimited as exc:
            self._sightings.note(Sighting.WRONG_CODES)
            raise CeilingReached(WRONG, exc.retry_after_seconds) from None


def _bytes(code: str) -> bytes:
    return code_key(code).encode("utf-8", "replace")
