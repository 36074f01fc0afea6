"""plex.tv's newer calls that change a share or a person's restrictions.

Status and body of what they answer are assumed: no source shows more than "2xx".
"""

from __future__ import annotations

from typing import Any

from demo_plex import account_shares, answers
from demo_plex.messages import Answer, json_answer
from demo_plex.people import Person
from demo_plex.shares import DEFAULT_SETTINGS, AccountShare
from demo_plex.world import Refused, World


def share_answer(world: World, given: dict[str, Any]) -> Answer:
    """`POST /api/v2/shared_servers`: 201 with the row; what is refused says next to nothing."""
    who = given.get("invitedId") or given.get("invitedEmail") or ""
    try:
        server = world.server(str(given.get("machineIdentifier") or "?"))
        key = server.machine_identifier
        other = "" if key == world.machine_identifier else key
        share = world.share(who, [int(one) for one in given.get("librarySectionIds") or []], other)
        if given.get("settings"):
            world.restrict(share.person, given["settings"])
    except Refused:
        return refused()
    return json_answer(row_of(world, share.id), 201)


def update_answer(world: World, share_id: int, given: dict[str, Any]) -> Answer:
    """`POST /api/v2/shared_servers/{id}`: libraries and settings, each where it is named."""
    share = world.row(share_id)
    try:
        if "librarySectionIds" in given:
            world.replace_libraries(share_id, [int(one) for one in given["librarySectionIds"]])
        if "settings" in given:
            world.restrict(share.person, given["settings"])
    except Refused:
        return refused()
    return json_answer(row_of(world, share_id))


def settings_answer(world: World, person: Person, settings: dict[str, Any] | None) -> Answer:
    """`/api/v2/sharing_settings`: all ten, after changing them where there are some to set.

    What is not named is as without restrictions afterwards: plex.tv merges nothing.
    """
    try:
        after = world.settings_of(person) if settings is None else world.restrict(person, settings)
    except Refused:
        return refused()
    return json_answer({name: after[name] for name in DEFAULT_SETTINGS})


def from_v1(given: dict[str, Any]) -> dict[str, Any]:
    """The `sharing_settings` of an older invitation: switches are "0" and "1" there."""
    return {name: _typed(value, DEFAULT_SETTINGS.get(name)) for name, value in given.items()}


def _typed(value: Any, usual: Any) -> Any:
    if isinstance(usual, bool):
        return value in (True, 1, "1")
    if isinstance(usual, int):
        return int(value or 0)
    return value or usual


def row_of(world: World, share_id: int) -> dict[str, Any]:
    """The row as the lists of all servers have it."""
    share = world.row(share_id)
    home = any(member.key == share.person.key for member in world.home())
    row = AccountShare(share, world.server(share.server), world.settings_of(share.person), home)
    return account_shares.row_facts(row)


def refused() -> Answer:
    """v2's refusal, which gives no reason."""
    return answers.errors_v2(422, 1999, "", as_json=True)
