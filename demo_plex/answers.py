"""plex.tv's answers: XML documents and the wordings of its errors.

Shapes marked "assumed" have no public source; the others were seen in recorded answers or
are what PlexAPI needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from demo_plex.account import VERSION
from demo_plex.messages import HTML, JSON, TEXT, XML, Answer, json_answer
from demo_plex.people import Person
from demo_plex.shares import AccountShare, DemoServer, DemoShare
from demo_plex.world import World

RAILS_TROUBLE = b"""<!DOCTYPE html>
<html><head><title>We're sorry, but something went wrong (500)</title></head>
<body><h1>We're sorry, but something went wrong.</h1></body></html>
"""
RAILS_NOT_FOUND = b"""<!DOCTYPE html>
<html><head><title>The page you were looking for doesn't exist (404)</title></head>
<body><h1>The page you were looking for doesn't exist.</h1></body></html>
"""
V2_PREFIX = "/api/v2/"
INVALID_TOKEN = "Invalid token"  # noqa: S105 - a sentence
UNAUTHENTICATED = "User could not be authenticated"
NO_RESOURCE = "The requested resource or endpoint could not be found"
# Assumed wording; the code 1000 as well.
NO_CLIENT_IDENTIFIER = "X-Plex-Client-Identifier is missing"


def response(status: int, words: str) -> Answer:
    """v1's `<Response code status/>`."""
    return xml_answer(element("Response", {"code": status, "status": words}), status)


def errors_v1(status: int, words: str) -> Answer:
    """v1's `<errors><error>words</error></errors>`."""
    root = ET.Element("errors")
    ET.SubElement(root, "error").text = words
    return xml_answer(root, status)


def errors_v2(status: int, code: int, words: str, *, as_json: bool) -> Answer:
    """v2's `<errors><error code message status/></errors>`, or the same in JSON."""
    error = {"code": code, "message": words, "status": status}
    if as_json:
        return json_answer({"errors": [error]}, status)
    root = ET.Element("errors")
    root.append(element("error", error))
    return xml_answer(root, status)


def invalid_token() -> Answer:
    """The answer to a deauthorized token, https://github.com/pkkid/python-plexapi/pull/1138."""
    return errors_v1(422, INVALID_TOKEN)


def not_found_page() -> Answer:
    """The page for a path that plex.tv does not have."""
    return Answer(404, RAILS_NOT_FOUND, HTML)


def usual_failure(status: int, path: str) -> Answer:
    """plex.tv's usual answer with that status."""
    if status == 401 and not path.startswith(V2_PREFIX):
        return errors_v1(401, INVALID_TOKEN)
    if status == 401:
        return errors_v2(401, 1001, UNAUTHENTICATED, as_json=False)
    if status == 422:
        return invalid_token()
    if status == 429:
        return Answer(429, b"API rate limit exceeded", TEXT)
    if status == 404:
        return not_found_page()
    return Answer(status, RAILS_TROUBLE if status >= 500 else b"", HTML)


def shortened(answer: Answer, rows: int) -> Answer:
    """An answer with only the first rows of its list, but still well-formed.

    The list of a server's libraries is inside its element; an empty one has neither.
    """
    if answer.status == 200 and answer.content_type == JSON:
        listed = json.loads(answer.body)
        return json_answer(listed[:rows]) if isinstance(listed, list) else answer
    if answer.status != 200 or answer.content_type != XML:
        return answer
    root = ET.fromstring(answer.body)  # noqa: S314 # nosec B314 - our own
    holder = root
    if rows and len(root) == 1 and root[0].tag == "Server":
        holder = root[0]
    for row in list(holder)[rows:]:
        holder.remove(row)
    if "size" in root.keys():  # noqa: SIM118 - an element is no mapping
        root.set("size", str(len(holder)))
    return xml_answer(root)


def user_answer(facts: Mapping[str, Any]) -> Answer:
    """`GET /api/v2/user`."""
    root = element("user", facts)
    features = facts["subscription"]["features"]
    subscription = element("subscription", facts["subscription"])
    subscription.append(_id_list("features", "feature", features))
    root.append(subscription)
    root.append(element("profile", facts["profile"]))
    root.append(_id_list("entitlements", "entitlement", facts["entitlements"]))
    root.append(_id_list("roles", "role", facts["roles"]))
    return xml_answer(root)


def resources_answer(resources: list[dict[str, Any]]) -> Answer:
    """`GET /api/v2/resources`."""
    root = ET.Element("resources")
    for facts in resources:
        resource = element("resource", facts)
        connections = ET.SubElement(resource, "connections")
        connections.extend(element("connection", each) for each in facts["connections"])
        root.append(resource)
    return xml_answer(root)


def server_answer(world: World, described: DemoServer) -> Answer:
    """`GET /api/servers/{machineId}`: the libraries with both their ids."""
    server = element(
        "Server",
        {
            "name": described.name,
            "address": "203.0.113.10",
            "port": 32400,
            "version": VERSION,
            "scheme": "http",
            "host": "203.0.113.10",
            "localAddresses": "127.0.10.1",
            "machineIdentifier": described.machine_identifier,
            "createdAt": 1_577_836_800,
            "updatedAt": 1_750_000_000,
            "owned": True,
            "synced": False,
        },
    )
    libraries = described.libraries
    server.extend(
        element("Section", {"id": lib.id, "key": lib.key, "type": lib.type, "title": lib.title})
        for lib in libraries
    )
    # `size` counts the sections, not the children.
    return _container(described.machine_identifier, [server], size=len(libraries))


