"""Explains trouble at plex.tv in the words of the overview and the check.

A separate module, because its imports would cost a cold start too much.
"""

from __future__ import annotations

from helpr_core import container
from helpr_core.errors import HelprError
from helpr_core.services.plex.errors import PlexUnauthorized
from helpr_core.services.upkeep.explain import explain
from helpr_core.services.upkeep.plex_checks import token_refused
from helpr_core.texts import Words


def explained(error: HelprError) -> tuple[Words, Words]:
    """What was found, and what to do."""
    if isinstance(error, PlexUnauthorized):
        refused = token_refused(container.current().installation.token_source())
        return refused.detail, refused.fix
    return explain(error)
