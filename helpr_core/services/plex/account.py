"""The owner's Plex account: its name, and whether plex.tv still accepts its token."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from helpr_core.clock import Clock, is_recent
from helpr_core.errors import StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.kept import Kept
from helpr_core.patience import within
from helpr_core.services.documents import Document
from helpr_core.services.plex.errors import PlexAnswerLost, PlexError
from helpr_core.services.ports import PLEX, MediaServer, StateStore
from helpr_core.texts import Message

log = logging.getLogger(__name__)

_FRESH = timedelta(minutes=1)
_SECONDS = 4.0
"""The time for that call: the overview waits for it, but shows everything else in any case."""


@dataclass(frozen=True, slots=True)
class AccountLook:
    """What plex.tv said at `asked_at` (aware UTC). `trouble` is the error's code, empty for an
    answer; with an error, `name` is the last known one, or empty. `plex_pass` is None, and
    `account_id` 0, if unknown."""

    name: str
    trouble: str
    asked_at: datetime
    plex_pass: bool | None = None
    account_id: int = 0


class PlexAccount:
    """Shared by all workers through the state store; `key` stands for the token there, so that a
    new token is checked at once."""

    def __init__(self, media: MediaServer, state: StateStore, key: str, clock: Clock) -> None:
        self._media = media
        self._state = state
        self._document = Document(PLEX, f"account-{key}", AccountLook)
        self._clock = clock
        self._known = Kept("account", self._stored, _FRESH, clock)
        self._looks = Kept("account at plex.tv", self._look, _FRESH, clock)

    def known(self) -> AccountLook | None:
        """What plex.tv last said, without a call. None if nobody has asked yet."""
        return self._known.get()

    def name(self) -> str:
        """The account's name as known. Empty if nobody has asked yet."""
        known = self.known()
        return known.name if known else ""

    def account_id(self) -> int:
        """The account's id, which stays. Raises PlexError where it is not known and cannot be
        asked for."""
        known = self.known()
        if known is None or not known.account_id:
            with within(_SECONDS):
                account = self._media.fetch_account()
            known = self.note(account.name, plex_pass=account.plex_pass, account_id=account.id)
        if not known.account_id:
            raise PlexAnswerLost(Message("plex.not_the_account"))
        return known.account_id

    def look(self) -> AccountLook:
        """Whether plex.tv accepts the token: asked at most once a minute across all workers."""
        return self._looks.get()

    def note(
        self, name: str, trouble: str = "", plex_pass: bool | None = None, account_id: int = 0
    ) -> AccountLook:
        """Keep the answer to a call that has just been made."""
        known = self._known.last
        if plex_pass is None and known is not None:
            plex_pass = known.plex_pass
        name = name or (known.name if known else "")
        account_id = account_id or (known.account_id if known else 0)
        look = AccountLook(name, trouble, self._clock(), plex_pass, account_id)
        self._known.put(look)
        self._looks.put(look)
        try:
            self._document.put(self._state, look)
        except StateUnavailable as exc:
            log.warning("account not stored reason=%s", exc)
        return look

    def _look(self) -> AccountLook:
        known = self._known.renew()
        if known is not None and is_recent(known.asked_at, _FRESH, self._clock()):
            return known
        try:
            with within(_SECONDS):
                account = self._media.fetch_account()
                return self.note(account.name, plex_pass=account.plex_pass, account_id=account.id)
        except PlexError as exc:
            log.warning("account not read reason=%s", exc.code)
            return self.note("", exc.code)

    def _stored(self) -> AccountLook | None:
        try:
            return self._document.find(self._state).value
        except StateUnavailable as exc:
            log.warning("stored account not read reason=%s", exc)
            return self._known.last
