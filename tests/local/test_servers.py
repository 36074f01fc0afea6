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

from demo_plex import DemoPlex
from helpr_core import container
from helpr_core.container import Container
from helpr_core.local.application import MOST_BODY_BYTES, Application
from helpr_core.local.serving import QuietRequestHandler
from tests.processes import environment
from tests.web.site_under_test import settings_for

KEY = "demo-function-key"
CODE = "open/sesame-77"
TAKEN = (201, 202)  # at once, or later if this machine is too busy
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=["werkzeug", "gunicorn"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with DemoPlex() as plex:
        settings = settings_for(plex, tmp_path_factory.mktemp("servers") / "helpr.db")
        settings["INVITE_CODE"] = CODE
        if request.param == "gunicorn":
            yield from _gunicorn(settings)
            return
        with pytest.MonkeyPatch.context() as patch:
            parts = Container(settings)
            patch.setattr(container, "_current", container._current)  # restored at the end
            container.install(lambda: parts)
            yield from _werkzeug()
            parts.stores.database().dispose()


def _werkzeug() -> Iterator[int]:
    application = Application(lambda: (KEY,))
    server = make_server(
        "127.0.0.1", 0, application, threaded=True, request_handler=QuietRequestHandler
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def _gunicorn(settings: dict[str, str]) -> Iterator[int]:
    # The socket listens before gunicorn starts: a request waits, and nothing has to be polled.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-m", "gunicorn", "-w", "2", "--bind"]
        command += [f"fd://{listening.fileno()}", "helpr_core.wsgi:application"]
        process = subprocess.Popen(
            command, cwd=PROJECT, pass_fds=[listening.fileno()], env=environment(settings)
        )
        try:
            yield listening.getsockname()[1]
        finally:
            process.terminate()
            process.wait(timeout=120)


def _sent(port: int, *lines: str, body: bytes = b"") -> http.client.HTTPResponse:
    """Send a request unchanged, and return the answer with its body."""
    head = "\r\n".join([*lines, "Host: 127.0.0.1", "Connection: close", "", ""])
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(head.encode("latin-1") + body)
        response = http.client.HTTPResponse(connection, method=lines[0].partition(" ")[0])
        response.begin()
        response.body = response.read()  # type: ignore[attr-defined]
        return response


def _body(response: http.client.HTTPResponse) -> bytes:
    body: bytes = response.body  # type: ignore[attr-defined]
    return body


INVITE = ("POST /api/invites HTTP/1.1", "Content-Type: application/json")


def test_an_encoded_slash_survives_the_server(port: int) -> None:
    page = _sent(port, "GET /join/open%2Fsesame-77?x=1 HTTP/1.1")
    assert page.status == 200
    assert f'value="{CODE}"'.encode() in _body(page)


def test_a_chunked_body_arrives(port: int) -> None:
    body = json.dumps({"email_or_username": "chunked", "invite_code": CODE}).encode()
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    assert _sent(port, *INVITE, "Transfer-Encoding: chunked", body=chunks).status in TAKEN


def test_a_body_with_a_length_arrives(port: int) -> None:
    body = json.dumps({"email_or_username": "whole", "invite_code": CODE}).encode()
    assert _sent(port, *INVITE, f"Content-Length: {len(body)}", body=body).status in TAKEN


def test_a_body_over_the_limit_is_refused(port: int) -> None:
    response = _sent(port, *INVITE, f"Content-Length: {MOST_BODY_BYTES + 1}")
    assert (response.status, json.loads(_body(response))["code"]) == (413, "body_too_large")


def test_answers_without_a_body_are_complete(port: int) -> None:
    assert _sent(port, "HEAD / HTTP/1.1").status == 200
    assert _sent(port, "DELETE / HTTP/1.1").status == 404
    icon = _sent(port, "GET /static/icon.svg HTTP/1.1")
    again = _sent(port, "GET /static/icon.svg HTTP/1.1", f"If-None-Match: {icon.headers['ETag']}")
    assert (again.status, _body(again)) == (304, b"")


def test_answers_have_a_content_length(port: int) -> None:
    response = _sent(port, "GET /healthz HTTP/1.1")
    assert response.getheader("Content-Length") == str(len(_body(response)))


def test_the_access_log_never_contains_the_query(caplog: pytest.LogCaptureFixture) -> None:
    server = _werkzeug()
    own_port = next(server)
    with caplog.at_level(logging.INFO, logger="helpr_core.local.serving"):
        _sent(own_port, f"GET /healthz?code={KEY} HTTP/1.1")
        _sent(own_port, f"GET /healthz?code={KEY} and more HTTP/1.1")
        assert next(server, None) is None
    lines = [record.getMessage() for record in caplog.records]
    assert "GET /healthz 200" in lines
    assert "a malformed request, or a connection that broke" in lines
    assert KEY not in caplog.text


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
def test_the_access_log_contains_no_control_character_whatever_is_sent(
    caplog: pytest.LogCaptureFixture, line: str, logged: str | None
) -> None:
    server = _werkzeug()
    port = next(server)
    head = f"{line}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with caplog.at_level(logging.DEBUG):
        with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
            connection.sendall(head.encode("latin-1"))
            while connection.recv(65536):
                pass
        assert next(server, None) is None
    lines = [record.getMessage() for record in caplog.records]
    assert lines, "nothing was logged: nothing is tested"
    assert all(one.isascii() and one.isprintable() for one in lines), lines
    if logged is not None:
        assert logged in lines
