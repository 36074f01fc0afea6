"""`/api/v2/shared_servers/owned/...`: whom the owner shares with, on all servers.

plex.tv serves this at clients.plex.tv, as XML (attributes) or, on request, JSON; fields as in
recorded answers. `invites/owned/pending` is another path to pending invitations, each with the
shares that it contains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

from demo_plex.account import OWNER_ID
from demo_plex.answers import element, xml_answer
from demo_plex.messages import Answer, json_answer
from demo_plex.people import OWNER_USERNAME, Person
from demo_plex.shares import DEFAULT_SETTINGS, AccountShare
from demo_plex.world import World

STRANGER_SHAPES = ("null", "missing", "partial")
"""How a row for an address without an account says so: its `invited` is null, missing, or has the
address but no id. No source shows which of them plex.tv sends."""


def owned_shares_answer(world: World, *, accepted: bool, as_json: bool, shape: str) -> Answer:
    """The rows of all servers that are accepted, or those that wait."""
    facts = [row_facts(row, shape) for row in _rows(world, accepted=accepted)]
    return json_answer(facts) if as_json else xml_answer(_document(facts))


def owned_invites_answer(world: World, shape: str) -> Answer:
    """Pending invitations, each with one person's rows."""
    invitations: dict[str, list[AccountShare]] = {}
    for row in _rows(world, accepted=False):
        invitations.setdefault(row.share.person.key, []).append(row)
    return json_answer(
        [
            {
                "id": 7_000_000 + rows[0].share.id,
                "sharedServers": [row_facts(r, shape) for r in rows],
            }
            for rows in invitations.values()
        ]
    )


def row_facts(row: AccountShare, shape: str = "null") -> dict[str, Any]:
    """One row as JSON."""
    share, person = row.share, row.share.person
    libraries = [
        {"id": lib.id, "key": lib.key, "title": lib.title, "type": lib.type}
        for lib in row.server.libraries
        if share.library_ids is None or lib.id in share.library_ids
    ]
    facts: dict[str, Any] = {
        "id": share.id,
        "name": row.server.name,
        "ownerId": OWNER_ID,
        "invitedId": person.user_id,
        "invitedEmail": None if person.user_id else person.email,
        "serverId": 5_000_005,
        "machineIdentifier": row.server.machine_identifier,
        "accepted": share.accepted,
        "acceptedAt": _time(share.accepted_at),
        "deletedAt": _time(share.deleted_at),
        "leftAt": _time(share.left_at),
        "owned": True,
        "inviteToken": f"demo-invite-token-{share.id}",
        # The server's, not the person's.
        "lastSeenAt": "2025-06-15T15:06:40Z",
        "searchEnabled": True,
        "numLibraries": len(libraries),
        "allLibraries": share.library_ids is None,
        "libraries": libraries,
        # The two copies of the settings differ in recorded answers: this one lags behind.
        "sharingSettings": dict(DEFAULT_SETTINGS),
        "owner": {"id": OWNER_ID, "username": OWNER_USERNAME, "title": OWNER_USERNAME},
        "invited": _invited(row) if person.user_id else None,
    }
    return facts if person.user_id else _stranger(facts, person, shape)


def _rows(world: World, *, accepted: bool) -> Iterable[AccountShare]:
    return (row for row in world.listed_shares() if row.share.accepted is accepted)


def _document(rows: Sequence[dict[str, Any]]) -> ET.Element:
    root = ET.Element("sharedServers")
    for facts in rows:
        row = element("sharedServer", facts)
        if facts.get("invited"):
            invited = element("invited", facts["invited"])
            invited.append(element("sharingSettings", facts["invited"].get("sharingSettings", {})))
            row.append(invited)
        root.append(row)
    return root


def _stranger(facts: dict[str, Any], person: Person, shape: str) -> dict[str, Any]:
    if shape == "missing":
        return {name: facts[name] for name in facts if name not in ("invited", "invitedId")}
    if shape == "partial":
        return facts | {"invitedEmail": None, "invited": {"id": None, "email": person.email}}
    return facts


def _invited(row: AccountShare) -> dict[str, Any]:
    person = row.share.person
    return {
        "id": person.user_id,
        "uuid": f"demo{person.user_id}",
        "title": person.name,
        "username": person.username or None,
        "email": person.email or None,
        "friendlyName": None,
        "thumb": f"https://plex.tv/users/{person.user_id}/avatar?c=1",
        "home": row.home,
        "restricted": person.restricted,
        "status": "accepted" if row.share.accepted else "pending",
        "sharingSettings": dict(row.settings),
    }


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
