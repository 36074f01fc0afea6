"""The invite code, where the owner wants one."""

from __future__ import annotations

from hmac import compare_digest

from helpr_core.errors import InviteCodeInvalid
from helpr_core.services.rate_limit import RateLimiter

RULE = "invite_codes"


class InviteCode:
    """Compares in constant time; wrong codes count against a limit of their own."""

    def __init__(self, expected: str, limiter: RateLimiter) -> None:
        self._expected = expected.encode()
        self._limiter = limiter

    @property
    def exists(self) -> bool:
        """Whether there is a code at all."""
        return bool(self._expected)

    def check(self, given: str, client: str) -> None:
        """Raises InviteCodeInvalid, or RateLimited after too many wrong ones."""
        self._limiter.check(RULE, client)
        if not compare_digest(given.strip().encode("utf-8", "replace"), self._expected):
            self._limiter.hit(RULE, client)
            raise InviteCodeInvalid("the invite code is missing or wrong")
