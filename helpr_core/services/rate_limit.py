"""Rate limits: in the worker's memory first, then shared by all instances."""

from __future__ import annotations

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from hashlib import blake2b
from threading import Lock
from typing import NamedTuple, TypeVar

from helpr_core.clock import Clock
from helpr_core.domain.clients import Group
from helpr_core.domain.rates import Window, parse_rates
from helpr_core.errors import RateLimited, StateUnavailable
from helpr_core.services.ports import LIMITS, StateStore

log = logging.getLogger(__name__)

SITE = Group("site", 1)
"""All clients together, for rules that only count them together."""
_REMEMBERED = 10_000
_SEVERAL = ""

T = TypeVar("T")


Rule = tuple[Window, ...]
"""Its windows, the longest last."""


def per_client(notation: str) -> Rule:
    """A rule in the notation of `limits`, for each client."""
    return tuple(sorted(parse_rates(notation), key=lambda one: one.seconds))


def for_all(notation: str, factor: int) -> Rule:
    """A multiple of the longest window, for all clients together."""
    amount, seconds = per_client(notation)[-1]
    return (Window(amount * factor, seconds),)


class _Sharing(Enum):
    """When the store counts a window, too."""

    ALWAYS = auto()
    """A client's own."""
    ONCE_MIXED = auto()
    """A wider group's, once a second client of it has been seen."""
    NEVER = auto()
    """A wider group's shorter windows: each instance stops a burst by itself."""


class _Counted(NamedTuple):
    """A window of one group."""

    key: str
    window: Window
    sharing: _Sharing


class RateLimiter:
    """`rules` by name; `state` counts for all instances.

    A client over a limit costs no I/O: the worker's own count refuses what it alone has seen too
    often, and a refusal by the shared count is remembered until its window ends. A wider group of
    clients costs none either while only one member has been seen.
    """

    def __init__(self, rules: Mapping[str, Rule], state: StateStore, clock: Clock) -> None:
        self._rules = rules
        self._state = state
        self._clock = clock
        self._memory = _Memory()

    def hit(self, rule: str, client: Sequence[Group]) -> int:
        """Count one request of the client, whose groups come narrowest first.

        Returns the count of the client's own longest window, including this one. Raises RateLimited
        if it is one too many for any of its groups.
        """
        counted = _counted(rule, self._rules[rule], client)
        self._require_none_refused(counted)
        totals = [self._count_here(one) for one in counted]
        own = sum(one.sharing is _Sharing.ALWAYS for one in counted) - 1
        count = totals[own]
        try:
            for place, one in enumerate(counted):
                amount = self._memory.unshared(one, client[0].key, totals[place])
                stored = self._count_there(one, amount) if amount else 0
                count = stored if place == own else count
        except StateUnavailable as exc:
            log.warning("rate limits from memory alone reason=%s", exc)
            self._stricter(counted, totals)
        return count

    def check(self, rule: str, client: Sequence[Group]) -> None:
        """Raises RateLimited if the client is known to be over the limit; counts nothing, no
        I/O."""
        self._require_none_refused(_counted(rule, self._rules[rule], client))

    def take_back(self, rule: str, client: Sequence[Group]) -> None:
        """Take back the last count: it should not have counted."""
        try:
            for one in _counted(rule, self._rules[rule], client):
                self._memory.add(one.key, one.window.seconds, -1)
                if one.sharing is _Sharing.ALWAYS:
                    self._state.increment(LIMITS, one.key, -1, one.window.seconds)
        except StateUnavailable as exc:
            log.warning("a rate limit counts one too many reason=%s", exc)

    def _require_none_refused(self, counted: Sequence[_Counted]) -> None:
        left = self._memory.refused_seconds([one.key for one in counted])
        if left > 0:
            raise RateLimited(math.ceil(left))

    def _count_here(self, one: _Counted) -> int:
        total, left = self._memory.add(one.key, one.window.seconds)
        if total > one.window.amount:
            raise self._refusal(one, left)
        return total

    def _count_there(self, one: _Counted, amount: int) -> int:
        counter = self._state.increment(LIMITS, one.key, amount, one.window.seconds)
        if counter.value > one.window.amount:
            raise self._refusal(one, (counter.expires_at - self._clock()).total_seconds())
        return counter.value

    def _stricter(self, counted: Sequence[_Counted], totals: Sequence[int]) -> None:
        """Half of each limit: without the shared count every instance counts for itself."""
        for one, total in zip(counted, totals, strict=True):
            if one.window.amount - total < one.window.amount // 2:
                raise self._refusal(one, self._memory.seconds_left(one.key))

    def _refusal(self, one: _Counted, seconds: float) -> RateLimited:
        # No longer than the window is: another instance's clock may be wrong by an hour.
        seconds = min(max(seconds, 1.0), one.window.seconds)
        self._memory.refuse(one.key, seconds)
        return RateLimited(math.ceil(seconds))


