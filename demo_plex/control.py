"""The demo's own paths under /_demo/, for tests and tools in other processes.

GET, DELETE            /_demo/calls     the calls received; forget them
GET                    /_demo/shares    whom the server is shared with
GET, POST, PUT, DELETE /_demo/faults    rules: list, add (one or a list), replace, clear
POST                   /_demo/accept    {"identity"}: the friend accepts; 404 when not invited
POST                   /_demo/leave     {"identity"}: the friend ends the share; 404 as above
POST                   /_demo/stale     {"reads"}: after so many reads, the lists of all servers
show
                                        what is true now
GET, POST              /_demo/settings  any of latency_seconds, people (fills seats up to that
                                        number), crowd (the same with names, different
                                        libraries and some who wait), elsewhere (friends on
                                        another server), home (members of the Plex Home),
                                        managed (a managed user of that title), features (what
                                        the owner's subscription
                                        allows), stranger_shape (how a row says that an address
                                        has no account), token (the one accepted
                                        from now on), deauthorized, libraries,
                                        machine_identifier, server_name, listed (false: the
                                        account's resources lack the server), other_servers
                                        (names by machine identifier), arrives_after (at so many
                                        looks the invited person does not see a new invitation)
POST                   /_demo/sign-in   {"code", "identity"}: somebody signs in with that PIN
POST                   /_demo/expire    the time of every PIN is over
POST                   /_demo/reset     all as at the start: no calls, faults or shares
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from demo_plex import stage_settings
from demo_plex.account import FEATURES
from demo_plex.bodies import BadBody, invitation
from demo_plex.faults import Faults, rule_as_json, rule_from_json
from demo_plex.messages import Answer, Call, CallLog, Request, json_answer
from demo_plex.routes import SHARES_PATH, PlexTv
from demo_plex.sign_in_calls import is_browser
from demo_plex.world import DemoShare, Unknown

CONTROL_PREFIX = "/_demo/"


class Stage:
    """plex.tv, and what tests change and read about it."""

    def __init__(self, plex: PlexTv, latency_seconds: float) -> None:
        self.plex: PlexTv = plex
        self.latency_seconds = latency_seconds
        self.faults = Faults()
        self.calls = CallLog()
        self._first = (plex.token, latency_seconds)

    def reset(self) -> None:
        """Reset to the initial state."""
        self.plex.token, self.latency_seconds = self._first
        self.plex.deauthorized = False
        self.plex.features, self.plex.stranger_shape = FEATURES, "null"
        self.plex.world.reset()
        self.plex.sign_ins.reset()
        self.faults.clear()
        self.calls.clear()

    def record(self, request: Request) -> None:
        """Remember a call, without its token."""
        shown = {name: text for name, text in request.query.items() if name != "X-Plex-Token"}
        identifier = request.plex_header("X-Plex-Client-Identifier")
        by_browser = is_browser(request)
        call = Call(request.method, request.path, shown, identifier, by_browser=by_browser)
        if request.method == "POST" and SHARES_PATH.fullmatch(request.path.rstrip("/")):
            call = _with_invitation(call, request)
        self.calls.add(call)

    def control(self, request: Request) -> Answer:
        """Answer a call to one of the demo's own paths."""
        act = _CONTROLS.get((request.method, request.path.removeprefix(CONTROL_PREFIX)))
        if act is None:
            return json_answer({"error": "no such control"}, 404)
        try:
            return act(self, _json_of(request))
        except Unknown:
            return json_answer({"error": "not invited"}, 404)
        except (ValueError, TypeError) as bad:
            return json_answer({"error": str(bad)}, 400)

    def change(self, settings: dict[str, Any]) -> None:
        """Apply settings, or none of them if one is wrong. Raises ValueError."""
        stage_settings.apply(self, settings)


def share_as_json(share: DemoShare) -> dict[str, Any]:
    """A row as `GET /_demo/shares` shows it."""
    person = share.person
    return {
        "id": share.id,
        "username": person.username,
        "email": person.email,
        "user_id": person.user_id,
        "accepted": share.accepted,
        "library_ids": share.library_ids,
        "all_libraries": share.library_ids is None,
    }


