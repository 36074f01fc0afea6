"""Every function on both sides: headers with every answer, keys, and path traversal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.security import generate_password_hash

from demo_plex import DemoPlex
from helpr_core.container import Container
from helpr_core.web.responses import HSTS, SECURITY_HEADERS
from tests.contract.sides import PROJECT, Case, worker_side, wsgi_side
from tests.hardening.both_sides import UNKNOWN, Asked, headers_of
from tests.processes import plex_settings

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 13), reason="azure-functions-runtime needs Python 3.13"
)

PASSWORD = "not-a-real-password"
JSON = {"content-type": "application/json"}
EXPECTED = {name.lower(): value for name, value in SECURITY_HEADERS.items()}
_WHERE_THE_PIN_IS = re.compile(r"; connect-src [^;]+$")
SECRETS = ("helpr_core", "import ", "PLEX_TOKEN", "root:")
"""Never in an answer to a path that leads outside."""


def _settings(plex: DemoPlex, folder: Path) -> dict[str, str]:
    return {
        **plex_settings(plex),
        "DATABASE_PATH": str(folder / "helpr.db"),
        "ADMIN_USERNAME": "owner",
        "ADMIN_PASSWORD_HASH": generate_password_hash(PASSWORD, "scrypt:1024:8:1"),
        **dict.fromkeys(
            ("HELPR_RATE_INVITES", "HELPR_RATE_DEFAULT", "HELPR_RATE_SIGN_IN", "HELPR_RATE_STATUS"),
            "100000/minute",
        ),
    }


def _side(name: str, folder: Path) -> Iterator[Asked]:
    with DemoPlex() as plex:
        settings = _settings(plex, folder)
        key = Container(settings).installation.function_keys()[0]
        worker = name == "worker"
        side = worker_side(PROJECT, settings) if worker else wsgi_side(settings)
        one = Asked(name, side, key)
        one.sign_in(PASSWORD)
        yield one
        side.stop()


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    yield from _side("worker", tmp_path_factory.mktemp("worker"))


@pytest.fixture(scope="module")
def wsgi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    yield from _side("wsgi", tmp_path_factory.mktemp("wsgi"))


@pytest.fixture(params=["worker", "wsgi"])
def asked(request: pytest.FixtureRequest) -> Asked:
    """The project on that side, with the owner signed in."""
    found: Asked = request.getfixturevalue(request.param)
    return found


def _credentials(asked: Asked) -> dict[str, dict[str, str]]:
    """Credentials: none, a browser, either door, and forged ones."""
    return {
        "nobody": {},
        "browser": {"accept": "text/html", "sec-fetch-site": "same-origin"},
        "key": {"x-functions-key": asked.function_key},
        "session": asked.session,
        "another site": asked.session | {"sec-fetch-site": "cross-site"},
        "forged": {"cookie": f"helpr_session={'0' * 32}.1700000000.{'A' * 43}"},
    }


BODIES = (b"", b"{}", b"[", b'{"email_or_username": "friend"}', b"x" * 17_000)


def test_every_answer_of_every_function_has_the_headers(asked: Asked) -> None:
    statuses = set()
    for function, method in asked.functions():
        for name, credentials in _credentials(asked).items():
            if function["name"] == "sign_out" and name in ("session", "another site"):
                continue  # the session is needed to the end
            for body in BODIES if method in ("POST", "PUT") else BODIES[:1]:
                answer = asked.ask(function, method, JSON | credentials, body)
                given = headers_of(answer)
                told = (function["name"], method, name, answer["status"])
                # A page on which a friend may sign in also names where Plex makes its PIN.
                policy = given.get("content-security-policy", "")
                given["content-security-policy"] = _WHERE_THE_PIN_IS.sub("", policy)
                assert EXPECTED.items() <= given.items(), told
                assert "strict-transport-security" not in given, told
                if answer["status"] != 401 or asked.is_worker:  # our host's own has no body
                    assert "cache-control" in given, told
                assert "server" not in given, told
                assert "x-powered-by" not in given, told
                statuses.add(answer["status"])
    assert {200, 201, 400, 401, 403, 404, 413, 428} <= statuses


@pytest.mark.parametrize("asked", ["worker"], indirect=True)  # WSGI: tests/web/test_headers.py
def test_every_answer_over_https_has_hsts(asked: Asked) -> None:
    for function, method in asked.functions():
        answer = asked.ask(function, method, JSON, scheme="https")
        assert headers_of(answer)["strict-transport-security"] == HSTS, function["name"]


# On Azure the host checks the key, and not the worker.
own_keys = pytest.mark.parametrize("asked", ["wsgi"], indirect=True)


@own_keys
def test_only_our_key_opens_the_key_door(asked: Asked) -> None:
    key = asked.function_key
    wrong = ["", " ", key[:-1], key + "0", key.upper(), f"{key},{key}", key[::-1]]
    wrong += ["0" * 64, "x" * 7_000, "%00", f"Bearer {key}", "undefined", "null"]
    for function, method in asked.functions():
        if function["auth_level"] != "FUNCTION":
            continue
        for one in wrong:
            answer = asked.ask(function, method, JSON | {"x-functions-key": one}, b"{}")
            assert (answer["status"], answer["body"]) == (401, ""), (function["name"], one)
        for header in ("authorization", "cookie", "x-functions-clientid", "x-master-key"):
            answer = asked.ask(function, method, JSON | {header: key}, b"{}")
            assert answer["status"] == 401, (function["name"], header)


@own_keys
@pytest.mark.parametrize(
    ("query", "header", "status"),
    [
        ("code={key}", None, 200),
        ("CODE={key}", None, 200),
        ("code=wrong", None, 401),
        ("code=wrong&code={key}", None, 401),
        ("code=", None, 401),
        ("xcode={key}", None, 401),
        ("code={key}", "wrong", 401),
        ("code={key}", "", 401),
        ("code=wrong", "{key}", 200),
    ],
)
def test_a_key_in_the_query_is_accepted_once_and_overridden_by_the_header(
    asked: Asked, query: str, header: str | None, status: int
) -> None:
    key = asked.function_key
    headers = {} if header is None else {"x-functions-key": header.format(key=key)}
    case = Case(f"GET /api/manage/settings?{query.format(key=key)}", headers=headers)
    assert asked.side.ask(case.as_sent())["status"] == status


# The request target, and what the host makes of it: None if it answers itself.
PATHS: dict[str, str | None] = {
    "../function_app.py": None,
    "../../etc/passwd": None,
    "%2e%2e/function_app.py": None,
    "%2e%2e%2ffunction_app.py": "..%2ffunction_app.py",
    "..%2Ffunction_app.py": "..%2Ffunction_app.py",
    "..%252ffunction_app.py": "..%2ffunction_app.py",
    "%252e%252e%252ffunction_app.py": "%2e%2e%2ffunction_app.py",
    "..%5cfunction_app.py": "..\\function_app.py",
    "..%5c..%5c..%5cetc%5cpasswd": "..\\..\\..\\etc\\passwd",
    "....//....//function_app.py": "....//....//function_app.py",
    "/etc/passwd": None,
    "%2fetc%2fpasswd": "%2fetc%2fpasswd",
    "file:///etc/passwd": "file:///etc/passwd",
    "C:%5cWindows%5cwin.ini": "C:\\Windows\\win.ini",
    "icon.svg%00.css": None,
    "%00": None,
    "icon.svg%0a": "icon.svg\n",
    "icon.svg%20": "icon.svg ",
    "icon.svg.": "icon.svg.",
    "icon.svg::$DATA": "icon.svg::$DATA",
    "..%c0%affunction_app.py": "..%c0%affunction_app.py",
    "%e2%80%a5/function_app.py": "‥/function_app.py",
    "%ef%bc%8e%ef%bc%8e/function_app.py": "．．/function_app.py",
    "form/%2e%2e/%2e%2e/host.json": None,
    ".%2e/host.json": None,
    "form/%2e./%2e./helpr_core/web/pages.py": None,
    "~root/.ssh/id_rsa": "~root/.ssh/id_rsa",
    "helpr_core": "helpr_core",
    "built/origin.json": "built/origin.json",
}


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        *(("worker", path) for path, meant in PATHS.items() if meant is not None),
        *(("wsgi", path) for path in PATHS),
    ],
    indirect=["asked"],
)
def test_no_path_leads_out_of_the_static_files(asked: Asked, path: str) -> None:
    meant = PATHS[path]
    params = {} if meant is None else {"path": meant}
    case = Case(f"GET /static/{path}", "static_files", None, params)
    message = case.as_given_to_the_worker() if asked.is_worker else case.as_sent()
    answer = asked.side.ask(message)
    assert answer["status"] in (400, 404)
    assert [secret for secret in SECRETS if secret in answer["body"]] == []


@pytest.mark.parametrize(
    "path", ["", "%00", "..", "..%2f..%2fetc", "%ff", "x" * 5_000, "%0d%0aX:y"]
)
@pytest.mark.parametrize(
    ("prefix", "function", "parameter"),
    [
        ("/join/", "join", "code"),
        ("/invited/", "invited", "request_id"),
        ("/api/invites/", "invite_status", "request_id"),
        ("/dashboard/api/", "dashboard_api", "path"),
        ("/dashboard/api/invites/", "dashboard_api", "path"),
    ],
)
def test_no_path_breaks_a_function_or_gets_into_a_header(
    asked: Asked, prefix: str, function: str, parameter: str, path: str
) -> None:
    if asked.is_worker:
        given = path.replace("%0d%0a", "\r\n").replace("%ff", "\ufffd").replace("%00", "\0")
        case = Case(f"GET {prefix}{path}", function, None, {parameter: given}, {}, asked.session)
        answer = asked.side.ask(case.as_given_to_the_worker())
    else:
        answer = asked.side.ask(Case(f"GET {prefix}{path}", headers=asked.session).as_sent())
    assert answer["status"] < 500
    assert not [name for name, _ in answer["headers"] if name == "x"]


def test_a_reference_leads_to_the_log_and_nothing_else(asked: Asked) -> None:
    (status,) = [one for one in asked.side.functions if one["name"] == "invite_status"]
    body: dict[str, Any] = json.loads(asked.ask(status, "GET", {})["body"])
    assert body["reference"] not in ("", UNKNOWN)
    assert set(body) == {"type", "title", "status", "detail", "code", "reference"}
