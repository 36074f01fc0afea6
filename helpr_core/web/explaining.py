"""Trouble at plex.tv in the words that the overview and the check have for it.

A module of its own, since what it stands on is more than a cold start should pay for.
"""

from __future__ import annotations

from helpr_core.errors import HelprError
from helpr_core.services.upkeep.explain import explain
from helpr_core.texts import Words


def told(error: HelprError) -> tuple[Words, Words]:
    """What was found, and what to do."""
    return explain(error)
