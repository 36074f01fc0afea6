"""The `limits` library's counters, kept in the state store."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from hashlib import blake2b
from threading import Lock

from limits.storage import Storage

from helpr_core.clock import Clock, utc_now
from helpr_core.errors import StateUnavailable
from helpr_core.services.ports import LIMITS, Counter, StateStore

_REMEMBERED = 4096


class StateStoreStorage(Storage):
    """A storage for `limits`' fixed-window strategy; raises StateUnavailable.

    A hit is one `increment`. What it returned is remembered, so that asking when the window
    ends right after a hit costs nothing.
    """

    # Empty: there is no `limits` URL for it, it is made with a store in hand. A scheme
    # would be registered for the whole process by the base's metaclass.
    STORAGE_SCHEME: list[str] = []  # noqa: RUF012 - the base class's declaration

    def __init__(self, store: StateStore, clock: Clock = utc_now) -> None:
        super().__init__()
        self._store = store
        self._clock = clock
        self._lock = Lock()
        self._heard: OrderedDict[str, Counter] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failing store raises."""
        return StateUnavailable

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count a hit: the window's hits with this one."""
        counter = self._store.increment(LIMITS, _store_key(key), amount, int(expiry))
        with self._lock:
            self._heard[key] = counter
            self._heard.move_to_end(key)
            if len(self._heard) > _REMEMBERED:
                self._heard.popitem(last=False)
        return counter.value

    def get(self, key: str) -> int:
        """The window's hits, asked of the store."""
        return self._ask(key).value

    def get_expiry(self, key: str) -> float:
        """When the window ends, as a POSIX time; now when there is none."""
        with self._lock:
            heard = self._heard.get(key)
        now = self._clock()
        if heard is None or heard.expires_at <= now:
            heard = self._ask(key)
        return _window_end(heard, now).timestamp()

    def check(self) -> bool:
        """Whether the store answers."""
        try:
            self._store.ping()
        except StateUnavailable:
            return False
        return True

    def reset(self) -> int | None:
        """Not offered: the port has no way to delete everybody's counters."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Set one counter back; hits that arrive at the same moment stay counted."""
        with self._lock:
            self._heard.pop(key, None)
        counter = self._ask(key)
        if counter.value:
            self._store.increment(LIMITS, _store_key(key), -counter.value, 1)

    def _ask(self, key: str) -> Counter:
        # Adding nothing reads, and leaves a counter that is not there alone.
        return self._store.increment(LIMITS, _store_key(key), 0, 1)


def _window_end(counter: Counter, now: datetime) -> datetime:
    return counter.expires_at if counter.value else now


def _store_key(key: str) -> str:
    """A key of the store's alphabet for any of `limits`' keys; 160 bits do not collide."""
    return f"limit:{blake2b(key.encode(), digest_size=20).hexdigest()}"
