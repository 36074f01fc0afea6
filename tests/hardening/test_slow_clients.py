"""Clients that say half of something and then nothing, and bodies far beyond what is read."""

from __future__ import annotations

import http.client
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from helpr_core.host.application import HostedApplication
from helpr_core.serving import QuietRequestHandler
from helpr_core.wsgi import MOST_BODY_BYTES
from tests.processes import PROJECT, environment
from tests.servers.server_process import free_port, running

THREADS = 2
PATIENCE_SECONDS, REQUEST_SECONDS = 1, 3
"""Instead of 20 and 60; what is tested is that there are such limits."""
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
    """Something that serves Helpr on that port."""

    port: int


@pytest.fixture(scope="module", params=["gunicorn", "local"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Helpr without a single setting, with little patience."""
    if request.param == "gunicorn":
        yield from _gunicorn(tmp_path_factory.mktemp("slow"))
    else:
        yield from _local(request.getfixturevalue("application"))


def _gunicorn(folder: Path) -> Iterator[Server]:
    """As in the Dockerfile, but for the number of threads and the patience."""
    given = (PROJECT / "gunicorn.conf.py").read_text("utf-8")
    configuration = folder / "gunicorn.conf.py"
    ours = f"PATIENCE_SECONDS = {PATIENCE_SECONDS}\nREQUEST_SECONDS = {REQUEST_SECONDS}\n"
    configuration.write_text(f"{given}\n{ours}", "utf-8")
    port, log = free_port(), folder / "gunicorn.log"
    command = [sys.executable, "-m", "gunicorn", "--config", str(configuration)]
    command += ["--threads", str(THREADS), "--bind", f"127.0.0.1:{port}"]
    command += ["helpr_core.wsgi:application"]
    with running(command, port=port, log=log, environment=environment({})):
        yield Server(port)


def _local(application: HostedApplication) -> Iterator[Server]:
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
    started = time.perf_counter()
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    client.request("GET", "/healthz")
    assert client.getresponse().status == 200
    client.close()
    return time.perf_counter() - started


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_silent_clients_give_their_threads_back(server: Server, half: bytes) -> None:
    _healthy(server)
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(2 * THREADS)]
    try:
        for one in silent:
            one.sendall(half)
        # Twice as many as there are threads: the second half of them has its turn too.
        assert _healthy(server) < 2 * SOON
        for one in silent:
            one.settimeout(2 * SOON)
            _read_to_the_end(one)
    finally:
        for one in silent:
            one.close()


def _read_to_the_end(connection: socket.socket) -> bytes:
    """What the server still says, until it closes."""
    answer = b""
    try:
        while part := connection.recv(65536):
            answer += part
    except ConnectionResetError:
        pass
    return answer


@pytest.mark.parametrize(
    ("length", "status"),
    [(MOST_BODY_BYTES + 1, 413), (100 * 1024 * 1024, 413), (100 * 1024 * 1024 + 1, 500)],
)
def test_a_body_far_too_large_is_refused_unread(server: Server, length: int, status: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(
            b"POST /api/invites HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n{" % length
        )
        started = time.perf_counter()
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert time.perf_counter() - started < SOON


def test_a_body_between_the_limits_is_answered_in_words(server: Server) -> None:
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    body = b'{"email_or_username": "' + b"x" * (MOST_BODY_BYTES - 100) + b'"}'
    client.request("POST", "/api/invites", body, {"Content-Type": "application/json"})
    answer = client.getresponse()
    # There is no setting, so 503 comes before the body's size is looked at.
    assert (answer.status, answer.getheader("Content-Type")) == (503, "application/problem+json")
    client.close()


@pytest.mark.parametrize("server", ["gunicorn"], indirect=True)  # Werkzeug's reads 10 GB and more
def test_endless_chunks_are_read_no_further_than_a_megabyte(server: Server) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(CHUNKED)
        with suppress(BrokenPipeError, ConnectionResetError):
            while sent < 64 * MOST_BODY_BYTES:
                connection.sendall(chunk)
                sent += len(chunk)
    # What was not read may be in the buffers on the way.
    assert sent < 16 * MOST_BODY_BYTES
    assert _healthy(server) < SOON


@pytest.mark.parametrize("server", ["gunicorn"], indirect=True)  # the other has threads for all
@pytest.mark.parametrize(
    "begun", [b"GET /healthz HTTP/1.1\r\nX-Slow: ", HALVES["half a body"]], ids=["header", "body"]
)
def test_a_letter_now_and_then_does_not_keep_a_thread(server: Server, begun: bytes) -> None:
    _healthy(server)
    dripping = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(THREADS)]
    stop = threading.Event()
    drip = threading.Thread(target=_drip, args=(dripping, begun, stop))
    drip.start()
    try:
        time.sleep(PATIENCE_SECONDS / 2)  # each has its thread by now
        assert _healthy(server) < REQUEST_SECONDS + SOON
        assert not stop.is_set()
    finally:
        stop.set()
        drip.join()
        for one in dripping:
            one.close()


def _drip(connections: list[socket.socket], begun: bytes, stop: threading.Event) -> None:
    """Begin a request on each, and go on a letter at a time for longer than anybody waits."""
    for one in connections:
        one.sendall(begun)
    while not stop.wait(PATIENCE_SECONDS / 4):
        for one in connections:
            with suppress(OSError):  # cut off, as it should be
                one.sendall(b"x")
