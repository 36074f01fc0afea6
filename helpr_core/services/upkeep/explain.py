"""What an error means to the owner: what was found, and what to do."""

from __future__ import annotations

from helpr_core.domain.advice import advise
from helpr_core.errors import BackupFailed, HelprError, SetupRequired, Unavailable
from helpr_core.services.plex.errors import (
    PlexError,
    PlexListsNothing,
    PlexServerUnknown,
    PlexTrouble,
    PlexUnauthorized,
    PlexUnexpected,
)
from helpr_core.services.upkeep.plex_checks import unknown_server
from helpr_core.texts import Message, Words


def explain(error: HelprError) -> tuple[Words, Words]:
    """What was found, and what to do, in the owner's words."""
    if isinstance(error, SetupRequired):
        return error.words, Message("check.correct_settings")
    if isinstance(error, BackupFailed):
        return error.words, error.fix
    if isinstance(error, Unavailable):
        return error.words, error.fix or Message("check.store.fix")
    if isinstance(error, PlexServerUnknown):
        return unknown_server(error)
    if isinstance(error, PlexTrouble):
        return _explain_trouble(error)
    if isinstance(error, PlexError):
        return error.reason or error.code, advise(error.code)
    return error.words, advise(error.code)


def _explain_trouble(error: PlexTrouble) -> tuple[Words, Words]:
    if isinstance(error, PlexUnauthorized):
        return Message("check.token.refused"), advise(error.code)
    if isinstance(error, PlexListsNothing):
        return Message("check.plex_lists_nothing"), advise(error.code)
    if isinstance(error, PlexUnexpected):
        return Message("check.plex_answers", reason=error.reason), advise(error.code)
    return Message(f"check.trouble.{error.code}"), Message("check.trouble_fix")
