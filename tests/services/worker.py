"""One warm worker's parts, put together as the container does, on real stores."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.media_server import PlexMediaServer
from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.demo import DemoPlex
from helpr_core.domain.identity import parse_identity
from helpr_core.domain.invite import InviteRequest, Source
from helpr_core.services.libraries import SharedLibraries
from helpr_core.services.send_invite import SendInvite
from helpr_core.services.server_catalog import ServerCatalog

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class SetClock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_far: int) -> None:
        self.now += timedelta(**how_far)


class Worker:
    """A worker that has just started; two on one URL are two instances.

    `state_url` puts the state store into another database than the record.
    """

    def __init__(
        self,
        plex: DemoPlex,
        url: str,
        *,
        libraries: Sequence[str] = ("Movies", "TV Shows"),
        clock: SetClock | None = None,
        state_url: str = "",
    ) -> None:
        self.plex = plex
        self.clock = clock or SetClock()
        self.database = connect(url)
        self.state_database = connect(state_url) if state_url else self.database
        self.accounts: list[Account] = []
        self.state = SqlStateStore(self.state_database, self.clock)
        self.log = SqlInviteLog(self.database)
        self.media = PlexMediaServer(self._account, plex.server_name, self.clock)
        self.catalog = ServerCatalog(self.media, self.state, "server")
        self.shared = SharedLibraries(self.state, self.catalog, libraries)
        self.send_invite = SendInvite(
            self.log,
            self.media,
            self.catalog,
            self.shared,
            server_name=plex.server_name,
            clock=self.clock,
            new_id=uuid.uuid4,
        )

    def send(self, who: str) -> InviteRequest:
        """A friend asks."""
        return self.send_invite(parse_identity(who), Source.FORM, "c" * 64)

    def warm_up(self) -> Worker:
        """Get to know the server and the libraries, and forget the calls for it."""
        self.shared.to_share(self.catalog.server())
        self.plex.clear_calls()
        return self

    def rows(self) -> list[tuple[str, str]]:
        """Who asked and where it stands, oldest first."""
        columns = invite_requests.c
        query = sa.select(columns.email_or_username, columns.status).order_by(columns.id)
        with self.database.single() as connection:
            return [(row.email_or_username, row.status) for row in connection.execute(query)]

    def close(self) -> None:
        for account in self.accounts:
            account.close()
        self.database.dispose()
        self.state_database.dispose()

    def _account(self) -> Account:
        self.accounts.append(Account(self.plex.token, self.plex.url, "not-a-real-identifier"))
        return self.accounts[-1]