def _with_invitation(call: Call, request: Request) -> Call:
    try:
        who, library_ids = invitation(request)
    except BadBody:
        return call
    return replace(call, invited=str(who), library_ids=tuple(library_ids))


def _json_of(request: Request) -> Any:
    return json.loads(request.body) if request.body.strip() else None


def _object(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ValueError("the body is to be a JSON object")  # noqa: TRY004 - one kind of error
    return given


def _list_calls(stage: Stage, given: Any) -> Answer:
    return json_answer({"calls": [call.as_json() for call in stage.calls.calls()]})


def _clear_calls(stage: Stage, given: Any) -> Answer:
    stage.calls.clear()
    return Answer(204)


def _list_shares(stage: Stage, given: Any) -> Answer:
    return json_answer({"shares": [share_as_json(share) for share in stage.plex.world.shares()]})


def _list_faults(stage: Stage, given: Any) -> Answer:
    return json_answer({"faults": [rule_as_json(rule) for rule in stage.faults.rules()]})


def _add_faults(stage: Stage, given: Any) -> Answer:
    rules = [rule_from_json(each) for each in (given if isinstance(given, list) else [given])]
    stage.faults.add(*rules)
    return _list_faults(stage, given)


def _replace_faults(stage: Stage, given: Any) -> Answer:
    rules = [rule_from_json(each) for each in (given if isinstance(given, list) else [given])]
    stage.faults.clear()
    stage.faults.add(*rules)
    return _list_faults(stage, given)


def _clear_faults(stage: Stage, given: Any) -> Answer:
    stage.faults.clear()
    return Answer(204)


def _accept(stage: Stage, given: Any) -> Answer:
    return json_answer(share_as_json(stage.plex.world.accept(str(_object(given).get("identity")))))


def _leave(stage: Stage, given: Any) -> Answer:
    stage.plex.world.leave(str(_object(given).get("identity")))
    return Answer(204)


def _go_stale(stage: Stage, given: Any) -> Answer:
    stage.plex.world.go_stale(int(_object(given).get("reads", 0)))
    return Answer(204)


def _sign_in(stage: Stage, given: Any) -> Answer:
    asked = _object(given)
    if not stage.plex.sign_in(str(asked.get("code")), str(asked.get("identity"))):
        return json_answer({"error": "no such PIN, or nobody of that name"}, 404)
    return Answer(204)


def _expire(stage: Stage, given: Any) -> Answer:
    stage.plex.sign_ins.expire_pins()
    return Answer(204)


def _reset(stage: Stage, given: Any) -> Answer:
    stage.reset()
    return Answer(204)


def _show_settings(stage: Stage, given: Any) -> Answer:
    """The settings except the token, which is never shown."""
    world = stage.plex.world
    settings = {
        "latency_seconds": stage.latency_seconds,
        "people": world.seats_taken(),
        "home": len(world.home()),
        "deauthorized": stage.plex.deauthorized,
        "machine_identifier": world.machine_identifier,
        "server_name": world.server_name,
        "listed": world.listed,
        "other_servers": world.other_servers,
        "libraries": [
            {"id": lib.id, "key": lib.key, "type": lib.type, "title": lib.title}
            for lib in world.libraries
        ],
    }
    return json_answer(settings)


def _change_settings(stage: Stage, given: Any) -> Answer:
    stage.change(_object(given))
    return _show_settings(stage, given)


_CONTROLS: dict[tuple[str, str], Callable[[Stage, Any], Answer]] = {
    ("GET", "calls"): _list_calls,
    ("DELETE", "calls"): _clear_calls,
    ("GET", "shares"): _list_shares,
    ("GET", "faults"): _list_faults,
    ("POST", "faults"): _add_faults,
    ("PUT", "faults"): _replace_faults,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "accept"): _accept,
    ("POST", "leave"): _leave,
    ("POST", "stale"): _go_stale,
    ("GET", "settings"): _show_settings,
    ("POST", "settings"): _change_settings,
    ("POST", "sign-in"): _sign_in,
    ("POST", "expire"): _expire,
    ("POST", "reset"): _reset,
}
