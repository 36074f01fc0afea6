"""What Helpr sends is what PlexAPI sends: its addresses, its headers, and its invite."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import requests
from plexapi import BASE_HEADERS
from plexapi.myplex import MyPlexAccount, MyPlexInvite, MyPlexResource, MyPlexUser

from demo_plex import LIBRARIES
from helpr_core.adapters.plex import addresses
from helpr_core.adapters.plex.account import HEADERS, Account
from helpr_core.adapters.plex.invitations import post_invitation

SERVER = "0123456789abcdef"
MOVIES = LIBRARIES[0].id
OURS = {"Platform", "Product", "Device", "Device-Name", "Client-Identifier"}
"""What names the device that the owner sees in the list of their devices."""


def test_the_addresses_are_plexapis() -> None:
    assert MyPlexAccount.key == addresses.USER
    assert MyPlexUser.key == addresses.USERS
    assert addresses.REQUESTED == MyPlexInvite.REQUESTED
    assert MyPlexResource.key.partition("?")[0] == addresses.RESOURCES
    assert addresses.server_url(SERVER) == MyPlexAccount.PLEXSERVERS.format(machineId=SERVER)
    assert addresses.shares_url(SERVER) == MyPlexAccount.FRIENDINVITE.format(machineId=SERVER)


def test_the_headers_are_plexapis() -> None:
    theirs = {name: text for name, text in BASE_HEADERS.items() if name[7:] not in OURS}
    assert theirs.items() <= HEADERS.items()
    own = {name for name in HEADERS if name.startswith("X-Plex-")}
    assert own | {"X-Plex-Client-Identifier"} == set(BASE_HEADERS)


class _Recorder(HTTPServer):
    """Answers every POST, and records its path, headers and body."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], Any]] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Recorder

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): text for name, text in self.headers.items()}
        self.server.seen.append((self.path, headers, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


class _PlexApis(MyPlexAccount):
    """PlexAPI's account, which does not sign in and need not look up the libraries."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._session = requests.Session()
        self._timeout = 10

    def _getSectionIds(self, server: str, sections: Any) -> Any:
        return sections


def test_an_invite_is_plexapis(monkeypatch: pytest.MonkeyPatch) -> None:
    with _Recorder() as plex:
        url = f"http://127.0.0.1:{plex.server_address[1]}"
        thread = Thread(target=plex.serve_forever, args=(0.02,))
        thread.start()
        theirs, ours = _PlexApis("demo-token"), Account("demo-token", url, "an-identifier")
        there = theirs.FRIENDINVITE.replace(addresses.PLEX_TV, url)
        monkeypatch.setattr(_PlexApis, "FRIENDINVITE", there)
        try:
            theirs.inviteFriend("alice@example.com", SERVER, [MOVIES])  # type: ignore[no-untyped-call]
            post_invitation(ours, SERVER, [MOVIES], "alice@example.com")
        finally:
            theirs._session.close()
            ours.close()
            plex.shutdown()
            thread.join()
    (path, headers, body), (our_path, our_headers, our_body) = plex.seen
    assert (our_path, our_body) == (path, body)
    assert set(headers) - {"connection"} == set(our_headers)
    for name in ("accept", "content-type", "x-plex-token", "x-plex-provides"):
        assert our_headers[name] == headers[name]
