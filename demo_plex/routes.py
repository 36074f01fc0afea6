"""plex.tv's paths: who may call them, and what each one changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from demo_plex import (
    account,
    account_shares,
    answers,
    auth_page,
    media_server,
    share_calls,
    sign_in_calls,
)
from demo_plex.bodies import BadBody, invitation, json_object, library_ids_of, shared_server
from demo_plex.messages import Answer, Request, json_answer
from demo_plex.shares import DemoShare
from demo_plex.sign_ins import SignIns
from demo_plex.world import Refused, Unknown, World

GONE_WORDS = "This endpoint was deprecated and removed"
# Assumed: no source shows the answer to an unreadable body.
BAD_BODY_WORDS = "Invalid request."
_GONE = re.compile(r"/api/invites/requests(/.*)?|/api/friends(/.*)?|/api/v2/friends")


@dataclass(slots=True)
class PlexTv:
    """The owner's view of plex.tv; the fields may be changed while it serves.

    `token` is the accepted one (besides `server_token`, the server's own, as at plex.tv). While
    `deauthorized`, both get the answer for a signed-out token.
    """

    world: World
    token: str
    server_token: str = "demo-server-token"  # noqa: S105 - opens nothing but the demo
    deauthorized: bool = False
    connections: tuple[account.Connection, ...] = ()
    # What the owner's subscription allows, and which shape says "no account", see STRANGER_SHAPES.
    features: tuple[str, ...] = account.FEATURES
    stranger_shape: str = "null"
    sign_ins: SignIns = field(default_factory=SignIns)

    def answer(self, request: Request) -> Answer:
        """Carry out the call and return plex.tv's answer."""
        path = request.path.rstrip("/")
        if _GONE.fullmatch(path):
            return answers.response(410, GONE_WORDS)
        if sign_in_calls.PIN_PATHS.fullmatch(path):
            return sign_in_calls.pin_answer(self.sign_ins, request, path)
        holder = self.sign_ins.holder(request.plex_header("X-Plex-Token"))
        if holder is not None and (not holder.is_owner or path == sign_in_calls.SIGN_OUT):
            theirs = sign_in_calls.friends_answer(self.world, self.sign_ins, holder, request, path)
            return theirs or _not_found(request)
        if request.method == "GET" and path in media_server.PATHS:
            good = self._knows(request) and not self.deauthorized
            return media_server.media_server_answer(self.world, path, token_is_good=good)
        handler, names = _find_route(request.method, path)
        if handler is None:
            return _unknown_path(request)
        return self._turn_away(request) or self._carry_out(handler, request, names)

    def _carry_out(self, handler: Handler, request: Request, names: tuple[str, ...]) -> Answer:
        try:
            return handler(self, request, *names)
        except Refused as no:
            return answers.response(400, str(no))
        except Unknown:
            return _not_found(request)
        except BadBody:
            return answers.response(400, BAD_BODY_WORDS)

    def _knows(self, request: Request) -> bool:
        token = request.plex_header("X-Plex-Token")
        if self.sign_ins.holder(token) is not None:
            return True  # the owner's: a friend's has already been answered
        return bool(token) and token in (self.token, self.server_token)

    def page(self, request: Request) -> Answer:
        """The auth page, and its sign-in call."""
        if request.method == "GET" and request.path == auth_page.AUTH_PATH:
            return auth_page.auth_page()
        if request.method == "POST" and request.path == auth_page.SIGN_IN_PATH:
            given = json_object(request)
            signed_in = self.sign_in(str(given.get("code", "")), str(given.get("who", "")))
            return Answer(204 if signed_in else 404)
        return answers.not_found_page()

    def sign_in(self, code: str, identity: str) -> bool:
        """Somebody signs in with that PIN; False if it has expired, or without an account."""
        try:
            holder = self.sign_ins.sign_in(code, identity)
        except ValueError:
            return False
        if holder is None:
            return False
        self.world.meet(holder.person)
        return True

    def _turn_away(self, request: Request) -> Answer | None:
        v2 = request.path.startswith(answers.V2_PREFIX)
        if v2 and not request.plex_header("X-Plex-Client-Identifier"):
            words = answers.NO_CLIENT_IDENTIFIER
            return answers.errors_v2(400, 1000, words, as_json=request.wants_json)
        if self._knows(request):
            fresh = self.sign_ins.holder(request.plex_header("X-Plex-Token")) is not None
            return answers.invalid_token() if self.deauthorized and not fresh else None
        if v2:
            words = answers.UNAUTHENTICATED
            return answers.errors_v2(401, 1001, words, as_json=request.wants_json)
        return answers.errors_v1(401, answers.INVALID_TOKEN)


Handler = Callable[..., Answer]


def _user(plex: PlexTv, request: Request) -> Answer:
    facts = account.user_facts(request.plex_header("X-Plex-Token"), plex.features)
    return json_answer(facts) if request.wants_json else answers.user_answer(facts)


def _resources(plex: PlexTv, request: Request) -> Answer:
    world = plex.world
    own = {world.machine_identifier: world.server_name} if world.listed else {}
    servers = own | world.other_servers
    facts = account.resource_facts(servers, plex.server_token, plex.connections)
    return json_answer(facts) if request.wants_json else answers.resources_answer(facts)


def _server(plex: PlexTv, request: Request, machine: str) -> Answer:
    return answers.server_answer(plex.world, plex.world.server(machine))


def _list_shares(plex: PlexTv, request: Request, machine: str) -> Answer:
    return answers.shares_answer(plex.world, plex.world.shares(_key(plex, machine)))


def _share(plex: PlexTv, request: Request, machine: str) -> Answer:
    server = _key(plex, machine)
    who, library_ids = invitation(request)
    share = plex.world.share(who, library_ids, server)
    given = json_object(request).get("sharing_settings")
    if isinstance(given, dict):
        plex.world.restrict(share.person, share_calls.from_v1(given))
    return answers.shares_answer(plex.world, [share])


def _one_share(plex: PlexTv, request: Request, machine: str, share_id: str) -> Answer:
    return answers.shares_answer(plex.world, [_row(plex, machine, share_id)])


def _update_share(plex: PlexTv, request: Request, machine: str, share_id: str) -> Answer:
    row = _row(plex, machine, share_id)
    library_ids = library_ids_of(shared_server(request))
    return answers.shares_answer(plex.world, [plex.world.replace_libraries(row.id, library_ids)])


def _end_share(plex: PlexTv, request: Request, machine: str, share_id: str) -> Answer:
    plex.world.end_share(_row(plex, machine, share_id).id)
    return Answer(204)


def _share_v2(plex: PlexTv, request: Request) -> Answer:
    return share_calls.share_answer(plex.world, json_object(request))


def _update_v2(plex: PlexTv, request: Request, share_id: str) -> Answer:
    return share_calls.update_answer(plex.world, _number(share_id), json_object(request))


def _end_v2(plex: PlexTv, request: Request, share_id: str) -> Answer:
    plex.world.end_share(_number(share_id), keep_row=True)
    return Answer(204)


def _settings(plex: PlexTv, request: Request) -> Answer:
    given: dict[str, Any] = json_object(request) if request.method == "POST" else {**request.query}
    who = str(given.get("invitedId") or given.get("invitedEmail") or "")
    person = plex.world.person_of(int(who) if who.isdigit() else who)
    settings = given.get("settings") or {} if request.method == "POST" else None
    return share_calls.settings_answer(plex.world, person, settings)


def _owned_accepted(plex: PlexTv, request: Request) -> Answer:
    return account_shares.owned_shares_answer(
        plex.world, accepted=True, as_json=request.wants_json, shape=plex.stranger_shape
    )


def _owned_pending(plex: PlexTv, request: Request) -> Answer:
    return account_shares.owned_shares_answer(
        plex.world, accepted=False, as_json=request.wants_json, shape=plex.stranger_shape
    )


def _owned_invites(plex: PlexTv, request: Request) -> Answer:
    return account_shares.owned_invites_answer(plex.world, plex.stranger_shape)


def _friends(plex: PlexTv, request: Request) -> Answer:
    return answers.friends_answer(plex.world)


def _end_friendship(plex: PlexTv, request: Request, user_id: str) -> Answer:
    plex.world.end_friendship(_number(user_id))
    return Answer(204)


def _invites(plex: PlexTv, request: Request) -> Answer:
    return answers.invites_answer(plex.world)


def _cancel_invite(plex: PlexTv, request: Request, invite_id: str) -> Answer:
    friend, server = (request.query.get(name) == "1" for name in ("friend", "server"))
    plex.world.cancel_invite(invite_id, friend=friend, server=server)
    return Answer(204)


def _key(plex: PlexTv, machine: str) -> str:
    """The key of that server of the owner's in the world. Raises Unknown."""
    found = plex.world.server(machine).machine_identifier
    return "" if found == plex.world.machine_identifier else found


def _row(plex: PlexTv, machine: str, share_id: str) -> DemoShare:
    """The row with that id on that server. Raises Unknown."""
    row = plex.world.row(_number(share_id))
    if row.server != _key(plex, machine):
        raise Unknown
    return row


def _number(text: str) -> int:
    """An id; PlexAPI sends "nan" if it has none. Raises Unknown."""
    if not (text.isascii() and text.isdigit()):
        raise Unknown
    return int(text)


def _not_found(request: Request) -> Answer:
    if request.path.startswith(answers.V2_PREFIX):
        words = answers.NO_RESOURCE
        return answers.errors_v2(404, 1002, words, as_json=request.wants_json)
    return answers.errors_v1(404, "Not found")


def _unknown_path(request: Request) -> Answer:
    is_v2 = request.path.startswith(answers.V2_PREFIX)
    return _not_found(request) if is_v2 else answers.not_found_page()


SHARES_PATH = re.compile(r"/api/servers/([^/]+)/shared_servers")
_ROUTES: tuple[tuple[str, re.Pattern[str], Handler], ...] = (
    ("POST", SHARES_PATH, _share),
    ("GET", SHARES_PATH, _list_shares),
    ("GET", re.compile(r"/api/v2/user"), _user),
    ("GET", re.compile(r"/api/v2/resources"), _resources),
    ("GET", re.compile(r"/api/servers/([^/]+)"), _server),
    ("GET", re.compile(r"/api/servers/([^/]+)/shared_servers/([^/]+)"), _one_share),
    ("PUT", re.compile(r"/api/servers/([^/]+)/shared_servers/([^/]+)"), _update_share),
    ("DELETE", re.compile(r"/api/servers/([^/]+)/shared_servers/([^/]+)"), _end_share),
    ("GET", re.compile(r"/api/v2/shared_servers/owned/accepted"), _owned_accepted),
    ("GET", re.compile(r"/api/v2/shared_servers/owned/pending"), _owned_pending),
    ("GET", re.compile(r"/api/v2/shared_servers/invites/owned/pending"), _owned_invites),
    ("POST", re.compile(r"/api/v2/shared_servers"), _share_v2),
    ("POST", re.compile(r"/api/v2/shared_servers/(\d+)"), _update_v2),
    ("DELETE", re.compile(r"/api/v2/shared_servers/(\d+)"), _end_v2),
    ("GET", re.compile(r"/api/v2/sharing_settings"), _settings),
    ("POST", re.compile(r"/api/v2/sharing_settings"), _settings),
    ("GET", re.compile(r"/api/users"), _friends),
    ("DELETE", re.compile(r"/api/v2/sharings/([^/]+)"), _end_friendship),
    ("GET", re.compile(r"/api/invites/requested"), _invites),
    ("DELETE", re.compile(r"/api/invites/requested/([^/]+)"), _cancel_invite),
)


def _find_route(method: str, path: str) -> tuple[Handler | None, tuple[str, ...]]:
    for known, pattern, handler in _ROUTES:
        match = pattern.fullmatch(path) if known == method else None
        if match:
            return handler, tuple(unquote(each) for each in match.groups())
    return None, ()
