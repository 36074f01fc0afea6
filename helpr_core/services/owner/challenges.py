"""What an authenticator is asked to sign: valid for some minutes, for one purpose, once.

A challenge contains its time and purpose; only the fact that it was used is stored. So
strangers who ask for challenges leave nothing behind.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from helpr_core.clock import Clock
from helpr_core.errors import EntryExists
from helpr_core.services.ports import SESSIONS, StateStore

LIFETIME = timedelta(minutes=5)
_RANDOM, _SECONDS = 16, 8


class Challenges:
    """`key` is known only to this installation."""

    def __init__(self, key: str, state: StateStore, clock: Clock) -> None:
        self._key = bytes.fromhex(key)
        self._state = state
        self._clock = clock

    def make(self, purpose: str) -> bytes:
        """A new challenge, of 56 bytes."""
        seconds = int(self._clock().timestamp()).to_bytes(_SECONDS)
        said = secrets.token_bytes(_RANDOM) + seconds
        return said + self._signature(purpose, said)

    def is_good(self, challenge: bytes, purpose: str) -> bool:
        """Whether it was made here, for that purpose, and recently."""
        said, signature = challenge[: _RANDOM + _SECONDS], challenge[_RANDOM + _SECONDS :]
        if not compare_digest(signature, self._signature(purpose, said)):
            return False
        made_at = datetime.fromtimestamp(int.from_bytes(said[_RANDOM:]), UTC)
        return abs(self._clock() - made_at) < LIFETIME

    def use(self, challenge: bytes) -> bool:
        """Use it up; False if it has been used before. Raises StateUnavailable."""
        key = f"challenge.{hashlib.sha256(challenge).hexdigest()}"
        try:
            # Kept for as long as any worker's clock would accept it.
            self._state.insert(SESSIONS, key, {}, self._clock() + 2 * LIFETIME)
        except EntryExists:
            return False
        return True

    def _signature(self, purpose: str, said: bytes) -> bytes:
        return hmac.digest(self._key, purpose.encode() + b"\0" + said, hashlib.sha256)
