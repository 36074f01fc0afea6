"""`GET /api/v2/shared_servers/owned/...`: whom the owner shares with, on all servers.

plex.tv answers it at clients.plex.tv. XML (attributes) or, where asked for, JSON; fields as in
recorded answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

from demo_plex.account import OWNER_ID
from demo_plex.answers import element, xml_answer
from demo_plex.messages import Answer, json_answer
from demo_plex.people import Person
from demo_plex.world import AccountShare, World


def owned_shares_answer(world: World, *, accepted: bool, as_json: bool) -> Answer:
    """The rows of all servers that are accepted, or those that wait."""
    rows = [row for row in world.account_shares() if (row.accepted_at is not None) is accepted]
    facts = [_facts(row) for row in rows]
    return json_answer(facts) if as_json else xml_answer(_document(facts))


def _document(rows: Sequence[dict[str, Any]]) -> ET.Element:
    root = ET.Element("sharedServers")
    for facts in rows:
        row = element("sharedServer", facts)
        if facts["invited"]:
            row.append(element("invited", facts["invited"]))
        root.append(row)
    return root


def _facts(row: AccountShare) -> dict[str, Any]:
    person = row.person
    return {
        "id": row.id,
        "name": row.server_name,
        "ownerId": OWNER_ID,
        "invitedId": person.user_id,
        "invitedEmail": None if person.user_id else person.email,
        "serverId": 5_000_005,
        "machineIdentifier": row.machine_identifier,
        "accepted": row.accepted_at is not None,
        "acceptedAt": _time(row.accepted_at),
        "deletedAt": None,
        "leftAt": None,
        "owned": True,
        "inviteToken": f"demo-invite-token-{row.id}",
        "numLibraries": row.libraries,
        "invited": _invited(person) if person.user_id else {},
    }


def _invited(person: Person) -> dict[str, Any]:
    return {
        "id": person.user_id,
        "title": person.username,
        "username": person.username,
        "email": person.email,
        "home": False,
        "restricted": False,
    }


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