def _counted(name: str, rule: Rule, client: Sequence[Group]) -> list[_Counted]:
    """Every window of every group."""
    return [
        _Counted(
            _key(name, group, window),
            Window(window.amount * group.factor, window.seconds),
            _sharing(is_own=place == 0, is_longest=window is rule[-1]),
        )
        for place, group in enumerate(client)
        for window in rule
    ]


def _sharing(*, is_own: bool, is_longest: bool) -> _Sharing:
    if is_own:
        return _Sharing.ALWAYS
    return _Sharing.ONCE_MIXED if is_longest else _Sharing.NEVER


def _key(rule: str, group: Group, window: Window) -> str:
    """A key in the store's alphabet for any text; 160 bits do not collide."""
    text = f"{rule}/{group.key}/{group.factor}/{window.amount}/{window.seconds}"
    return f"limit:{blake2b(text.encode(), digest_size=20).hexdigest()}"


class _Memory:
    """What this worker has counted and refused, by time.monotonic(): no clock can be set back.

    At most 10,000 of each kind are remembered; the oldest are dropped first.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._windows: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._refused: OrderedDict[str, float] = OrderedDict()
        self._members: OrderedDict[str, str] = OrderedDict()

    def add(self, key: str, seconds: int, amount: int = 1) -> tuple[int, float]:
        """Count; a window that has ended starts again. The count, and the seconds left."""
        now = time.monotonic()
        with self._lock:
            count, ends_at = self._windows.pop(key, (0, 0.0))
            if ends_at <= now:
                count, ends_at = 0, now + seconds
            count = max(0, count + amount)
            _keep(self._windows, key, (count, ends_at))
        return count, ends_at - now

    def seconds_left(self, key: str) -> float:
        """Seconds until that window ends."""
        return self._windows.get(key, (0, 0.0))[1] - time.monotonic()

    def refuse(self, key: str, seconds: float) -> None:
        """Remember a refusal for that long."""
        with self._lock:
            _keep(self._refused, key, time.monotonic() + seconds)

    def refused_seconds(self, keys: Sequence[str]) -> float:
        """Seconds until none of these is refused any more; 0 or less if none is."""
        now = time.monotonic()
        return max(self._refused.get(key, now) - now for key in keys)

    def unshared(self, one: _Counted, member: str, total: int) -> int:
        """The part of this window's count not yet written to the store.

        For a wider group, nothing while `member` is the only one seen, since that one is counted
        already; then everything so far, and from there on one by one.
        """
        if one.sharing is not _Sharing.ONCE_MIXED:
            return int(one.sharing is _Sharing.ALWAYS)
        with self._lock:
            if total == 1:
                _keep(self._members, one.key, member)
                return 0
            known = self._members.get(one.key, _SEVERAL)
            if known == member:
                return 0
            _keep(self._members, one.key, _SEVERAL)
            return 1 if known == _SEVERAL else total


def _keep(kept: OrderedDict[str, T], key: str, value: T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)
