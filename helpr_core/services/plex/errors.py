"""plex.tv's answers as errors, one leaf for each kind.

    HelprError
    └── PlexError
        ├── AlreadyShared       shared, or invited and not accepted yet
        ├── PlexRefused         plex.tv said no; carries its reason
        ├── ServerFull          100 people
        ├── PlexServerUnknown   no such server on this account
        │   └── PlexServersAlike    several of that name
        └── PlexTrouble         it may pass: the request is kept
            ├── PlexUnauthorized    the token is refused
            ├── PlexUnavailable     surely not carried out
            ├── PlexLimited         429
            ├── PlexListsNothing    an answer without any library
            ├── PlexPaused          not called: it was in trouble a moment ago
            ├── PlexUnexpected      neither a yes nor Plex's own no
            │   └── PlexEndpointGone    Plex has removed what Helpr asks for
            └── PlexAnswerLost      sent, with an unknown outcome

None of them holds a token or an e-mail address.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from helpr_core.errors import HelprError
from helpr_core.texts import Words


class PlexError(HelprError):
    """plex.tv did not do what was asked; `reason` is Plex's own sentence, or ours, or ''."""

    code = "plex_error"

    def __init__(self, reason: Words = "") -> None:
        super().__init__(reason or self.code)
        self.reason = reason

    @property
    def topic(self) -> str:
        """The code whose advice fits: usually the error's own."""
        return self.code


class AlreadyShared(PlexError):
    """Plex lists the person, with access or with a pending invitation; None: unknown which."""

    code = "already_shared"

    def __init__(self, reason: Words = "", *, accepted: bool | None = None) -> None:
        super().__init__(reason)
        self.accepted = accepted

    @property
    def topic(self) -> str:
        """Somebody with access needs different advice from somebody who has not answered yet."""
        if self.accepted is None:
            return self.code
        return "has_access" if self.accepted else "is_invited"


class PlexRefused(PlexError):
    """Plex refused this invitation and would refuse it again."""

    code = "plex_refused"


class ServerFull(PlexError):
    """Plex's limit of 100 people is reached."""

    code = "server_full"


class PlexServerUnknown(PlexError):
    """The account owns no server called `wanted`, as PLEX_SERVER_NAME says. `owned` are the names
    of the servers it owns, by machine identifier, if plex.tv has listed them."""

    code = "plex_server_unknown"

    def __init__(
        self, reason: Words = "", owned: Mapping[str, str] | None = None, wanted: str = ""
    ) -> None:
        super().__init__(reason)
        self.owned = owned
        self.wanted = wanted


class PlexServersAlike(PlexServerUnknown):
    """The account owns several servers with that name; `owned` are only these."""

    code = "plex_servers_alike"


class PlexTrouble(PlexError):
    """plex.tv cannot do it now, but may be able to later."""

    code = "plex_unavailable"

    def __init__(
        self,
        reason: Words = "",
        retry_after_seconds: int | None = None,
        *,
        timed_out: bool = False,
    ) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds
        self.timed_out = timed_out
        """Whether the wait for an answer reached its limit."""


class PlexUnauthorized(PlexTrouble):
    """The token is refused; nothing was carried out."""

    code = "plex_unauthorized"


class PlexUnavailable(PlexTrouble):
    """plex.tv cannot be reached or declined to work; certainly nothing was carried out."""


class PlexLimited(PlexTrouble):
    """plex.tv demands fewer calls; nothing was carried out."""

    code = "plex_limited"


class PlexListsNothing(PlexTrouble):
    """plex.tv knows the server but lists no library on it; nothing was carried out."""

    code = "plex_lists_nothing"


class PlexPaused(PlexTrouble):
    """plex.tv is not called until `until` (aware UTC); `code` is that of the original trouble."""

    def __init__(self, until: datetime, code: str) -> None:
        super().__init__()
        self.code = code
        self.until = until


class PlexUnexpected(PlexTrouble):
    """An answer that is neither success nor Plex's own refusal; nothing was carried out.

    It says nothing about the person: a proxy's page, or a status that Plex has no reason
    for. `reason` gives status and text.
    """

    code = "plex_unexpected"


class PlexEndpointGone(PlexUnexpected):
    """Plex has removed what Helpr asks for."""

    code = "plex_endpoint_gone"


class PlexAnswerLost(PlexTrouble):
    """The request was sent, but no usable answer came: it may have been carried out."""

    code = "plex_answer_lost"
