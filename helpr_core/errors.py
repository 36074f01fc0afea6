"""The errors that no subject has for itself.

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
    └── EntryChanged            state store: somebody else wrote in between

A subject's own errors, such as those of plex.tv, are in services/SUBJECT/errors.py.

Each leaf has a stable `code` and attributes that are safe to show. None of them holds a
token, an e-mail address or an invite code, and none of them knows HTTP.
"""

from __future__ import annotations

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
