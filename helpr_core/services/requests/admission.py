"""Whether a friend may ask at all: the owner's pause, and the invite code."""

from __future__ import annotations

from collections.abc import Sequence

from helpr_core.domain.clients import Group
from helpr_core.errors import StateUnavailable
from helpr_core.services.requests.invite_code import InviteCode
from helpr_core.services.site.settings import SiteSettings, StoredSettings


class Admission:
    """What stands before the record: nothing is kept of who is turned away here."""

    def __init__(self, settings: StoredSettings, code: InviteCode) -> None:
        self._settings = settings
        self._code = code

    def code_required(self) -> bool:
        """Whether friends need a code: there is one, and the owner has it asked for."""
        return self._code.exists and self._settings.shown().code_required

    def check(self, code: str, client: Sequence[Group]) -> None:
        """Raises InvitesPaused, InviteCodeInvalid, or RateLimited after too many wrong codes.

        Where the settings cannot be read a code is asked for, if there is one; whether invites
        are paused is looked at before such a request is sent (see Attempt).
        """
        try:
            settings = self._settings.current()
        except StateUnavailable:
            settings = SiteSettings()
        # The pause first: what is typed into a closed form is not a guess.
        settings.require_open()
        if self._code.exists and settings.code_required:
            self._code.check(code, client)
