"""Which status and which words each kind of error gets: the only place that knows both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from helpr_core.domain.messages import tell
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.errors import (
    CeilingReached,
    DailyCapReached,
    FieldError,
    HelprError,
    InvalidInput,
    LogUnavailable,
    NotPossible,
    PlexError,
    SetupRequired,
    StateUnavailable,
    Unavailable,
)


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A status with its heading and a sentence: what happens now, what to do."""

    status: int
    title: str
    detail: str


KINDS = {
    "invalid_input": ProblemKind(
        400, "Please check what you typed", "Something in the request cannot be used."
    ),
    "sign_in_failed": ProblemKind(
        401, "That did not fit", "The name or the password is wrong. Check both and try again."
    ),
    "sign_in_required": ProblemKind(
        401, "Please sign in", "You are not signed in, or your session is over. Sign in again."
    ),
    "csrf_failed": ProblemKind(
        403,
        "Please reload the dashboard",
        "The request lacks this session's token, so nothing was changed. Reload and try again.",
    ),
    "cross_site": ProblemKind(
        403,
        "This came from another site",
        "A page of another site sent this, so nothing was done. If you meant it, send it here.",
    ),
    "invite_code_invalid": ProblemKind(
        403,
        "That invite code does not fit",
        "The invite code is missing or wrong. Ask whoever sent you here for the code.",
    ),
    "invites_paused": ProblemKind(
        403, "Invites are paused", "The owner takes no requests at present. Try again later."
    ),
    "not_found": ProblemKind(
        404, "There is nothing here", "The address may be mistyped, or the page is gone."
    ),
    "already_shared": ProblemKind(409, "You are on the list already", ""),
    "not_possible": ProblemKind(
        409, "That is not possible now", "The request is in a state that does not allow it."
    ),
    "settings_changed": ProblemKind(
        412,
        "Somebody else saved in between",
        "Nothing was overwritten. See what changed, and save again if yours is to count.",
    ),
    "if_match_missing": ProblemKind(
        428, "Which version?", "Send the ETag of GET settings as If-Match."
    ),
    "server_full": ProblemKind(409, "No seats left", ""),
    "body_too_large": ProblemKind(
        413, "That is too much", "A request may have 16 KB. Nothing was sent to Plex."
    ),
    "unsupported_media_type": ProblemKind(
        415,
        "That cannot be read here",
        "Send JSON (application/json) or a form (application/x-www-form-urlencoded).",
    ),
    "plex_refused": ProblemKind(422, "Plex did not accept that name", ""),
    "rate_limited": ProblemKind(
        429,
        "That was a little too often",
        "Too many requests came from your connection. Wait a moment, then try again. "
        "Nothing is lost, and nothing was sent twice.",
    ),
    "internal_error": ProblemKind(
        500,
        "Something broke on our side",
        "Nothing you did is wrong. Tell the owner the reference below: it leads to the cause.",
    ),
    "plex_unreachable": ProblemKind(
        503, "Plex does not answer", "plex.tv gave no usable answer. Try again in a minute."
    ),
    "setup_required": ProblemKind(
        503, "Helpr is not set up yet", "The owner has something to set up before this works."
    ),
    "unavailable": ProblemKind(
        503,
        "Not just now",
        "A part of Helpr does not answer at this moment. Nothing is lost: please try again in a "
        "minute.",
    ),
}


_NOT_KEPT = ProblemKind(
    503,
    "Not just now",
    "Helpr cannot keep your request at this moment, so nothing was sent. "
    "Please try again in a minute.",
)
_OWNERS_DETAIL = "Nothing can be shown or saved here until it does. Check says what to do."
_STORES: Mapping[type[HelprError], ProblemKind] = {
    LogUnavailable: ProblemKind(503, "The database does not answer", _OWNERS_DETAIL),
    StateUnavailable: ProblemKind(503, "The state store does not answer", _OWNERS_DETAIL),
}
_CAP_REACHED = ProblemKind(
    429,
    "That is all for today",
    "More people asked today than this page takes in a day, so your request was not kept. "
    "Please try again tomorrow.",
)
_CEILINGS = {
    "wrong_codes": ProblemKind(
        429,
        "No code is taken just now",
        "Too many wrong codes came in, most of them from others, so none is looked at for a "
        "while. Yours may well be right: try again in an hour, or ask the owner.",
    ),
    "failed_sign_ins": ProblemKind(
        429,
        "New browsers have to wait",
        "Too many sign-ins have failed, here or elsewhere, so none is tried from a new browser "
        "for a while. One in which you signed in before still works; here, try again in an hour.",
    ),
    "sign_ins_in_line": ProblemKind(
        429,
        "One moment",
        "Others are signing in at this moment, and few can at once. Try again in a few seconds.",
    ),
    "all_invites": ProblemKind(
        429,
        "Too many people are asking",
        "More requests came in than this page takes in an hour, so yours was not kept. "
        "Please try again later.",
    ),
}


class Purpose(Enum):
    """What somebody came for: a store that is down means another thing to each."""

    LOOK = "look"
    ASK = "ask for an invite"
    MANAGE = "manage, as the owner"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error as it leaves the house. `errors` names fields; `instance` is a page's path.

    `suggestion` is the address that was likely meant, where that is the question.
    """

    code: str
    kind: ProblemKind
    errors: tuple[FieldError, ...] = ()
    retry_after_seconds: int | None = None
    instance: str | None = None
    suggestion: str | None = None


INTERNAL = Trouble("internal_error", KINDS["internal_error"])


def trouble_of(error: HelprError, purpose: Purpose = Purpose.LOOK) -> Trouble:
    """What an error becomes at the edge; one without a kind of its own is internal."""
    # On a request that only looks, plex.tv's troubles are one and the same to the caller.
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
    if purpose is Purpose.MANAGE and type(error) in _STORES:
        return _STORES[type(error)]
    if isinstance(error, DailyCapReached):
        return _CAP_REACHED
    if isinstance(error, CeilingReached):
        return _CEILINGS[error.what]
    if isinstance(error, NotPossible):
        return replace(KINDS[code], detail=str(error))
    return KINDS[code]


def trouble_of_row(row: InviteRequest) -> Trouble | None:
    """The problem that a failed request is answered with; None for one that was taken."""
    if row.status not in (Status.FAILED, Status.DENIED):
        return None
    code = row.error_code if row.error_code in KINDS else "plex_refused"
    told = tell(row)
    kind = ProblemKind(KINDS[code].status, told.heading, told.sentence)
    return Trouble(code, kind, instance=f"/invited/{row.request_id}")
