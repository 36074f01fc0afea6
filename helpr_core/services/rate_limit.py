"""Rate limits: in the worker's memory first, then shared by all instances."""

from __future__ import annotations

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

import limits
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from helpr_core.errors import RateLimited, StateUnavailable

log = logging.getLogger(__name__)

UNWAITED_SIGN_IN = "sign_in_without_waiting"
UNWAITED_SIGN_IN_RATE = "2/15minute"
"""How often one client may sign in without waiting in line; see sign_in."""
_REMEMBERED = 10_000


class WorkerMemory(Storage):
    """Counts of this worker alone. limits' own starts a timer thread at nearly every hit.

    Of the windows at most 10,000 are remembered; the oldest are forgotten first.
    """

    STORAGE_SCHEME: list[str] = []  # noqa: RUF012 - the base class's declaration

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._windows: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing that is in memory fails; the base class wants an answer."""
        return MemoryError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count a hit; a window that has ended starts anew."""
        now = time.time()
        with self._lock:
            count, ends_at = self._windows.pop(key, (0, 0.0))
            if ends_at <= now:
                count, ends_at = 0, now + expiry
            self._windows[key] = (count + amount, ends_at)
            if len(self._windows) > _REMEMBERED:
                self._windows.popitem(last=False)
        return count + amount

    def get(self, key: str) -> int:
        """The hits of the window that lasts."""
        count, ends_at = self._windows.get(key, (0, 0.0))
        return count if ends_at > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, as a POSIX time; now when there is none."""
        return max(self._windows.get(key, (0, 0.0))[1], time.time())

    def check(self) -> bool:
        """Memory answers."""
        return True

    def reset(self) -> int | None:
        """Forget every window; how many there were."""
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one window."""
        with self._lock:
            self._windows.pop(key, None)


class RateLimiter:
    """`rules` are limits' notation by name, `shared` counts for all instances.

    A client over a limit costs no I/O: the worker's own count refuses what it alone has
    seen too often, and a refusal by the shared count is remembered until its window ends.
    """

    def __init__(self, rules: Mapping[str, str], shared: Storage) -> None:
        self._rules = {name: limits.parse_many(text) for name, text in rules.items()}
        self._memory = FixedWindowRateLimiter(WorkerMemory())
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
