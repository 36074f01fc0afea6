"""plex.tv's calls of a sign-in: PINs for everybody, and what a friend's own token may ask.

Pages of other origins may ask for PINs (CORS), at plex.tv and at clients.plex.tv; the demo stands
for both. Which bodies `accept` and `signout` answer with is assumed.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from demo_plex import account, answers
from demo_plex.messages import JSON, Answer, Request, json_answer
from demo_plex.people import OWNER_USERNAME
from demo_plex.shares import DemoShare
from demo_plex.sign_ins import Holder, Pin, SignIns
from demo_plex.world import Unknown, World

PIN_PATHS = re.compile(r"/api/v2/pins(/(info|\d+))?")
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
NO_CODE = "Code not found or expired"
_ACCEPT = re.compile(r"/api/v2/shared_servers/(\d+)/accept")
RECEIVED = "/api/v2/shared_servers/invites/received/pending"
USER = "/api/v2/user"
RESOURCES = "/api/v2/resources"
SIGN_OUT = "/api/v2/users/signout"


def pin_answer(sign_ins: SignIns, request: Request, path: str) -> Answer:
    """Make a PIN, say who made it, or report its result."""
    if request.method == "OPTIONS":
        return Answer(204, headers=CORS)
    identifier = request.plex_header("X-Plex-Client-Identifier")
    if not identifier:
        words = answers.NO_CLIENT_IDENTIFIER
        return answers.errors_v2(400, 1000, words, as_json=True)
    if request.method == "POST" and path.endswith("/pins"):
        strong = _given(request, "strong") in ("true", "1", "True")
        product = request.plex_header("X-Plex-Product") or "Unknown"
        pin = sign_ins.make_pin(identifier, product, strong=strong, by_browser=is_browser(request))
        return _shown(pin, 201)
    if path.endswith("/info"):
        found = sign_ins.pin_of_code(request.query.get("code", ""))
        return _info(found) if found else _no_code()
    number = path.rpartition("/")[2]
    read = sign_ins.pin(int(number), identifier) if number.isdigit() else None
    return _shown(read, 200) if read else _no_code()


def is_browser(request: Request) -> bool:
    """Whether a page asks, and not a server."""
    return "origin" in request.headers or "sec-fetch-mode" in request.headers


def friends_answer(
    world: World, sign_ins: SignIns, holder: Holder, request: Request, path: str
) -> Answer | None:
    """What plex.tv answers to the token of somebody who signed in; None: no call for friends."""
    if request.method == "GET" and path == USER:
        facts = friend_facts(holder)
        return json_answer(facts) if request.wants_json else answers.user_answer(facts)
    if request.method == "DELETE" and path == SIGN_OUT:
        sign_ins.sign_out(request.plex_header("X-Plex-Token"))
        return Answer(204)
    if request.method == "GET" and path == RESOURCES:
        found = _resources(world, holder)
        return json_answer(found) if request.wants_json else answers.resources_answer(found)
    if request.method == "GET" and path == RECEIVED:
        return json_answer(_received(world, holder))
    accept = _ACCEPT.fullmatch(path)
    if request.method == "POST" and accept:
        try:
            world.accept_own(int(accept[1]), holder.person)
        except Unknown:
            return answers.errors_v2(404, 1002, answers.NO_RESOURCE, as_json=True)
        return Answer(200, b"", JSON)
    return None


def friend_facts(holder: Holder) -> dict[str, Any]:
    """`/api/v2/user` of a friend."""
    person = holder.person
    facts = account.user_facts("", ())
    return facts | {
        "id": person.user_id,
        "uuid": f"demo{person.user_id}",
        "username": "" if holder.restricted else person.username,
        "title": person.name,
        "email": "" if holder.restricted else person.email,
        "confirmed": holder.confirmed,
        "restricted": holder.restricted,
        "home": holder.restricted,
        "thumb": f"https://plex.tv/users/{person.user_id}/avatar?c=1",
        "entitlements": [],
        "roles": [],
    }


def _resources(world: World, holder: Holder) -> list[dict[str, Any]]:
    """The servers that are shared with the friend: those whose share was accepted."""
    own = [row for row in world.listed_shares() if row.share.person.key == holder.person.key]
    return [
        {
            "name": row.server.name,
            "clientIdentifier": row.server.machine_identifier,
            "provides": "server",
            "owned": False,
            "sourceTitle": OWNER_USERNAME,
            "connections": [],
        }
        for row in own
        if row.share.accepted and not row.share.ended
    ]


def _received(world: World, holder: Holder) -> list[dict[str, Any]]:
    """The owner's invitations that have reached that friend, as one invite with its servers."""
    shares: list[DemoShare] = world.received_by(holder.person)
    if not shares:
        return []
    owner = {
        "username": OWNER_USERNAME,
        "email": account.OWNER_EMAIL,
        "title": OWNER_USERNAME,
        "friendlyName": "",
    }
    servers = [
        {
            "id": share.id,
            "name": world.server(share.server).name,
            "machineIdentifier": world.server(share.server).machine_identifier,
            "accepted": False,
        }
        for share in shares
    ]
    return [{"id": 7_000_000 + shares[0].id, "owner": owner, "sharedServers": servers}]


def _given(request: Request, name: str) -> str:
    """A parameter, from the query or from a body of either kind."""
    if name in request.query:
        return request.query[name]
    body = request.body.decode("utf-8", "replace")
    try:
        found = json.loads(body)
    except ValueError:
        return "true" if f"{name}=true" in body else ""
    return str(found.get(name, "")).lower() if isinstance(found, dict) else ""


def _shown(pin: Pin, status: int) -> Answer:
    facts = {
        "id": pin.id,
        "code": pin.code,
        "product": pin.product,
        "trusted": False,
        "qr": f"https://plex.tv/api/v2/pins/qr/{pin.code}",
        "clientIdentifier": pin.client_identifier,
        "location": {"code": "US", "country": "United States", "city": "Demo"},
        "expiresIn": pin.expires_in,
        "createdAt": _time(pin.expires_at - pin.expires_in),
        "expiresAt": _time(pin.expires_at),
        "authToken": pin.token or None,
        "newRegistration": None,
    }
    answer = json_answer(facts, status)
    return Answer(answer.status, answer.body, answer.content_type, CORS)


def _info(pin: Pin) -> Answer:
    facts = {"trusted": False, "ipMatches": pin.by_browser, "isSafeOrigin": False}
    answer = json_answer(facts | {"product": pin.product})
    return Answer(answer.status, answer.body, answer.content_type, CORS)


def _no_code() -> Answer:
    answer = answers.errors_v2(404, 1020, NO_CODE, as_json=True)
    return Answer(answer.status, answer.body, answer.content_type, CORS)


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(max(0.0, seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"
