"""The HTTP session of the account: its sockets, its headers, and what it does not carry over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest

from helpr_core.adapters.plex.account import Account

BODY = b"<MediaContainer/>"


class Recorder(ThreadingHTTPServer):
    """Answers every request, sets a cookie, and records each client with its headers."""

    daemon_threads = True

    def __init__(self) -> None:
        self.seen: list[tuple[int, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Recorder
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append((self.client_address[1], dict(self.headers.items())))
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.send_header("Set-Cookie", "who=somebody-else; Path=/")
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    server = Recorder()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def account(recorder: Recorder) -> Iterator[Account]:
    url = f"http://127.0.0.1:{recorder.server_address[1]}"
    made = Account("demo-token", url, "not-a-real-identifier")
    yield made
    made.close()


def ask(account: Account, times: int) -> None:
    for _ in range(times):
        account.query("https://plex.tv/api/v2/resources")


def test_consecutive_calls_share_a_socket(account: Account, recorder: Recorder) -> None:
    ask(account, 3)
    assert len({port for port, _ in recorder.seen}) == 1


def test_a_socket_that_idled_too_long_is_not_reused(
    account: Account, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It looks open from this side: a NAT in between drops it silently.
    monkeypatch.setattr("helpr_core.adapters.plex.account._IDLE_SECONDS", -1.0)
    ask(account, 3)
    assert all(one != other for (one, _), (other, _) in pairwise(recorder.seen))


def test_no_cookie_is_carried_from_one_call_to_the_next(
    account: Account, recorder: Recorder
) -> None:
    ask(account, 2)
    assert not [headers for _, headers in recorder.seen if "Cookie" in headers]


def test_the_owner_sees_one_device_called_helpr(account: Account, recorder: Recorder) -> None:
    ask(account, 1)
    headers = recorder.seen[0][1]
    assert headers["X-Plex-Client-Identifier"] == "not-a-real-identifier"
    names = ("X-Plex-Product", "X-Plex-Device", "X-Plex-Device-Name", "X-Plex-Platform")
    assert {headers[name] for name in names} == {"Helpr"}
    assert headers["X-Plex-Token"] == "demo-token"
