"""The owner's account as it is kept by a worker: by the token that counts at present."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from helpr_core.adapters.plex.account import Account
from helpr_core.errors import PlexUnauthorized
from helpr_core.once import Once

T = TypeVar("T")


class OwnersAccount:
    """`build` makes it of the token that counts then. Threads share it."""

    def __init__(self, build: Callable[[], Account]) -> None:
        self._kept = Once(build)

    def ask(self, call: Callable[[Account], T]) -> T:
        """Make that call. Where the token is refused and another one counts by now, it is made
        once more with that: plex.tv has carried out nothing of the first."""
        account = self.kept()
        try:
            return call(account)
        except PlexUnauthorized:
            if self._kept.peek() is account:
                self._kept.drop()
            newer = self.kept()
            if newer.is_by_the_token_of(account):
                raise
            return call(newer)

    def kept(self) -> Account:
        """The account that calls are made with."""
        return self._kept.get()

    def drop(self) -> None:
        """The next call is made with whatever token counts by then."""
        self._kept.drop()

    def close(self) -> None:
        """Close the sockets that wait for the next call."""
        account = self._kept.peek()
        if account is not None:
            account.close()
