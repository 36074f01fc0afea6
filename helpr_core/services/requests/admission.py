"""Whether a friend may ask at all: the owner's pause, and the friend's code."""

from __future__ import annotations

from collections.abc import Sequence

from helpr_core.clock import Clock
from helpr_core.domain.clients import Group
from helpr_core.domain.links import Link, LinkState
from helpr_core.errors import InviteCodeInvalid, StateUnavailable
from helpr_core.services.links.errors import LinkNeedsSignIn, LinkUnknown, over
from helpr_core.services.requests.invite_code import InviteCode
from helpr_core.services.site.settings import SiteSettings, StoredSettings


class Admission:
    """The checks before anything is recorded: nothing is kept of requests refused here."""

    def __init__(self, settings: StoredSettings, code: InviteCode, clock: Clock) -> None:
        self._settings = settings
        self._code = code
        self._clock = clock

    def code_required(self) -> bool:
        """Whether friends need a code: the owner requires one."""
        return self._settings.asks_for_code(self._settings.shown())

    def check(self, code: str, client: Sequence[Group], *, signed_in: bool = False) -> Link | None:
        """The link through which the friend comes; None if none is needed and none given.

        Raises InvitesPaused, InviteCodeInvalid, RateLimited after too many wrong codes, LinkOver,
        and LinkNeedsSignIn for a link that is only for friends who have `signed_in`. A used-up link
        raises none of these: people who have used it before are let in again, which the record
        decides.

        If the settings cannot be read, a code is required if there is one; whether invites are
        paused is then checked before the request is sent (see Attempt).
        """
        try:
            settings = self._settings.current()
        except StateUnavailable:
            settings = SiteSettings()
        # The pause first: a code typed into a closed form is not a guess.
        settings.require_open()
        link = self._link(code, client, required=self._settings.asks_for_code(settings))
        if link is None:
            return None
        state = link.state(self._clock())
        if state in (LinkState.EXPIRED, LinkState.DISABLED):
            raise over(state)
        if link.require_sign_in and not signed_in:
            raise LinkNeedsSignIn("this link is for accounts that sign in")
        return link

    def _link(self, code: str, client: Sequence[Group], *, required: bool) -> Link | None:
        # A wrong code is refused even if none is needed: the friend expects a link's terms.
        return self._code.check(code, client) if required or code.strip() else None

    def look(self, code: str, client: Sequence[Group]) -> Link:
        """The link with that code, for its page.

        Raises LinkUnknown, which counts against the guesser, RateLimited after too many of
        those, and LinkOver.
        """
        try:
            link = self._code.check(code, client)
        except InviteCodeInvalid as exc:
            raise LinkUnknown("no link has this code") from exc
        state = link.state(self._clock())
        if state is not LinkState.ACTIVE:
            raise over(state)
        return link
