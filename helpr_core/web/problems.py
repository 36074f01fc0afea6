"""The status and text for each kind of error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from helpr_core.domain.messages import friend_message
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.errors import (
    BodyTooLarge,
    CeilingReached,
    DailyCapReached,
    FieldError,
    HelprError,
    InvalidInput,
    LogUnavailable,
    NotPossible,
    RateLimited,
    SetupRequired,
    StateUnavailable,
    Unavailable,
    UnsupportedMediaType,
)
from helpr_core.frozen import dataclass
from helpr_core.services.links.errors import LinkNeedsSignIn
from helpr_core.services.plex.errors import PlexError, PlexServerUnknown, PlexUnauthorized
from helpr_core.texts import Message, Words, sentences
from helpr_core.web.endpoint import Purpose, named


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A status with its heading and a sentence: what happens now, what to do."""

    status: int
    title: Words
    detail: Words


def _kind(status: int, name: str) -> ProblemKind:
    return ProblemKind(status, Message(f"problem.{name}.title"), Message(f"problem.{name}.detail"))


_STATUSES = {
    "invalid_input": 400,
    "code_required": 401,
    "code_wrong": 401,
    "sign_in_failed": 401,
    "sign_in_required": 401,
    "csrf_failed": 403,
    "passkey_refused": 403,
    "cross_site": 403,
    "invite_code_invalid": 403,
    "invites_paused": 403,
    "email_not_confirmed": 403,
    "managed_user": 403,
    "is_owner": 403,
    "not_the_owner": 403,
    "not_found": 404,
    "already_shared": 409,
    "code_taken": 409,
    "not_possible": 409,
    "other_account": 409,
    "token_given": 409,
    "plex_pass_needed": 409,
    "server_full": 409,
    "sign_in_over": 410,
    "sign_in_elsewhere": 403,
    "settings_changed": 412,
    "link_unknown": 404,
    "link_disabled": 410,
    "link_expired": 410,
    "link_used_up": 410,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "plex_refused": 422,
    "if_match_missing": 428,
    "rate_limited": 429,
    "internal_error": 500,
    "plex_unreachable": 503,
    "setup_required": 503,
    "unavailable": 503,
}
KINDS = {code: _kind(status, code) for code, status in _STATUSES.items()}

# The same codes, where more can be said than the code implies.
_NOT_KEPT = _kind(503, "not_kept")
_LINK_NEEDS_SIGN_IN = _kind(403, "link_needs_sign_in")
_STORES: Mapping[type[HelprError], ProblemKind] = {
    LogUnavailable: _kind(503, "database_down"),
    StateUnavailable: _kind(503, "state_store_down"),
}
_HOUR, _DAY = 3600, 86_400


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error as answered. `errors` names fields; `instance` is a page's path.

    `suggestion` is the address that was probably meant, if that is in doubt.
    """

    code: str
    kind: ProblemKind
    errors: tuple[FieldError, ...] = ()
    retry_after_seconds: int | None = None
    instance: str | None = None
    suggestion: str | None = None


INTERNAL = Trouble("internal_error", KINDS["internal_error"])


def trouble_of(error: HelprError, purpose: Purpose = Purpose.LOOK) -> Trouble:
    """The answer to an error; an error without its own kind is internal."""
    # On a request that only reads, all of plex.tv's troubles are the same to the caller.
    code = "plex_unreachable" if isinstance(error, PlexError) else error.code
    if code not in KINDS:
        return INTERNAL
    errors: tuple[FieldError, ...] = ()
    if isinstance(error, InvalidInput):
        errors = error.errors
    elif isinstance(error, SetupRequired):
        errors = error.problems
    retry_after = getattr(error, "retry_after_seconds", None)
    suggestion = getattr(error, "suggestion", None)
    kind = _kind_of(error, code, purpose)
    return Trouble(code, kind, errors, retry_after, suggestion=suggestion)


def _kind_of(error: HelprError, code: str, purpose: Purpose) -> ProblemKind:
    if isinstance(error, Unavailable) and purpose is Purpose.ASK:
        return _NOT_KEPT
    if purpose is Purpose.MANAGE and isinstance(error, PlexUnauthorized | PlexServerUnknown):
        found, to_do = named("explaining.explained")(error)
        return ProblemKind(KINDS[code].status, found, to_do)
    if purpose is Purpose.MANAGE and type(error) in _STORES:
        return _STORES[type(error)]
    if isinstance(error, RateLimited):
        return _limited(error)
    if isinstance(error, BodyTooLarge | UnsupportedMediaType):
        return replace(KINDS[code], detail=_what_is_read(error))
    if isinstance(error, LinkNeedsSignIn):
        return _LINK_NEEDS_SIGN_IN
    if isinstance(error, NotPossible):
        return replace(KINDS[code], detail=error.words)
    return KINDS[code]


def _what_is_read(error: BodyTooLarge | UnsupportedMediaType) -> Message:
    detail = f"problem.{error.code}.detail"
    if isinstance(error, BodyTooLarge):
        return Message(detail, kilobytes=str(error.limit_bytes // 1024))
    return Message(detail, types=str(error))


def _limited(error: RateLimited) -> ProblemKind:
    """With its duration: a limit may last a minute, an hour or a day."""
    name = "rate_limited"
    if isinstance(error, DailyCapReached):
        name = "daily_cap_reached"
    elif isinstance(error, CeilingReached):
        name = f"ceiling_{error.what}"
    kind = _kind(429, name)
    wait = rounded_up(error.retry_after_seconds)
    return replace(kind, detail=Message(f"problem.{name}.detail", wait=wait))


def rounded_up(seconds: int) -> timedelta:
    """The duration in one unit, rounded up: nobody should come back too early."""
    for unit, until in ((1, 60), (60, 2 * _HOUR), (_HOUR, 2 * _DAY)):
        if seconds < until:
            return timedelta(seconds=-(-seconds // unit) * unit)
    return timedelta(days=-(-seconds // _DAY))


def trouble_of_row(row: InviteRequest) -> Trouble | None:
    """The problem for a failed request; None for one that was accepted."""
    if row.status not in (Status.FAILED, Status.DENIED):
        return None
    code = row.error_code if row.error_code in KINDS else "plex_refused"
    page = friend_message(row)
    # A program shows it next to the form, where no page explains the next step.
    told = sentences(page.sentence, page.step) if page.step else page.sentence
    kind = ProblemKind(KINDS[code].status, page.heading, told)
    return Trouble(code, kind, instance=f"/invited/{row.request_id}")
