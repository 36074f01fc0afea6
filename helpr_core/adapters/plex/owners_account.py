"""The owner's account as kept by a worker, with the current token."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from helpr_core.adapters.plex.account import Account
from helpr_core.once import Once
from helpr_core.services.plex.errors import PlexUnauthorized

T = TypeVar("T")


class OwnersAccount:
    """`build` makes it with the current token. Threads share it."""

    def __init__(self, build: Callable[[], Account]) -> None:
        self._kept = Once(build)

    def ask(self, call: Callable[[Account], T]) -> T:
        """Make that call. If the token is refused and there is a newer one, the call is repeated
        with it: plex.tv has carried out nothing of the first."""
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
        """Make the next call with the token that is current by then."""
        self._kept.drop()

    def close(self) -> None:
        """Close the sockets that are kept open for the next call."""
        account = self._kept.peek()
        if account is not None:
            account.close()
