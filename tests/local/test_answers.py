"""What becomes of a function's answer."""

from __future__ import annotations

import logging

import pytest
from werkzeug.test import Client, TestResponse

CONFIGURED = {"X-Frame-Options", "X-Content-Type-Options"}


def _own_headers(response: TestResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers if name not in CONFIGURED}


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "body"),
    [
        ("text", 200, "text/plain; charset=utf-8", "Grüße".encode()),
        ("latin", 200, "text/plain; charset=latin-1", "Grüße".encode("latin-1")),
        ("json", 201, "application/json", b'{"a":1}'),
        ("typed", 200, "image/x", b"x"),
        ("problem", 422, "application/problem+json", b"{}"),
        ("odd_status", 299, "text/plain; charset=utf-8", b"x"),
    ],
)
def test_status_type_and_body_come_through_without_a_length(
    client: Client, kind: str, status: int, content_type: str, body: bytes
) -> None:
    response = client.get(f"/answer/{kind}")
    assert (response.status_code, response.data) == (status, body)
    assert _own_headers(response) == {"content-type": content_type}


def test_an_empty_body_has_length_0(client: Client) -> None:
    response = client.get("/answer/empty")
    assert (response.data, response.headers["Content-Length"]) == (b"", "0")


@pytest.mark.parametrize(("kind", "status"), [("nothing", 204), ("unchanged", 304)])
def test_a_bodiless_status_drops_the_body(client: Client, kind: str, status: int) -> None:
    response = client.get(f"/answer/{kind}")
    assert (response.status_code, response.data) == (status, b"")
    assert "Content-Length" not in response.headers


def test_head_has_the_headers_and_no_body(client: Client) -> None:
    response = client.head("/")
    assert (response.status_code, response.data) == (200, b"")
    assert _own_headers(response) == {"content-type": "text/html; charset=utf-8"}


def test_cookies_are_written_as_the_host_writes_them(client: Client) -> None:
    assert client.get("/answer/session").headers.getlist("Set-Cookie") == [
        "session=a-b_c.d~e; max-age=43200; domain=; path=/dashboard; secure; "
        "samesite=strict; httponly"
    ]
    assert client.get("/answer/cookies").headers.getlist("Set-Cookie") == [
        "a=x%20y%2F%3D%C3%A9; domain=; path=/",
        "b=2; expires=Wed, 21 Oct 2026 07:28:00 GMT; domain=example.com; path=",
    ]


def test_a_cookie_that_cannot_be_parsed_is_lost_without_a_word(client: Client) -> None:
    response = client.get("/answer/json_cookie")
    assert (response.status_code, response.headers.getlist("Set-Cookie")) == (200, [])


@pytest.mark.parametrize(("kind", "kept"), [("repeated", ["2"]), ("recased", ["1"])])
def test_of_a_repeated_header_one_survives(client: Client, kind: str, kept: list[str]) -> None:
    assert client.get(f"/answer/{kind}").headers.getlist("X-One") == kept


def test_a_functions_own_header_wins_over_host_json(client: Client) -> None:
    headers = client.get("/answer/own_frame_options").headers
    assert headers.getlist("X-Frame-Options") == ["SAMEORIGIN"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("target", ["/", "/nowhere", "/keyed", "/answer/raises"])
def test_every_answer_has_the_configured_headers_and_hsts_over_https(
    client: Client, target: str
) -> None:
    secure = client.get(target, base_url="https://example.com").headers
    assert set(secure.keys()) >= CONFIGURED
    assert secure["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in client.get(target).headers


def test_a_right_content_length_is_kept(client: Client) -> None:
    response = client.get("/answer/right_length")
    assert (response.headers["Content-Length"], response.data) == ("4", b"body")


@pytest.mark.parametrize(
    "kind",
    ["not_ascii", "bad_name", "line_break", "wrong_length", "chunked", "iso_expires", "soon",
     "none", "dict", "bytes", "raises", "unknown"],
)  # fmt: skip
def test_what_cannot_be_sent_is_an_empty_500_and_a_line_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    response = client.get(f"/answer/{kind}")
    assert (response.status_code, response.data) == (500, b"")
    (record,) = [one for one in caplog.records if one.levelno == logging.ERROR and one.exc_info]
    assert record.getMessage().startswith("function failed function=answer invocation_id=")
