"""What calls to plex.tv carry in their bodies."""

from __future__ import annotations

import json
from typing import Any

from demo_plex.messages import Request


class BadBody(Exception):
    """The body is not what that path expects."""


def invitation(request: Request) -> tuple[str | int, list[int]]:
    """Whom a POST to shared_servers invites (identity or user id), and its library ids.

    Raises BadBody if it is not an invitation.
    """
    shared = shared_server(request)
    who = shared.get("invited_email", shared.get("invited_id"))
    if isinstance(who, bool) or not isinstance(who, str | int):
        raise BadBody
    return who, library_ids_of(shared)


def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object. Raises BadBody."""
    try:
        given = json.loads(request.body)
    except ValueError:
        raise BadBody from None
    if not isinstance(given, dict):
        raise BadBody
    return given


def shared_server(request: Request) -> dict[str, Any]:
    """What is asked for, in the first version of the API. Raises BadBody."""
    shared = json_object(request).get("shared_server")
    if not isinstance(shared, dict):
        raise BadBody
    return shared


def library_ids_of(shared: dict[str, Any]) -> list[int]:
    """The ids, as numbers or digits; none means every library."""
    try:
        return [int(each) for each in shared.get("library_section_ids") or []]
    except (TypeError, ValueError):
        raise BadBody from None
