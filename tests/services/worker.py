"""The parts of one warm worker, assembled by the container on real stores."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import sqlalchemy as sa

from demo_plex import DemoPlex
from demo_plex.messages import Request
from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.media_server import PlexMediaServer
from helpr_core.adapters.sql.database import Database, connect
from helpr_core.adapters.sql.database_clock import DatabaseClock
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.state.connect import connect as tables_connect
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.adapters.state.tables import TablesStateStore
from helpr_core.clock import Clock
from helpr_core.container import Container
from helpr_core.container.plex import PlexParts
from helpr_core.container.stores import Stores
from helpr_core.domain.audit import Actor, Door
from helpr_core.domain.identity import parse_identity
from helpr_core.domain.requests import InviteRequest, Source
from helpr_core.errors import LogUnavailable
from helpr_core.services.ports import StateStore
from tests.services.dict_state import DictState

BROWSER = "b" * 64
OWNER = Actor(Door.SESSION, "owner")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class SetClock:
    """A clock that moves only when a test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_far: int) -> None:
        self.now += timedelta(**how_far)


class GivenStores(Stores):
    """The stores that the test made."""

    def __init__(
        self, parts: Container, record: Database, state: StateStore, *, announces: bool
    ) -> None:
        super().__init__(parts)
        self._record = record
        self._store = state
        self._announces = announces

    def database(self) -> Database:
        return self._record

    def database_clock(self) -> DatabaseClock:
        return lambda _connection: self._clock()

    def state(self) -> StateStore:
        return self._store

    def has_tables(self) -> bool:
        return self._announces


class GivenPlex(PlexParts):
    """The demo Plex, and every account that was opened on it."""

    def __init__(self, parts: Container, plex: DemoPlex, server_name: str) -> None:
        super().__init__(parts)
        self.accounts: list[Account] = []
        self._plex = plex
        self._token = plex.token  # the token in the settings, whatever plex.tv accepts by now
        self._media = PlexMediaServer(self.owners_account(), server_name, self._clock)

    def media(self) -> PlexMediaServer:
        return self._media

    def account(self) -> Account:
        self.accounts.append(Account(self._token, self._plex.url, "not-a-real-identifier"))
        return self.accounts[-1]


class Parts(Container):
    """The container, with the test's stores and Plex."""

    plex: GivenPlex

    def __init__(
        self,
        plex: DemoPlex,
        record: Database,
        state: StateStore,
        libraries: str,
        clock: Clock,
        server_name: str,
        *,
        announces: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        environ = {
            "PLEX_TOKEN": plex.token,
            "PLEX_SERVER_NAME": server_name,
            "PLEX_LIBRARIES": libraries,
            "PLEX_API_URL": plex.url,
            "SECRET_KEY": "not-a-real-secret-key-0123456789abcdef",
        }
        environ |= settings or {}
        super().__init__({name: text for name, text in environ.items() if text}, clock)
        self.stores = GivenStores(self, record, state, announces=announces)
        self.plex = GivenPlex(self, plex, server_name)


@contextmanager
def when_asked(plex: DemoPlex, method: str, act: Callable[[], None]) -> Iterator[None]:
    """Run `act` once the first call of that method has reached plex.tv, before the answer."""
    record, acts = plex.stage.record, [act]

    def record_and_act(request: Request) -> None:
        record(request)
        if request.method == method and acts:
            acts.pop()()

    with patch.object(plex.stage, "record", record_and_act):
        yield
    assert not acts, f"plex.tv got no {method}"


class Worker:
    """A worker that has just started; two on one URL are two instances.

    `state_url` puts the state store into another database than the record, `tables` into Azure
    Tables. With `announces` it is a dictionary, where rows that will be due are announced, as on
    Azure.
    """

    def __init__(
        self,
        plex: DemoPlex,
        url: str,
        *,
        libraries: Sequence[str] = ("Movies", "TV Shows"),
        server_name: str = "",
        clock: SetClock | None = None,
        state_url: str = "",
        tables: str = "",
        announces: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.plex = plex
        self.clock = clock or SetClock()
        self.database = connect(url)
        self.state_database = connect(state_url) if state_url else self.database
        self.state: StateStore = SqlStateStore(self.state_database.for_state(), self.clock)
        if tables:
            self.state = TablesStateStore(tables_connect(tables), self.clock)
        if announces:
            self.state = DictState(self.clock)
        self.parts = Parts(
            plex,
            self.database,
            self.state,
            ",".join(libraries),
            self.clock,
            server_name or plex.server_name,
            announces=announces or bool(tables),
            settings=settings,
        )
        self.log = self.parts.stores.invite_log()
        self.catalog = self.parts.plex.catalog()
        self.shared = self.parts.plex.libraries()

    def send(self, who: str) -> InviteRequest:
        """A friend asks, every time from the same browser."""
        row = self.ask(who)
        assert row is not None
        return row

    def ask(self, who: str, browser_key: str = BROWSER, note: str = "") -> InviteRequest | None:
        """Somebody asks from that browser."""
        send = self.parts.requests.submit()
        return send(parse_identity(who), Source.FORM, "c" * 64, note, browser_key)

    def housekeeping(self) -> tuple[dict[str, int], dict[str, str]]:
        """Run it once, regardless of other runs: the requests' outcomes, and what failed."""
        report = self.parts.upkeep.housekeeping().run()
        counts = {name: n for name, n in report.counts.items() if n and name != "purged"}
        return counts, {step: failure.code for step, failure in report.failures.items()}

    def warm_up(self) -> Worker:
        """Learn the server, libraries, settings and people, and forget the calls made for that."""
        self.shared.to_share(self.catalog.server())
        self.parts.site.settings().current()
        with suppress(LogUnavailable):
            self.parts.people().reading().refresh()
            self.parts.people().reading().read_home_if_due()
        self.plex.clear_calls()
        return self

    def rows(self) -> list[tuple[str, str]]:
        """Who asked and each request's status, oldest first."""
        columns = invite_requests.c
        query = sa.select(columns.email_or_username, columns.status).order_by(columns.id)
        with self.database.single() as connection:
            return [(row.email_or_username, row.status) for row in connection.execute(query)]

    def hide_tables(self, tables: Collection[str] = ("invite_requests",)) -> None:
        """Hide these tables from the database until `restore`."""
        self._rename({name: f"{name}_away" for name in tables})

    def restore_tables(self, tables: Collection[str] = ("invite_requests",)) -> None:
        self._rename({f"{name}_away": name for name in tables})

    def _rename(self, names: dict[str, str]) -> None:
        with self.database.begin() as connection:
            for name, new in names.items():
                connection.exec_driver_sql(f"ALTER TABLE {name} RENAME TO {new}")

    def close(self) -> None:
        for account in self.parts.plex.accounts:
            account.close()
        self.database.dispose()
        self.state_database.dispose()
