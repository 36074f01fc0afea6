"""A demo Plex for each test, and the adapter that calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from demo_plex import DemoPlex
from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.media_server import PlexMediaServer
from helpr_core.adapters.plex.owners_account import OwnersAccount
from helpr_core.clock import utc_now
from helpr_core.domain.plex import Server

CLIENT_IDENTIFIER = "not-a-real-client-identifier"
NewMedia = Callable[..., PlexMediaServer]


@pytest.fixture
def plex() -> Iterator[DemoPlex]:
    with DemoPlex(people=["friend"]) as demo:
        yield demo


@pytest.fixture
def new_media() -> Iterator[NewMedia]:
    """Makes adapters for a demo and closes their sockets when the test ends."""
    accounts: list[Account] = []

    def new(plex: DemoPlex, server_name: str = "Demo Plex") -> PlexMediaServer:
        def account() -> Account:
            accounts.append(Account(plex.token, plex.url, CLIENT_IDENTIFIER))
            return accounts[-1]

        return PlexMediaServer(OwnersAccount(account), server_name, utc_now)

    yield new
    for account in accounts:
        account.close()


@pytest.fixture
def media(plex: DemoPlex, new_media: NewMedia) -> PlexMediaServer:
    return new_media(plex)


@pytest.fixture
def server(plex: DemoPlex, media: PlexMediaServer) -> Server:
    """The demo's server as a warm worker knows it; the calls made to find it are forgotten."""
    found = media.fetch_server()
    plex.clear_calls()
    return found