def shares_answer(world: World, shares: list[DemoShare]) -> Answer:
    """`/api/servers/{machineId}/shared_servers`, all rows or the one just created."""
    machine = world.server(shares[0].server if shares else "").machine_identifier
    return _container(machine, [_shared_server(world, share) for share in shares])


def friends_answer(world: World) -> Answer:
    """`GET /api/users/`: who has accepted, on any server, and the Plex Home."""
    users = []
    for person, share in world.friends():
        users.append(_user(world, person))
        if share is not None:
            users[-1].append(_server_of_friend(world, share))
    for row in world.account_shares():
        if row.share.server and row.share.accepted and not row.share.ended:
            users.append(_user(world, row.share.person))
            users[-1].append(_other_server(world, row))
    users += [_user(world, person, home=True) for person in world.home()]
    return _container(world.machine_identifier, users)


def invites_answer(world: World) -> Answer:
    """`GET /api/invites/requested`: the invitations the owner sent."""
    invites = [_invite(world, share) for share in world.invites()]
    return _container(world.machine_identifier, invites)


def xml_answer(root: ET.Element, status: int = 200) -> Answer:
    """The document as plex.tv writes it: `<a/>` without a space, apostrophes unescaped."""
    text = ET.tostring(root, encoding="UTF-8", xml_declaration=False)
    # A literal " />" cannot stand in a value: ElementTree writes ">" there as "&gt;".
    body = b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.replace(b" />", b"/>")
    return Answer(status, body, XML)


def _shared_server(world: World, share: DemoShare) -> ET.Element:
    person, server = share.person, world.server(share.server)
    settings = world.settings_of(person)
    facts: dict[str, Any] = {"id": share.id, "username": person.username, "email": person.email}
    if person.user_id is not None:
        facts["userID"] = person.user_id
    facts |= {
        "accessToken": f"demo-share-token-{share.id}" if share.accepted else "",
        "name": server.name,
        "acceptedAt": share.accepted_at,
        "invitedAt": share.invited_at,
        "allowSync": settings["allowSync"],
        "allowCameraUpload": settings["allowCameraUpload"],
        "allowChannels": settings["allowChannels"],
        "allLibraries": share.library_ids is None,
        "owned": False,
    }
    row = element("SharedServer", facts)
    open_ids = {library.id for library in world.libraries_of(share)}
    for lib in server.libraries:
        section = {"id": lib.id, "key": lib.key, "title": lib.title, "type": lib.type}
        row.append(element("Section", section | {"shared": lib.id in open_ids}))
    return row


def _user(world: World, person: Person, *, home: bool = False) -> ET.Element:
    settings = world.settings_of(person)
    return element(
        "User",
        {
            "id": person.user_id,
            "title": person.name,
            "username": person.username,
            "email": person.email,
            "recommendationsPlaylistId": "",
            "thumb": f"https://plex.tv/users/{person.user_id}/avatar",
            "protected": False,
            "home": home,
            **{name: "" if value is None else value for name, value in settings.items()},
            "restricted": person.restricted,
        },
    )


def _server_of_friend(world: World, share: DemoShare) -> ET.Element:
    facts = {
        "id": share.id,
        "serverId": 5_000_005,
        "machineIdentifier": world.machine_identifier,
        "name": world.server_name,
        "lastSeenAt": 1_750_000_000,
        "numLibraries": len(world.libraries_of(share)),
        "allLibraries": share.library_ids is None,
        "owned": True,
        "pending": not share.accepted,
    }
    return element("Server", facts)


def _other_server(world: World, row: AccountShare) -> ET.Element:
    facts = {
        "id": row.share.id,
        "serverId": 5_000_006,
        "machineIdentifier": row.server.machine_identifier,
        "name": row.server.name,
        "numLibraries": len(world.libraries_of(row.share)),
        "owned": True,
        "pending": False,
    }
    return element("Server", facts)


def _invite(world: World, share: DemoShare) -> ET.Element:
    person = share.person
    facts = {
        "id": person.invite_id,
        "createdAt": share.invited_at,
        # An address without an account gets no friend request, only the share.
        "friend": person.user_id is not None,
        "home": False,
        "server": True,
        "username": person.username,
        "email": person.email,
        "thumb": f"https://plex.tv/users/{person.user_id}/avatar" if person.user_id else "",
        "friendlyName": person.name,
    }
    invite = element("Invite", facts)
    name = world.server(share.server).name
    numbers = {"name": name, "numLibraries": len(world.libraries_of(share))}
    invite.append(element("Server", numbers))
    return invite


def _container(machine: str, rows: list[ET.Element], size: int | None = None) -> Answer:
    facts = {
        "friendlyName": "myPlex",
        "identifier": "com.plexapp.plugins.myplex",
        "machineIdentifier": machine,
        "size": len(rows) if size is None else size,
    }
    root = element("MediaContainer", facts)
    root.extend(rows)
    return xml_answer(root)


def element(tag: str, facts: Mapping[str, Any]) -> ET.Element:
    """An element with the facts as attributes; the caller handles lists and objects."""
    plain = {name: _text(value) for name, value in facts.items() if not _nested(value)}
    return ET.Element(tag, plain)


def _id_list(tag: str, child: str, ids: list[str]) -> ET.Element:
    root = ET.Element(tag)
    root.extend(ET.Element(child, id=each) for each in ids)
    return root


def _nested(value: object) -> bool:
    return isinstance(value, list | dict)


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)
