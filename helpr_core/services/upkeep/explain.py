"""What an error means to the owner: what was found, and what to do."""

from __future__ import annotations

from helpr_core.domain.advice import advise
from helpr_core.errors import (
    BackupFailed,
    HelprError,
    PlexAnswerLost,
    PlexError,
    PlexLimited,
    PlexListsNothing,
    PlexServerUnknown,
    PlexTrouble,
    PlexUnauthorized,
    PlexUnexpected,
    SetupRequired,
    Unavailable,
)
from helpr_core.services.upkeep.plex_checks import unknown_server
from helpr_core.texts import Words

_TROUBLES = {
    PlexTrouble.code: "plex.tv does not answer, so that it could not be tried",
    PlexLimited.code: "plex.tv asks for fewer calls, so that it could not be tried",
    PlexAnswerLost.code: "plex.tv gave no usable answer, so that it could not be tried",
}
_NOTHING_LISTED = "plex.tv lists no library at all of this server"
_NOTHING_TO_DO = "Nothing to do: what friends ask meanwhile is kept, and tried again."


def explain(error: HelprError) -> tuple[Words, Words]:
    """What was found, and what to do, in the owner's words."""
    if isinstance(error, SetupRequired):
        return str(error), "Correct what is named here, then run the check again."
    if isinstance(error, BackupFailed):
        return str(error), error.fix
    if isinstance(error, Unavailable):
        return str(error), error.fix or "See that it runs and that its setting is right."
    if isinstance(error, PlexServerUnknown):
        return unknown_server(error)
    if isinstance(error, PlexTrouble):
        return _explain_trouble(error)
    if isinstance(error, PlexError):
        return error.reason or error.code, advise(error.code)
    return str(error), advise(error.code)


def _explain_trouble(error: PlexTrouble) -> tuple[Words, Words]:
    if isinstance(error, PlexUnauthorized):
        return "plex.tv refuses the token", advise(error.code)
    if isinstance(error, PlexListsNothing):
        return _NOTHING_LISTED, advise(error.code)
    if isinstance(error, PlexUnexpected):
        return f"plex.tv answers with {error.reason}", advise(error.code)
    return _TROUBLES[error.code], _NOTHING_TO_DO
