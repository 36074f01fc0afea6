"""The same rules over real sockets, under werkzeug's server and under gunicorn."""

from __future__ import annotations

import http.client
import json
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from helpr_core.local.serving import QuietRequestHandler
from tests.local.sample_wsgi import KEYS, application

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=["werkzeug", "gunicorn"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    yield from _werkzeug() if request.param == "werkzeug" else _gunicorn()


def _werkzeug() -> Iterator[int]:
    server = make_server(
        "127.0.0.1", 0, application, threaded=True, request_handler=QuietRequestHandler
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def _gunicorn() -> Iterator[int]:
    # The socket listens before gunicorn starts: a request waits, and nothing has to be polled.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-m", "gunicorn", "-w", "2", "--bind"]
        command += [f"fd://{listening.fileno()}", "tests.local.sample_wsgi:application"]
        process = subprocess.Popen(command, cwd=PROJECT, pass_fds=[listening.fileno()])
        try:
            yield listening.getsockname()[1]
        finally:
            process.terminate()
            process.wait(timeout=20)


def _sent(port: int, *lines: str, body: bytes = b"") -> http.client.HTTPResponse:
    """Send a request as it stands, and read the answer with its body."""
    head = "\r\n".join([*lines, "Host: 127.0.0.1", "Connection: close", "", ""])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head.encode("latin-1") + body)
        response = http.client.HTTPResponse(connection, method=lines[0].partition(" ")[0])
        response.begin()
        response.body = response.read()  # type: ignore[attr-defined]
        return response


def _told(response: http.client.HTTPResponse) -> dict[str, object]:
    told: dict[str, object] = json.loads(response.body)  # type: ignore[attr-defined]
    return told


def test_an_encoded_slash_and_dots_survive_the_server(port: int) -> None:
    told = _told(_sent(port, "GET /files/a%2Fb/%2e%2e/c?x=1 HTTP/1.1"))
    assert told["route_params"] == {"path": "c"}
    told = _told(_sent(port, "GET /files/a%2Fb?x=1 HTTP/1.1"))
    assert told["route_params"] == {"path": "a%2Fb"}
    assert told["url"] == "http://127.0.0.1/files/a%2Fb?x=1"


def test_a_chunked_body_arrives_empty_and_is_answered(port: int) -> None:
    lines = ("POST /echo HTTP/1.1", "Transfer-Encoding: chunked")
    response = _sent(port, *lines, body=b"5\r\nhello\r\n0\r\n\r\n")
    assert (response.status, _told(response)["body"]) == (200, "")


def test_a_body_with_a_length_arrives(port: int) -> None:
    response = _sent(port, "POST /echo HTTP/1.1", "Content-Length: 5", body=b"hello")
    assert _told(response)["body"] == "hello"


def test_a_body_over_the_limit_is_an_empty_500(port: int) -> None:
    response = _sent(port, "POST /echo HTTP/1.1", "Content-Length: 104857601")
    assert (response.status, response.getheader("Content-Length")) == (500, "0")


def test_repeated_headers_arrive_joined_and_the_peer_is_the_connections(port: int) -> None:
    sent = ("X-Two: 1", "X-Two: 2", "X-Helpr-Peer: 203.0.113.9", "X_Helpr_Peer: 203.0.113.9")
    headers = _told(_sent(port, "GET /echo HTTP/1.1", *sent))["headers"]
    assert isinstance(headers, dict)
    assert (headers["x-two"], headers["x-helpr-peer"]) == ("1,2", "127.0.0.1")


@pytest.mark.parametrize(
    ("line", "status"),
    [("HEAD / HTTP/1.1", 200), ("GET /answer/nothing HTTP/1.1", 204),
     ("GET /answer/unchanged HTTP/1.1", 304), ("DELETE / HTTP/1.1", 404)],
)  # fmt: skip
def test_answers_without_a_body_end_by_themselves(port: int, line: str, status: int) -> None:
    response = _sent(port, line)
    assert (response.status, response.body) == (status, b"")  # type: ignore[attr-defined]


def test_answers_come_in_chunks(port: int) -> None:
    response = _sent(port, "GET / HTTP/1.1")
    assert response.getheader("Transfer-Encoding") == "chunked"
    assert response.getheader("Content-Length") is None


def test_cookies_stay_apart(port: int) -> None:
    headers = _sent(port, "GET /answer/cookies HTTP/1.1").headers
    assert len(headers.get_all("Set-Cookie") or []) == 2


def test_the_access_log_never_holds_the_query(caplog: pytest.LogCaptureFixture) -> None:
    server = _werkzeug()
    own_port = next(server)
    with caplog.at_level(logging.INFO, logger="helpr_core.local.serving"):
        _sent(own_port, f"GET /keyed?code={KEYS[0]} HTTP/1.1")
        _sent(own_port, f"GET /keyed?code={KEYS[0]} and more HTTP/1.1")
        assert next(server, None) is None
    lines = [record.getMessage() for record in caplog.records]
    assert "GET /keyed 200" in lines
    assert "a malformed request, or a connection that broke" in lines
    assert KEYS[0] not in caplog.text


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        ("G\x1b[31mET / HTTP/1.1", "G%1B%5B31mET / 404"),
        ("\x9bET\x07 / HTTP/1.1", "%C2%9BET%07 / 404"),
        ("GET /a\x1b[2Jb\x07\x7f\x08 HTTP/1.1", "GET /a%1B%5B2Jb%07%7F%08 404"),
        ("GET /\x85\xe2\x80\xae HTTP/1.1", None),
        ("GET /%1b%5b2J HTTP/1.1", "GET /%1b%5b2J 404"),
        ("G" * 5000 + " /" + "a" * 5000 + " HTTP/1.1", f"{'G' * 20} /{'a' * 199} 404"),
        ("GET / HTTP/\x1b[31m", None),
        ("\x1b]0;title\x07", None),
    ],
)
def test_the_access_log_holds_no_control_character_whatever_is_sent(
    caplog: pytest.LogCaptureFixture, line: str, logged: str | None
) -> None:
    server = _werkzeug()
    port = next(server)
    head = f"{line}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with caplog.at_level(logging.DEBUG):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(head.encode("latin-1"))
            while connection.recv(65536):
                pass
        assert next(server, None) is None
    lines = [record.getMessage() for record in caplog.records]
    assert lines, "nothing was logged: nothing is tested"
    assert all(one.isascii() and one.isprintable() for one in lines), lines
    if logged is not None:
        assert logged in lines
