"""Rate limits: in the worker's memory first, then shared by all instances."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping

import limits
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from helpr_core.errors import RateLimited, StateUnavailable

log = logging.getLogger(__name__)

_REMEMBERED = 10_000


class RateLimiter:
    """`rules` are limits' notation by name, `shared` counts for all instances.

    A client over a limit costs no I/O: the worker's own count refuses what it alone has
    seen too often, and a refusal by the shared count is remembered until its window ends.
    """

    def __init__(self, rules: Mapping[str, str], shared: Storage) -> None:
        self._rules = {name: limits.parse_many(text) for name, text in rules.items()}
        self._memory = FixedWindowRateLimiter(MemoryStorage())
        self._shared = FixedWindowRateLimiter(shared)
        self._refused_until: dict[str, float] = {}

    def hit(self, rule: str, client: str) -> None:
        """Count one request; RateLimited when it is one too many."""
        self.check(rule, client)
        for item in self._rules[rule]:
            if not self._memory.hit(item, rule, client):
                raise self._refusal(self._memory, item, rule, client)
        try:
            for item in self._rules[rule]:
                if not self._shared.hit(item, rule, client):
                    raise self._refusal(self._shared, item, rule, client)
        except StateUnavailable as exc:
            log.warning("rate limits from memory alone reason=%s", exc)
            self._stricter(rule, client)

    def check(self, rule: str, client: str) -> None:
        """RateLimited when the client is known to be over the limit; counts nothing, no I/O."""
        until = self._refused_until.get(f"{rule}/{client}", 0.0)
        if time.time() < until:
            raise RateLimited(math.ceil(until - time.time()))

    def _stricter(self, rule: str, client: str) -> None:
        """Half of each limit: without the shared count every instance counts for itself."""
        for item in self._rules[rule]:
            remaining = self._memory.get_window_stats(item, rule, client).remaining
            if remaining < item.amount // 2:
                raise self._refusal(self._memory, item, rule, client)

    def _refusal(
        self,
        limiter: FixedWindowRateLimiter,
        item: limits.RateLimitItem,
        rule: str,
        client: str,
    ) -> RateLimited:
        until = limiter.get_window_stats(item, rule, client).reset_time
        if len(self._refused_until) >= _REMEMBERED:
            self._refused_until.clear()  # they are refused again at the price of one look
        self._refused_until[f"{rule}/{client}"] = until
        return RateLimited(math.ceil(until - time.time()))
