"""Names in the environment that are almost a setting's: what they would set is ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from helpr_core import first_use
from helpr_core.configuration.settings import SETTING_NAMES
from helpr_core.domain.concerns import Concern
from helpr_core.texts import Message

_OURS = re.compile(r"HELP[A-Z]{0,3}_[A-Z0-9_]{1,40}")
_SHARED = re.compile(r"(?:PLEX|ADMIN|INVITE|SECRET|DATABASE)[A-Z0-9_]{1,40}")
_ALIKE_ENOUGH = 0.77
_ALIKE_ENOUGH_IF_SHARED = 0.84
"""Ratios of difflib. Where other programs' names begin alike, as those of a Plex container in the
same file do (PLEX_CLAIM, PLEX_URL), it takes more than among names that begin as ours alone do."""
_OF_OTHERS = frozenset({"DATABASE_USER"})


def misspelt(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each name that is set and is no setting, with the setting that it was meant to be.

    Of names that other programs may have, only those whose setting is not set itself.
    """
    for name, value in environ.items():
        if name in SETTING_NAMES or name in _OF_OTHERS or not value.strip():
            continue
        written = name.upper()
        if _OURS.fullmatch(written):
            meant = _closest(written, _ALIKE_ENOUGH)
        elif _SHARED.fullmatch(written):
            meant = _closest(written, _ALIKE_ENOUGH_IF_SHARED)
            meant = "" if environ.get(meant, "").strip() else meant
        else:
            continue
        if meant:
            yield name, meant


def about_misspelt(environ: Mapping[str, str]) -> list[Concern]:
    """The same, for the owner to put right."""
    return [
        Concern(
            name,
            Message("concern.misspelt", meant=meant),
            Message("concern.misspelt_fix", meant=meant),
        )
        for name, meant in misspelt(environ)
    ]


def _closest(written: str, ratio: float) -> str:
    # Most environments have no such name, and then need no difflib.
    found = first_use.module("difflib").get_close_matches(written, SETTING_NAMES, 1, ratio)
    return str(found[0]) if found else ""
