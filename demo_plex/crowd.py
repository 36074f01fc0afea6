"""Many people at once, with distinct names, to try out a full server."""

from __future__ import annotations

from itertools import count

from demo_plex.world import World

_FIRST = (
    *("anna", "bruno", "carla", "david", "elif", "felix", "greta", "hamza", "ines", "jonas"),
    *("kira", "luis", "mira", "noah", "olga", "paul", "quinn", "rosa", "sami", "tilda"),
)
_LAST = ("berg", "costa", "dahl", "ekici", "fuchs")
_WAITS = 9
"""Every ninth has not accepted yet."""


def name_of(number: int) -> str:
    """The invented name of the person with that number, from 0; a hundred are different."""
    first, last = _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST) % len(_LAST)]
    again = number // (len(_FIRST) * len(_LAST))
    return f"{first}.{last}{again or ''}"


def gather(world: World, people: int) -> None:
    """Share the server until it has that many people in all; most have accepted.

    They have different libraries: all three of the first, two, or one.
    """
    ids = [library.id for library in world.libraries]
    for number in count():
        if world.seats_taken() >= people:
            return
        name = name_of(number)
        if world.share_of(name) is not None:
            continue
        world.share(name, ids[: 3 - number % 3])
        if number % _WAITS:
            world.accept(name)
