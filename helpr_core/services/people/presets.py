"""Named presets of restrictions: for children by country, and those that the owner has saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from helpr_core.domain.restrictions import known, of_terms, to_terms
from helpr_core.errors import FieldError, InvalidInput, NotFound, NotPossible
from helpr_core.frozen import dataclass
from helpr_core.services.people.kept_decisions import TableDecision
from helpr_core.texts import Message

MOST = 50
NAME = "restriction-presets"


@dataclass(frozen=True, slots=True)
class Preset:
    """`fields` are restrictions as stored in terms. Built-in ones have a `country` and no name."""

    preset_id: str
    name: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    country: str = ""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The fields by their names."""
        return of_terms(self.fields)


@dataclass(frozen=True, slots=True)
class PresetList:
    """The owner's own presets, in the order of creation."""

    presets: tuple[Preset, ...] = ()


_KIDS: Mapping[str, tuple[str, str]] = {
    "us": ("G,PG", "TV-Y,TV-Y7,TV-G"),
    "gb": ("gb/U,gb/PG", "gb/U,gb/PG"),
    "de": ("de/0,de/6", "de/0,de/6"),
    "at": ("at/0,at/6", "at/0,at/6"),
    "ch": ("ch/0,ch/6", "ch/0,ch/6"),
    "fr": ("fr/U,fr/TP", "fr/U,fr/TP"),
    "nl": ("nl/AL,nl/6", "nl/AL,nl/6"),
    "ca": ("ca/G,ca/PG", "ca/C,ca/C8,ca/G"),
    "au": ("au/G,au/PG", "au/P,au/C,au/G"),
    "ie": ("ie/G,ie/PG", "ie/G,ie/PG"),
}
"""Ratings of films and television for children; outside the US Plex prefixes them with the country.
A rating that no library has does no harm."""

KIDS = tuple(
    Preset(
        f"kids-{country}",
        fields=to_terms(
            {
                "live_tv": "none",
                "movies": f"contentRating={movies}",
                "television": f"contentRating={television}",
            }
        ),
        country=country,
    )
    for country, (movies, television) in _KIDS.items()
)


class Presets:
    """Raises LogUnavailable, like the store behind it."""

    def __init__(self, decision: TableDecision[PresetList]) -> None:
        self._decision = decision

    def all(self) -> tuple[Preset, ...]:
        """The owner's first, then the built-in ones."""
        return self._decision.read().presets + KIDS

    def add(self, name: str, fields: Mapping[str, Any], by: str) -> Preset:
        """Save restrictions under a name, replacing a preset with the same name."""
        named = known(fields)
        if not named:
            raise InvalidInput(FieldError("restrictions", Message("people.nothing_sent")))
        added = Preset(uuid4().hex, name, to_terms(named))

        def with_it(before: PresetList) -> PresetList:
            same = name.casefold()
            others = tuple(one for one in before.presets if one.name.casefold() != same)
            if len(others) >= MOST:
                raise NotPossible(Message("presets.too_many", most=MOST))
            return replace(before, presets=(*others, added))

        self._decision.change(with_it, by)
        return added

    def delete(self, preset_id: str, by: str) -> None:
        """Delete one of the owner's. Raises NotFound for others."""

        def without(before: PresetList) -> PresetList:
            left = tuple(one for one in before.presets if one.preset_id != preset_id)
            if len(left) == len(before.presets):
                raise NotFound("no such preset")
            return replace(before, presets=left)

        self._decision.change(without, by)
