"""The session's cookie passes unchanged through Microsoft's worker library and the host."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.security import generate_password_hash

from demo_plex import DemoPlex
from demo_plex.people import OWNER_USERNAME
from tests.contract.sides import PROJECT, Case, Side, worker_side, wsgi_side
from tests.processes import plex_settings
from tests.services.owner.authenticator import Authenticator
from tests.services.owner.second_factor import app_code

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 13), reason="azure-functions-runtime needs Python 3.13"
)

PASSWORD = "not-a-real pässwörd ✓"
JSON = {"content-type": "application/json"}
OURS = {"origin": "http://helpr.example"}
SESSION = "/dashboard/session"
ORIGIN = "http://localhost:7071"
"""What a browser calls the site, and so where its passkeys are good."""
LIBRARIES = "libraries"
TOKEN = r"[0-9a-f]{32}\.\d{10}\.[A-Za-z0-9_-]{43}"
Answer = dict[str, Any]


class Door:
    """One side, called as by a browser that keeps its cookies."""

    def __init__(
        self, plex: DemoPlex, side: Side, message: Callable[[Case], dict[str, Any]]
    ) -> None:
        self.plex = plex
        self._side = side
        self._message = message
        self.headers: dict[str, str] = {}

    def ask(self, case: Case, **changed: str) -> Answer:
        sent = Case(
            case.line,
            case.function,
            route_params=case.route_params,
            headers=self.headers | dict(case.headers),
            body=case.body,
        )
        return self._side.ask(self._message(sent) | changed)

    def sign_in(self, password: str = PASSWORD, code: str = "", **changed: str) -> Answer:
        fields = {"username": "owner", "password": password, "code": code}
        body = json.dumps(fields).encode()
        case = Case(f"POST {SESSION}", "sign_in", headers=JSON, body=body)
        answer = self.ask(case, **changed)
        if answer["status"] == 200:
            token = json.loads(answer["body"])["csrf_token"]
            value = set_cookie(answer).partition(";")[0]
            self.headers = {"cookie": value, "x-csrf-token": token}
        return answer

    def session(self) -> Answer:
        return self.ask(Case(f"GET {SESSION}", "session"))

    def sign_out(self) -> Answer:
        return self.ask(Case(f"DELETE {SESSION}", "sign_out"))

    def use(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        line = f"{method} /dashboard/api/{path}"
        sent = JSON | dict(headers or {})
        case = Case(line, "dashboard_api", route_params={"path": path}, headers=sent, body=body)
        return self.ask(case)


def set_cookie(answer: Answer, name: str = "helpr_session") -> str:
    lines = [value for header, value in answer["headers"] if header == "set-cookie"]
    (cookie,) = [line for line in lines if line.startswith(f"{name}=")]
    return str(cookie)


@pytest.fixture(scope="module", params=["worker", "wsgi"])
def side(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    with DemoPlex() as plex:
        settings = {
            **plex_settings(plex),
            "DATABASE_PATH": str(tmp_path_factory.mktemp("session") / "helpr.db"),
            "ADMIN_USERNAME": "owner",
            "ADMIN_PASSWORD_HASH": generate_password_hash(PASSWORD, "scrypt:1024:8:1"),
            "HELPR_PUBLIC_URL": "http://helpr.example",
            "HELPR_RATE_SIGN_IN": "1000/minute",
            "HELPR_RATE_INVITES": "1000/minute",
        }
        if request.param == "worker":
            side = worker_side(PROJECT, settings)
            yield Door(plex, side, Case.as_given_to_the_worker)
        else:
            side = wsgi_side(settings)
            yield Door(plex, side, Case.as_sent)
        side.stop()


@pytest.fixture
def door(side: Door) -> Iterator[Door]:
    """The side, with nobody signed in."""
    side.headers = {}
    yield side
    side.headers = {}


@pytest.mark.parametrize(
    ("name", "seconds"), [("helpr_session", 43_200), ("helpr_device", 34_560_000)]
)
def test_each_cookie_is_set_as_specified_and_nothing_in_it_is_escaped(
    door: Door, name: str, seconds: int
) -> None:
    for _ in range(10):  # each has another signature, with other characters
        name_and_value, *attributes = set_cookie(door.sign_in(), name).split("; ")
        assert re.fullmatch(f"{name}={TOKEN}", name_and_value)
        # ASP.NET leaves an empty domain out.
        assert {one.lower() for one in attributes} - {"domain="} == {
            f"max-age={seconds}",
            "path=/dashboard",
            "samesite=strict",
            "httponly",
        }


def test_the_cookie_is_accepted_as_the_session(door: Door) -> None:
    body = json.loads(door.sign_in()["body"])
    answer = door.session()
    assert (answer["status"], json.loads(answer["body"])) == (200, body)
    assert door.use("GET", LIBRARIES)["status"] == 200


@pytest.mark.parametrize("joined", ["a=1; {own}", "a=1, {own}", "a=1,{own}", "{own},b=2"])
def test_the_cookie_is_found_in_joined_header_lines(door: Door, joined: str) -> None:
    door.sign_in()
    door.headers["cookie"] = joined.format(own=door.headers["cookie"])
    assert door.session()["status"] == 200
    assert door.use("GET", LIBRARIES)["status"] == 200


@pytest.mark.parametrize("joined", ["a=1, {own}", "{own},a=1"])
def test_a_friends_browser_is_recognised_however_its_header_lines_were_joined(
    door: Door, joined: str
) -> None:
    body = json.dumps({"email_or_username": f"{len(joined)}@example.com"}).encode()
    case = Case("POST /api/invites", "invite", headers=JSON, body=body)
    first = door.ask(case)
    own = set_cookie(first, "helpr_requests").partition(";")[0]
    door.headers = {"cookie": joined.format(own=own)}
    again = json.loads(door.ask(case)["body"])
    assert again["request_id"] == json.loads(first["body"])["request_id"]
    door.headers = {}
    assert json.loads(door.ask(case)["body"])["status"] == "received"


def test_a_change_requires_the_token(door: Door) -> None:
    door.sign_in()
    body = b'{"shared": [118181361]}'
    assert door.use("PUT", LIBRARIES, body)["status"] == 200
    del door.headers["x-csrf-token"]
    answer = door.use("PUT", LIBRARIES, body)
    assert (answer["status"], json.loads(answer["body"])["code"]) == (403, "csrf_failed")


def test_a_wrong_password_sets_no_cookie(door: Door) -> None:
    answer = door.sign_in("wrong")
    assert answer["status"] == 401
    assert "set-cookie" not in dict(answer["headers"])
    assert door.session()["status"] == 401


def test_after_signing_out_the_cookie_is_gone_and_its_copies_are_invalid(door: Door) -> None:
    door.sign_in()
    answer = door.sign_out()
    assert (answer["status"], answer["body"]) == (204, "")
    name_and_value, *attributes = set_cookie(answer).split("; ")
    assert name_and_value == "helpr_session="
    assert {"max-age=0", "path=/dashboard"} <= {one.lower() for one in attributes}
    for refused in (door.session(), door.use("GET", LIBRARIES), door.sign_out()):
        assert refused["status"] == 401


def test_a_browser_that_is_signed_out_from_another_one_is_signed_out(door: Door) -> None:
    door.headers = {"user-agent": "Mozilla/5.0 (iPhone; like Mac OS X) Version/17.5 Safari/604.1"}
    door.sign_in()
    phone = door.headers
    door.sign_in()
    listed = json.loads(door.use("GET", "browsers")["body"])["browsers"]
    (lost,) = [one for one in listed if one["system"] == "iPhone"]
    assert not lost["current"]
    path = f"browsers/{lost['browser_id']}"
    assert door.use("DELETE", path)["status"] == 204
    assert door.session()["status"] == 200
    door.headers = phone
    assert door.session()["status"] == 401


def test_with_the_second_factor_on_a_code_signs_in_once(door: Door) -> None:
    door.sign_in()
    path = "second-factor"
    offered = door.use("POST", path)
    assert offered["status"] == 201
    secret = json.loads(offered["body"])["secret"]
    picture = door.use("GET", f"{path}/qr.svg")
    assert (picture["status"], picture["body"][:4]) == (200, "<svg")
    body = json.dumps({"code": app_code(secret, datetime.now(UTC))}).encode()
    confirmed = door.use("POST", f"{path}/confirm", body)
    codes = json.loads(confirmed["body"])["recovery_codes"]
    signed_in = door.headers
    try:
        door.headers = {}
        assert json.loads(door.sign_in()["body"])["code"] == "code_required"
        for wanted in (200, 401):
            answer = door.sign_in(code=codes[0])
            assert answer["status"] == wanted
            door.headers = {}
        assert "set-cookie" not in dict(answer["headers"])
    finally:
        door.headers = signed_in
        off = json.dumps({"password": PASSWORD}).encode()
        assert door.use("POST", f"{path}/off", off)["status"] == 200
    assert door.sign_in()["status"] == 200


def test_a_passkey_signs_in(door: Door) -> None:
    door.sign_in()
    at = {"origin": ORIGIN, "x-forwarded-host": "localhost:7071"}  # the host has its own name
    phone = Authenticator(ORIGIN)
    proof = json.dumps({"password": PASSWORD}).encode()
    making = json.loads(door.use("POST", "passkeys/begin", proof, at)["body"])["public_key"]
    body = json.dumps({"name": "Phone", "credential": phone.make(making)}).encode()
    added = door.use("POST", "passkeys", body, at)
    assert added["status"] == 201
    own = f"passkeys/{json.loads(added['body'])['passkey_id']}"
    renamed = door.use("PATCH", own, b'{"name": "Old phone"}')
    assert json.loads(renamed["body"])["name"] == "Old phone"
    owner, door.headers = door.headers, {}
    path = f"{SESSION}/passkey"
    begun = door.ask(Case(f"POST {path}/begin", "passkey_begin", headers=JSON | at, body=b"{}"))
    asking = json.loads(begun["body"])["public_key"]
    body = json.dumps({"credential": phone.sign(asking)}).encode()
    opened = door.ask(Case(f"POST {path}", "passkey_sign_in", headers=JSON | at, body=body))
    assert opened["status"] == 200
    door.headers = {"cookie": set_cookie(opened).partition(";")[0]}
    assert door.session()["status"] == 200
    again = door.ask(Case(f"POST {path}", "passkey_sign_in", headers=JSON | at, body=body))
    assert (again["status"], json.loads(again["body"])["code"]) == (403, "passkey_refused")
    door.headers = owner
    assert door.use("DELETE", own)["status"] == 204


def test_the_owner_returns_from_plex_and_is_signed_in(door: Door) -> None:
    body = b"{}"
    case = Case("POST /dashboard/plex", "plex_begin", headers=JSON | OURS, body=body)
    begun = door.ask(case)
    assert begun["status"] == 201, begun["body"]
    told = json.loads(begun["body"])
    door.headers = {"cookie": set_cookie(begun, "helpr_requests").partition(";")[0]}
    there = {"sign_in_id": told["sign_in_id"]}
    path = f"/dashboard/plex/{told['sign_in_id']}"
    made = door.ask(Case(f"PUT {path}/pin", "plex_pin", headers=OURS, route_params=there))
    code = parse_qs(urlsplit(json.loads(made["body"])["auth_url"]).fragment[1:])["code"][0]
    assert door.plex.sign_in(code, OWNER_USERNAME)
    back = door.ask(Case(f"GET {path}", "plex_back", route_params=there))
    assert (back["status"], dict(back["headers"])["location"]) == (303, "/dashboard")
    door.headers = {"cookie": set_cookie(back).partition(";")[0]}
    assert json.loads(door.session()["body"])["username"] == OWNER_USERNAME
    assert door.plex.tokens == ()


# WSGI: tests/web/session/test_sign_in.py
@pytest.mark.parametrize("side", ["worker"], indirect=True)
def test_over_https_the_cookie_is_secure(door: Door) -> None:
    answer = door.sign_in(url="https://helpr.example/dashboard/session")
    assert "secure" in set_cookie(answer).split("; ")
