"""What a function sees of a request, and which requests it never sees."""

from __future__ import annotations

import io

import azure.functions as func
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from helpr_core.local.application import create_application
from helpr_core.local.incoming import MAX_BODY_BYTES, query_parameters, query_values
from tests.local.sample_wsgi import KEYS


def test_the_url_keeps_the_query_and_escapes_the_path_anew(client: Client) -> None:
    told = client.get("/echo/a%20%7Eb%2Fc?x=%20&flag", base_url="https://example.com").get_json()
    assert told["url"] == "https://example.com/echo/a%20~b%2Fc?x=%20&flag"


def test_header_names_are_lower_case_and_repeats_joined(client: Client) -> None:
    headers = [("X-Mixed-Case", "Grüße"), ("X-Twice", "1"), ("X-Twice", "2")]
    raw = [(name, value.encode().decode("latin-1")) for name, value in headers]
    told = client.get("/echo", headers=raw).get_json()["headers"]
    assert told["x-mixed-case"] == "Grüße"
    assert told["x-twice"].replace(" ", "") == "1,2"


def test_a_header_that_is_not_utf8_is_an_empty_400(client: Client) -> None:
    response = client.get("/echo", headers={"X-Name": "\xff"})
    assert (response.status_code, response.data) == (400, b"")


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("a=1", {"a": "1"}),
        ("a=1&a=2", {"a": "1,2"}),
        ("Name=1&NAME=2&name=", {"Name": "1,2"}),
        ("a=&flag&b=x", {"b": "x"}),
        ("a=x+y%20z%2B", {"a": "x y z+"}),
        ("%61=%C3%A9&b=%FF", {"a": "é", "b": "�"}),
        ("a=1=2&&", {"a": "1=2"}),
    ],
)
def test_params_are_what_the_host_makes_of_the_query(
    client: Client, query: str, params: dict[str, str]
) -> None:
    assert client.get(f"/echo?{query}").get_json()["params"] == params


@given(st.text(alphabet="aAbB=&+%2F,", max_size=20))
def test_params_never_hold_an_empty_text_nor_a_key_twice(query: str) -> None:
    params = query_parameters(query)
    assert all(params.values())
    assert len({key.lower() for key in params}) == len(params)
    assert set(params) <= set(query_values(query))


def test_a_body_with_a_length_arrives_whole(client: Client) -> None:
    assert client.post("/echo", data=b"\x00\xff body").get_json()["body"] == "\x00\xff body"


@pytest.mark.parametrize("terminated", [True, False])
def test_a_chunked_body_arrives_empty(client: Client, terminated: bool) -> None:
    stream = io.BytesIO(b"x" * 100)
    given = {"wsgi.input": stream, "wsgi.input_terminated": terminated, "CONTENT_LENGTH": ""}
    told = client.post("/echo", environ_overrides=given).get_json()
    assert told["body"] == ""
    assert stream.tell() == (100 if terminated else 0)


def test_a_length_beside_chunks_does_not_count(client: Client) -> None:
    headers = {"Transfer-Encoding": "chunked"}
    assert client.post("/echo", data=b"body", headers=headers).get_json()["body"] == ""


def test_a_body_over_the_limit_is_an_empty_500_and_not_read(client: Client) -> None:
    stream = io.BytesIO(b"x")
    given = {"wsgi.input": stream, "CONTENT_LENGTH": str(MAX_BODY_BYTES + 1)}
    response = client.post("/echo", environ_overrides=given)
    assert (response.status_code, response.data, stream.tell()) == (500, b"", 0)


def test_a_body_that_ends_early_reaches_no_function(client: Client) -> None:
    given = {"wsgi.input": io.BytesIO(b"half"), "CONTENT_LENGTH": "8"}
    assert client.post("/echo", environ_overrides=given).status_code == 400


def test_the_peer_is_the_connections_address_whatever_the_request_says(client: Client) -> None:
    headers = {"X-Helpr-Peer": "203.0.113.9"}
    told = client.get("/echo", headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert told.get_json()["headers"]["x-helpr-peer"] == "192.0.2.7"


def test_without_an_address_there_is_no_peer(client: Client) -> None:
    headers = {"X-Helpr-Peer": "203.0.113.9"}
    told = client.get("/echo", headers=headers, environ_overrides={"REMOTE_ADDR": ""})
    assert "x-helpr-peer" not in told.get_json()["headers"]


RIGHT, SECOND = KEYS


@pytest.mark.parametrize(
    ("query", "header", "status"),
    [
        ("", None, 401),
        ("", RIGHT, 200),
        ("", SECOND, 200),
        ("", RIGHT.upper(), 401),
        ("", RIGHT + "x", 401),
        ("", "Zoë", 401),
        (f"code={RIGHT}", None, 200),
        (f"CODE={RIGHT}", None, 200),
        (f"code={RIGHT}&code=wrong", None, 200),
        (f"code=wrong&code={RIGHT}", None, 401),
        (f"code=&code={RIGHT}", None, 401),
        (f"code={RIGHT}", "wrong", 401),
        (f"code={RIGHT}", "", 401),
        ("code=wrong", RIGHT, 200),
    ],
)
def test_a_function_key_opens_its_door_and_nothing_else(
    client: Client, query: str, header: str | None, status: int
) -> None:
    sent = {} if header is None else {"x-functions-key": header.encode().decode("latin-1")}
    response = client.get(f"/keyed?{query}", headers=sent)
    assert response.status_code == status
    assert status == 200 or response.data == b""


def test_no_key_opens_the_admin_level(client: Client) -> None:
    assert client.get("/master", headers={"x-functions-key": RIGHT}).status_code == 401


def test_an_anonymous_function_ignores_keys(client: Client) -> None:
    assert client.get("/echo?code=wrong").get_json()["params"] == {"code": "wrong"}


def _handler(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("x")


def test_an_app_without_keys_opens_to_nobody() -> None:
    app = func.FunctionApp()
    app.function_name("closed")(app.route(route="x")(_handler))
    closed = Client(create_application(app, host_json={}, function_keys=tuple))
    assert closed.get("/api/x").status_code == 401
    assert closed.get("/api/x?code=").status_code == 401
