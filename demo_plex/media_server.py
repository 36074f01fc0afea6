"""The few Plex Media Server calls that the demo answers itself.

Enough for PlexAPI's `resource.connect()` and `server.library.sections()`: to try a program that
goes the long way through the media server, and a check of whether it can be reached.
"""

from __future__ import annotations

from typing import Any

from demo_plex.account import VERSION
from demo_plex.answers import element, xml_answer
from demo_plex.messages import HTML, Answer
from demo_plex.world import DemoLibrary, World

PATHS = ("", "/identity", "/library", "/library/sections")
UNAUTHORIZED = (
    b"<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>"
)
_AGENTS = {"movie": "tv.plex.agents.movie", "show": "tv.plex.agents.series"}


def media_server_answer(world: World, path: str, *, token_is_good: bool) -> Answer:
    """The answer to GET of one of PATHS; only /identity needs no token."""
    if path == "/identity":
        return _identity(world)
    if not token_is_good:
        return Answer(401, UNAUTHORIZED, HTML)
    if path == "/library/sections":
        return _sections(world)
    if path == "/library":
        return _container({"size": 0, "identifier": "com.plexapp.plugins.library"})
    return _container(
        {
            "size": 0,
            "friendlyName": world.server_name,
            "machineIdentifier": world.machine_identifier,
            "myPlex": True,
            "myPlexSigninState": "ok",
            "platform": "Linux",
            "version": VERSION,
        }
    )


def _identity(world: World) -> Answer:
    return _container(
        {
            "size": 0,
            "apiVersion": "1.1.1",
            "claimed": True,
            "machineIdentifier": world.machine_identifier,
            "version": VERSION,
        }
    )


def _sections(world: World) -> Answer:
    """The libraries under their local keys; plex.tv's ids are not known here."""
    libraries = world.libraries
    root = element("MediaContainer", {"size": len(libraries), "title1": "Plex Library"})
    root.extend(element("Directory", _directory(library)) for library in libraries)
    return xml_answer(root)


def _directory(library: DemoLibrary) -> dict[str, Any]:
    return {
        "key": library.key,
        "type": library.type,
        "title": library.title,
        "agent": _AGENTS.get(library.type, "tv.plex.agents.music"),
        "language": "en-US",
        "uuid": f"00000000-0000-4000-8000-{library.id:012d}",
    }


def _container(facts: dict[str, Any]) -> Answer:
    return xml_answer(element("MediaContainer", facts))
