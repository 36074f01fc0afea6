"""Clients that send half a request and stop, and bodies far larger than what is read."""

from __future__ import annotations

import http.client
import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from helpr_core.local.application import MOST_BODY_BYTES, Application
from helpr_core.local.serving import QuietRequestHandler
from tests.processes import PROJECT, environment
from tests.servers.server_process import free_port, running
from tests.waiting import soon, watched

THREADS = 2
SLOW_CLIENTS = 60
PATIENCE_SECONDS, REQUEST_SECONDS = 1, 3
"""Instead of 20 and 10; what is tested is that there are such limits."""
SOON = PATIENCE_SECONDS + 4.0
CHUNKED = (
    b"POST /api/invites HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
HALVES = {
    "half a request line": b"GET /healthz",
    "half a header": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "half a body": (
        b"POST /api/invites HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b'Content-Length: 1000\r\n\r\n{"email'
    ),
    "half a chunk": CHUNKED + b"ff\r\n{",
}


@dataclass(frozen=True)
class Server:
    """Something that serves Helpr on that port; gunicorn writes into that log."""

    port: int
    log: Path = Path()


@pytest.fixture(scope="module", params=["gunicorn", "local"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Helpr without any settings, with short timeouts."""
    if request.param == "gunicorn":
        yield from _gunicorn(tmp_path_factory.mktemp("slow"))
    else:
        yield from _local(request.getfixturevalue("application"))


def _gunicorn(folder: Path) -> Iterator[Server]:
    """As in the Dockerfile, except for the number of threads and the timeouts."""
    given = (PROJECT / "gunicorn.conf.py").read_text("utf-8")
    configuration = folder / "gunicorn.conf.py"
    ours = (
        "from helpr_core.local.gunicorn_worker import worker\n"
        f"worker.REQUEST_SECONDS = {REQUEST_SECONDS}\n"
    )
    configuration.write_text(f"{given}\n{ours}", "utf-8")
    port, log = free_port(), folder / "gunicorn.log"
    command = [sys.executable, "-m", "gunicorn", "--config", str(configuration)]
    command += ["--threads", str(THREADS), "--bind", f"127.0.0.1:{port}"]
    command += ["helpr_core.wsgi:application"]
    with running(command, port=port, log=log, environment=environment({})):
        yield Server(port, log)


def _local(application: Application) -> Iterator[Server]:
    class Impatient(QuietRequestHandler):
        timeout = PATIENCE_SECONDS

    assert QuietRequestHandler.timeout
    served = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Impatient)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield Server(served.server_port)
    served.shutdown()
    thread.join()
    served.server_close()


def _healthy(server: Server) -> float:
    """How long /healthz takes, in seconds."""
    with watched() as watch:
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        client.request("GET", "/healthz")
        assert client.getresponse().status == 200
        client.close()
    return watch.seconds


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_silent_clients_release_their_threads(server: Server, half: bytes) -> None:
    _healthy(server)
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(2 * THREADS)]
    try:
        for one in silent:
            one.sendall(half)
        # Twice as many as there are threads, so the second half gets its turn too.
        assert _healthy(server) < 2 * SOON
        for one in silent:
            one.settimeout(2 * SOON)
            _read_to_the_end(one)
    finally:
        for one in silent:
            one.close()


def _read_to_the_end(connection: socket.socket) -> bytes:
    """What the server still sends, until it closes."""
    answer = b""
    try:
        while part := connection.recv(65536):
            answer += part
    except ConnectionResetError:
        pass
    return answer


@pytest.mark.parametrize(
    "length", [MOST_BODY_BYTES + 1, 100 * 1024 * 1024, 100 * 1024 * 1024 + 1, 10**22]
)
def test_a_body_far_too_large_is_refused_unread(server: Server, length: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(
            b"POST /api/invites HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n{" % length
        )
        with soon(SOON):
            answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_between_the_limits_is_refused_with_an_explanation(server: Server) -> None:
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    body = b'{"email_or_username": "' + b"x" * (MOST_BODY_BYTES - 100) + b'"}'
    client.request("POST", "/api/invites", body, {"Content-Type": "application/json"})
    answer = client.getresponse()
    # There are no settings, so 503 comes before the body's size is checked.
    assert (answer.status, answer.getheader("Content-Type")) == (503, "application/problem+json")
    client.close()


@pytest.mark.parametrize("server", ["gunicorn"], indirect=True)  # Werkzeug's reads 10 GB and more
def test_endless_chunks_are_read_no_further_than_a_megabyte(server: Server) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=SOON) as connection:
        connection.sendall(CHUNKED)
        # Cut off, or no longer read: the server is done with it either way.
        with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
            while sent < 64 * MOST_BODY_BYTES:
                connection.sendall(chunk)
                sent += len(chunk)
    # What was not read may be in the buffers on the way.
    assert sent < 16 * MOST_BODY_BYTES
    assert _healthy(server) < SOON


ON_GUNICORN = pytest.mark.parametrize("server", ["gunicorn"], indirect=True)
"""The other one has a thread for each client; it is for one's own computer."""
BEGUN = {**HALVES, "nothing": b"", "a header without end": HALVES["half a header"]}


@contextmanager
def _clients(server: Server, count: int) -> Iterator[list[socket.socket]]:
    made = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
    try:
        yield made
    finally:
        for one in made:
            one.close()


@ON_GUNICORN
@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_slow_clients_occupy_no_thread(server: Server, begun: bytes) -> None:
    _healthy(server)
    with _clients(server, SLOW_CLIENTS) as slow:
        for one in slow:
            one.sendall(begun)
        # Thirty for each thread, and none of them cut off yet: the answer waits for none.
        assert [_healthy(server) < REQUEST_SECONDS for _ in range(5)] == [True] * 5


@ON_GUNICORN
@pytest.mark.parametrize(
    "begun", [b"GET /healthz HTTP/1.1\r\nX-Slow: ", HALVES["half a body"]], ids=["header", "body"]
)
def test_a_trickling_client_is_not_waited_for_beyond_the_timeout(
    server: Server, begun: bytes
) -> None:
    with _clients(server, SLOW_CLIENTS) as dripping:
        stop = threading.Event()
        drip = threading.Thread(target=_drip, args=(dripping, begun, stop))
        drip.start()
        try:
            assert _healthy(server) < REQUEST_SECONDS
            for one in dripping:
                one.settimeout(REQUEST_SECONDS + SOON)
                assert _read_to_the_end(one)[:12] in (b"HTTP/1.1 408", b"")
            assert not stop.is_set()
        finally:
            stop.set()
            drip.join()


def _drip(connections: list[socket.socket], begun: bytes, stop: threading.Event) -> None:
    """Begin a request on each connection, and trickle on for longer than the timeout."""
    for one in connections:
        one.sendall(begun)
    while not stop.wait(PATIENCE_SECONDS / 4):
        for one in connections:
            with suppress(OSError):  # cut off, as it should be
                one.sendall(b"x")


@ON_GUNICORN
@pytest.mark.parametrize("times", [1, 20])
def test_a_client_that_does_not_read_its_answer_occupies_no_thread(
    server: Server, times: int
) -> None:
    large = b"GET /static/dashboard.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with _clients(server, SLOW_CLIENTS) as deaf:
        for one in deaf:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            for _ in range(times):
                with suppress(OSError):
                    one.sendall(large)
        assert [_healthy(server) < REQUEST_SECONDS for _ in range(5)] == [True] * 5


@ON_GUNICORN
def test_a_client_that_does_not_hang_up_occupies_no_thread(server: Server) -> None:
    with _clients(server, SLOW_CLIENTS) as staying:
        for one in staying:
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert [_healthy(server) < REQUEST_SECONDS for _ in range(5)] == [True] * 5


@ON_GUNICORN
def test_over_the_connection_limit_the_client_idle_longest_is_dropped(
    server: Server,
) -> None:
    with _clients(server, 600) as many:
        for one in many:
            one.sendall(b"G")
        assert _healthy(server) < REQUEST_SECONDS
        many[0].settimeout(SOON)
        assert _read_to_the_end(many[0]) == b""


@ON_GUNICORN
def test_a_client_that_expects_100_continue_gets_it(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=SOON) as client:
        client.sendall(
            b"POST /api/invites HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n"
            b"Connection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
        )
        assert client.recv(4096).startswith(b"HTTP/1.1 100 ")
        client.sendall(b"{}")
        assert b"HTTP/1.1 503 " in _read_to_the_end(client)


@ON_GUNICORN
def test_pipelined_requests_are_all_answered(server: Server) -> None:
    one = b"POST /api/invites HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}"
    last = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=SOON) as client:
        client.sendall(one + one + last)
        answers = _read_to_the_end(client)
    assert answers.count(b"HTTP/1.1 503 ") == 2
    assert answers.count(b"HTTP/1.1 200 ") == 1


HOST = "Host: 127.0.0.1\r\n"
UNREADABLE = {
    "no version": ("GET /canary\r\n", 400),
    "a method that is none": ("G\x1b[31mT /canary HTTP/1.1\r\n" + HOST, 400),
    "a header without a name": (f"GET /canary HTTP/1.1\r\n{HOST}: x\r\n", 400),
    "a folded header": (f"GET /canary HTTP/1.1\r\n{HOST}A: b\r\n c\r\n", 400),
    "two lengths": (
        f"POST /canary HTTP/1.1\r\n{HOST}Content-Length: 1\r\nContent-Length: 2\r\n",
        400,
    ),
    "a length that is none": (f"POST /canary HTTP/1.1\r\n{HOST}Content-Length: x\r\n", 400),
    "a long address": (f"GET /canary{'a' * 9000} HTTP/1.1\r\n{HOST}", 414),
    "a long header": (f"GET /canary HTTP/1.1\r\n{HOST}A: {'a' * 9000}\r\n", 431),
    "many headers": (f"GET /canary HTTP/1.1\r\n{HOST}" + "A: a\r\n" * 200, 431),
    "headers without end": (f"GET /canary HTTP/1.1\r\n{HOST}" + "A: " + "a" * 70_000, 431),
    "an expectation": (f"GET /canary HTTP/1.1\r\n{HOST}Expect: canary\r\n", 417),
    "an unknown coding": (f"POST /canary HTTP/1.1\r\n{HOST}Transfer-Encoding: x\r\n", 501),
}


@ON_GUNICORN
@pytest.mark.parametrize(("head", "status"), UNREADABLE.values(), ids=UNREADABLE)
def test_an_invalid_head_is_refused_with_every_header_and_not_logged(
    server: Server, head: str, status: int
) -> None:
    before = len(server.log.read_text())
    with socket.create_connection(("127.0.0.1", server.port), timeout=SOON) as client:
        client.sendall(head.encode("latin-1") + b"\r\n")
        answer = _read_to_the_end(client).decode()
    assert answer.startswith(f"HTTP/1.1 {status} ")
    configured = json.loads((PROJECT / "host.json").read_text("utf-8"))["extensions"]["http"]
    for name, text in configured["customHeaders"].items():
        assert f"\r\n{name}: {text}\r\n" in answer
    logged = server.log.read_text()[before:]
    assert f"refused unread status={status}" in logged
    assert "canary" not in answer + logged
    assert "127.0.0.1" not in logged
    assert "\x1b" not in logged


@ON_GUNICORN
@pytest.mark.parametrize(
    "header",
    ["SCRIPT_NAME: x", "Script_Name: /nope", "PATH_INFO: /nope", "X-Forwarded-Ssl: on",
     "X-Forwarded-Protocol: ssl", "X-Forwarded-Proto: http", "X-Forwarded-Proto: nonsense"],
)  # fmt: skip
def test_no_header_makes_gunicorn_answer_by_itself(server: Server, header: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=SOON) as client:
        request = f"GET /healthz HTTP/1.1\r\n{HOST}Connection: close\r\n{header}\r\n\r\n"
        client.sendall(request.encode())
        answer = _read_to_the_end(client)
    assert answer.startswith(b"HTTP/1.1 200 ")
