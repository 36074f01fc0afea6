"""What our own server does before an endpoint is called: paths, keys, bodies that are too large."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from helpr_core.local.application import Application, target_path
from helpr_core.web.responses import SECURITY_HEADERS

KEYS = ("demo-function-key", "second-demo-key")
RIGHT, SECOND = KEYS
KEYED = "/api/manage/no-such-thing/../settings"


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(Application(lambda: KEYS), use_cookies=False)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", "/"),
        ("/join/a%20b%C3%A9", "/join/a bé"),
        ("/join/a%2Fb%2fc", "/join/a%2Fb%2fc"),
        ("/join/a%252Fb", "/join/a%2Fb"),
        ("/join/%FF", "/join/\ufffd"),
        ("/join/a?code=%2F", "/join/a"),
        ("/join/a#b", "/join/a"),
        ("http://helpr.example/join/a", "/join/a"),
        ("http://helpr.example", "/"),
        ("/join/\u00e9", None),
        ("/join/a%00b", None),
    ],
)
def test_a_path_is_decoded_except_for_its_slashes(target: str, path: str | None) -> None:
    assert target_path({"RAW_URI": target, "QUERY_STRING": ""}) == path


def test_a_query_with_raw_non_ascii_bytes_is_refused() -> None:
    assert target_path({"RAW_URI": "/", "QUERY_STRING": "q=\u00e9"}) is None


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /healthz", 200),
        ("HEAD /healthz", 200),
        ("GET /healthz/", 200),
        ("GET /healthz//", 404),
        ("DELETE /healthz", 404),
        ("OPTIONS /api/invites", 404),
        ("HEAD /api/openapi.json", 404),
        ("GET /static", 404),
        ("GET /nope/deeper", 404),
        ("GET /dashboard/api/", 503),
        ("GET /dashboard/api", 503),
        ("GET //healthz", 404),
        ("PUT /dashboard/api", 503),
        ("PATCH /dashboard/api/settings", 503),
    ],
)
def test_a_request_reaches_its_endpoint(client: Client, line: str, status: int) -> None:
    method, _, target = line.partition(" ")
    answer = client.open("/", method=method, environ_overrides={"RAW_URI": target})
    assert answer.status_code == status


@pytest.mark.parametrize("target", ["/join/%00", "/nope"])
def test_answers_of_the_server_itself_have_the_headers_too(client: Client, target: str) -> None:
    answer = client.post("/", environ_overrides={"RAW_URI": target})
    assert (answer.status_code, answer.data) in ((400, b""), (404, b""))
    assert SECURITY_HEADERS.items() <= dict(answer.headers).items()
    assert "Server" not in answer.headers


@pytest.mark.parametrize(
    ("query", "header", "is_open"),
    [
        ("", None, False),
        ("", RIGHT, True),
        ("", SECOND, True),
        ("", RIGHT.upper(), False),
        ("", RIGHT + "x", False),
        ("", "Zo\u00eb", False),
        (f"code={RIGHT}", None, True),
        (f"CODE={RIGHT}", None, True),
        (f"code={RIGHT}&code=wrong", None, True),
        (f"code=wrong&code={RIGHT}", None, False),
        (f"code=&code={RIGHT}", None, False),
        (f"code={RIGHT}", "wrong", False),
        (f"code={RIGHT}", "", False),
        ("code=wrong", RIGHT, True),
        ("code=%FF", None, False),
    ],
)
def test_a_function_key_opens_its_door_and_nothing_else(
    client: Client, query: str, header: str | None, is_open: bool
) -> None:
    sent = {} if header is None else {"x-functions-key": header}
    answer = client.get(f"/api/manage/settings?{query}", headers=sent)
    # Nothing is configured here: visitors see the setup page.
    assert answer.status_code == (503 if is_open else 401)
    assert is_open or answer.data == b""


def test_without_keys_the_door_is_closed_to_everybody() -> None:
    closed = Client(Application(tuple))
    for query in ("", "?code="):
        assert closed.get(f"/api/manage/settings{query}").status_code == 401
