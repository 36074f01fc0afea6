"""What tests and tools may change about the demo while it serves, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from demo_plex.account_shares import STRANGER_SHAPES
from demo_plex.crowd import gather
from demo_plex.world import DemoLibrary

if TYPE_CHECKING:
    from demo_plex.control import Stage

Apply = Callable[["Stage", Any], object]


def apply(stage: Stage, settings: Mapping[str, Any]) -> None:
    """Apply these, or none of them if one is wrong. Raises ValueError."""
    unknown = settings.keys() - _SETTINGS.keys()
    if unknown:
        raise ValueError(f"unknown settings {sorted(unknown)}")
    # All are read before the first is applied.
    checked = [(_SETTINGS[name][1], _read(name, settings[name])) for name in settings]
    for act, value in checked:
        act(stage, value)


def _read(name: str, value: Any) -> Any:
    wanted = _SETTINGS[name][0]
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise ValueError(f"{name} has a value of the wrong kind")
    if isinstance(value, int | float) and value < 0:
        raise ValueError(f"{name} cannot be negative")
    if name == "libraries":
        return tuple(DemoLibrary(**each) for each in value)
    if name == "features":
        return tuple(str(each) for each in value)
    if name == "other_servers":
        return {str(key): str(each) for key, each in value.items()}
    if name == "stranger_shape" and value not in STRANGER_SHAPES:
        raise ValueError(f"stranger_shape is one of {', '.join(STRANGER_SHAPES)}")
    return value


def _set(path: str) -> Apply:
    """Write the value to that attribute of the stage."""
    holder, _, name = path.rpartition(".")

    def write(stage: Stage, value: Any) -> None:
        setattr(attrgetter(holder)(stage) if holder else stage, name, value)

    return write


_SETTINGS: dict[str, tuple[Any, Apply]] = {
    "latency_seconds": (int | float, _set("latency_seconds")),
    "people": (int, lambda stage, people: stage.plex.world.fill_seats(people)),
    "crowd": (int, lambda stage, people: gather(stage.plex.world, people)),
    "elsewhere": (int, lambda stage, people: stage.plex.world.fill_elsewhere(people)),
    "home": (int, lambda stage, people: stage.plex.world.fill_home(people)),
    "managed": (str, lambda stage, title: stage.plex.world.add_managed(title)),
    "features": (list, _set("plex.features")),
    "stranger_shape": (str, _set("plex.stranger_shape")),
    "token": (str, _set("plex.token")),
    "deauthorized": (bool, _set("plex.deauthorized")),
    "libraries": (list | tuple, _set("plex.world.libraries")),
    "machine_identifier": (str, _set("plex.world.machine_identifier")),
    "server_name": (str, _set("plex.world.server_name")),
    "listed": (bool, _set("plex.world.listed")),
    "other_servers": (dict, _set("plex.world.other_servers")),
    "arrives_after": (int, _set("plex.world.arrives_after")),
}
"""By name: the kind of value, and what it changes."""
