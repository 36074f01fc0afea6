"""All errors that Helpr raises.

    HelprError
    ├── InvalidInput            a field is not what it should be
    │   └── AddressInDoubt      it looks like a slip; carries what was likely meant
    ├── BodyTooLarge            more than is read
    ├── UnsupportedMediaType    neither JSON nor a form
    ├── InviteCodeInvalid
    ├── SignInFailed            wrong name or password, without saying which
    ├── SignInRequired          no session, or an expired one
    ├── CsrfFailed              not sent from the dashboard's own page
    ├── CrossSite               sent by another site's page
    ├── InvitesPaused
    ├── NotFound
    ├── NotPossible             the request's state does not allow it
    ├── IfMatchMissing          a save without the version it is based on
    ├── RateLimited             carries retry_after_seconds
    │   ├── DailyCapReached     too many requests in a day, from all friends together
    │   └── CeilingReached      too much of one kind from everywhere
    ├── SetupRequired           the owner has to set something up first
    ├── Unavailable             a store is down; carries retry_after_seconds
    │   ├── LogUnavailable
    │   │   └── SchemaBehind    the database waits for its upgrade
    │   └── StateUnavailable
    ├── BackupUnusable          a file that cannot be restored here
    ├── BackupFailed            no backup could be written
    ├── EntryExists             state store: insert found the key taken
    ├── EntryChanged            state store: somebody else wrote in between
    └── PlexError               plex.tv's answers, one leaf for each kind
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

Each leaf has a stable `code` and attributes that are safe to show. None of them holds a
token, an e-mail address or an invite code, and none of them knows HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from helpr_core.frozen import dataclass
from helpr_core.texts import Message, Words, clauses, in_english


class HelprError(Exception):
    """The root; `code` is stable and appears in answers, in rows and in the log.

    `words` are for the person concerned; str() gives them in English, for the log.
    """

    code = "error"

    def __init__(self, words: Words = "") -> None:
        super().__init__(words)
        self.words = words

    def __str__(self) -> str:
        return in_english(self.words)


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field and what is wrong with it, for the person who filled it in."""

    field: str
    message: Words


class InvalidInput(HelprError):
    """The input cannot be used; nothing was done."""

    code = "invalid_input"

    def __init__(self, *errors: FieldError) -> None:
        named = (Message("error.field", field=e.field, message=e.message) for e in errors)
        super().__init__(clauses(*named))
        self.errors = errors


class AddressInDoubt(InvalidInput):
    """The address looks like a typo, and `suggestion` is what was probably meant. The same address
    sent again, confirmed, is accepted.
    """

    def __init__(self, error: FieldError, suggestion: str) -> None:
        super().__init__(error)
        self.suggestion = suggestion


class BodyTooLarge(HelprError):
    """The body is larger than `limit_bytes`."""

    code = "body_too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"body over {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class UnsupportedMediaType(HelprError):
    """The body is of a type that this endpoint does not read; `words` names those it does."""

    code = "unsupported_media_type"


class InviteCodeInvalid(HelprError):
    """The invite code is missing or wrong."""

    code = "invite_code_invalid"


class SignInFailed(HelprError):
    """The name or the password is wrong; nothing reveals which.

    `failures` counts this hour's failures of all strangers, including this one.
    """

    code = "sign_in_failed"

    def __init__(self, failures: int) -> None:
        super().__init__(self.code)
        self.failures = failures


class SignInRequired(HelprError):
    """There is no session, or it has expired."""

    code = "sign_in_required"


class CsrfFailed(HelprError):
    """The request lacks its session's CSRF token, or another site's page sent it."""

    code = "csrf_failed"


class CrossSite(HelprError):
    """A page of another site sent the request through somebody's browser; nothing was done."""

    code = "cross_site"


class InvitesPaused(HelprError):
    """The owner is not taking requests right now."""

    code = "invites_paused"


class NotFound(HelprError):
    """There is nothing by that name."""

    code = "not_found"


class RateLimited(HelprError):
    """Too many requests from one client; `retry_after_seconds` is at least 1."""

    code = "rate_limited"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(self.code)
        self.retry_after_seconds = max(1, retry_after_seconds)


class DailyCapReached(RateLimited):
    """The day's requests are used up; the count starts again at midnight UTC."""


class CeilingReached(RateLimited):
    """All clients together exceeded a limit; `what` is the rule that counts it."""

    def __init__(self, what: str, retry_after_seconds: int) -> None:
        super().__init__(retry_after_seconds)
        self.what = what


class NotPossible(HelprError):
    """The request is in a state that does not allow this; `words` say why, to the owner."""

    code = "not_possible"


class IfMatchMissing(HelprError):
    """A save without the version that was read."""

    code = "if_match_missing"


class SetupRequired(HelprError):
    """The owner has something to set up first; `problems` never holds a setting's value."""

    code = "setup_required"

    def __init__(self, *problems: FieldError) -> None:
        named = (Message("setting.named", setting=p.field, found=p.message) for p in problems)
        super().__init__(clauses(*named))
        self.problems = problems


class BackupUnusable(HelprError):
    """A backup that cannot be restored here; `words` say why, to the owner."""

    code = "backup_unusable"


class BackupFailed(HelprError):
    """No backup could be written; `words` say why to the owner, and `fix` what to do."""

    code = "backup_failed"

    def __init__(self, words: Words, fix: Words) -> None:
        super().__init__(words)
        self.fix = fix


class Unavailable(HelprError):
    """Something Helpr depends on is down; nothing was done. `fix` is what the owner can do."""

    code = "unavailable"

    def __init__(self, words: Words, retry_after_seconds: int = 30, *, fix: Words = "") -> None:
        super().__init__(words)
        self.retry_after_seconds = retry_after_seconds
        self.fix = fix


class LogUnavailable(Unavailable):
    """The database does not answer."""


class SchemaBehind(LogUnavailable):
    """The database is from an older version, and too large to upgrade while somebody waits."""

    def __init__(self) -> None:
        found, fix = "database.schema_behind.found", "database.schema_behind.fix"
        super().__init__(Message(found), fix=Message(fix))


class StateUnavailable(Unavailable):
    """The state store does not answer."""


class EntryExists(HelprError):
    """The state store already has an entry with that key."""

    code = "entry_exists"


class EntryChanged(HelprError):
    """The entry is not the one that was read: its ETag differs, or it is gone."""

    code = "entry_changed"


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
