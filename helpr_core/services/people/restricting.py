"""Which restrictions the owner's subscription allows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from helpr_core.errors import NotPossible
from helpr_core.texts import Message

FEATURES: Mapping[str, str] = {
    "downloads": "sync",
    "live_tv": "dvr",
    "subtitles": "pass",
    "movies": "content_filter",
    "television": "content_filter",
    "music": "content_filter",
}
"""What the owner's subscription must have for a field to be offered."""
FRESH = timedelta(minutes=10)
"""How long a worker keeps what it has read about the subscription."""


class PlexPassNeeded(NotPossible):
    """The owner's subscription does not include the restrictions to be set."""

    code = "plex_pass_needed"

    def __init__(self) -> None:
        super().__init__(Message("problem.plex_pass_needed.detail"))


def lacking(fields: Mapping[str, Any], features: Collection[str]) -> Collection[str]:
    """Fields that allow or filter something that the subscription lacks."""
    off = (False, "none", "")
    return [
        name
        for name, value in fields.items()
        if name in FEATURES and value not in off and FEATURES[name] not in features
    ]
