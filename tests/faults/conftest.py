"""The scene of each case: a site on stores of one kind, with a Plex that counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo_plex import DemoPlex
from demo_plex.account import own_connection
from helpr_core import container
from helpr_core.adapters import silence
from helpr_core.local.application import Application
from helpr_core.services.requests import submit as send_invite
from helpr_core.services.upkeep.steps import queue
from tests.faults.scene import Scene
from tests.faults.stores import AZURE, SQLITE, AzureStores, SqliteStores, Stores
from tests.servers.azurite import port_of
from tests.servers.postgres import StoppablePostgres, postgres_cluster
from tests.servers.tcp_proxy import TcpProxy
from tests.web.conftest import application, no_secret_is_logged

__all__ = ["application", "no_secret_is_logged"]


@pytest.fixture(scope="session")
def fault_plex() -> Iterator[DemoPlex]:
    with DemoPlex(connections=own_connection) as demo:
        yield demo


@pytest.fixture(scope="session")
def fault_postgres() -> Iterator[StoppablePostgres]:
    """A PostgreSQL for these tests only, which they stop and start."""
    with postgres_cluster() as cluster:
        server = StoppablePostgres(cluster)
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def sqlite_stores(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> SqliteStores:
    folder = tmp_path_factory.mktemp("faults") / "database"
    return SqliteStores(migrated_sqlite, folder / "helpr.db")


@pytest.fixture(scope="session")
def azure_stores(fault_postgres: StoppablePostgres, azurite_tables: str) -> Iterator[AzureStores]:
    proxy = TcpProxy(port_of(azurite_tables)).start()
    stores = AzureStores(fault_postgres, azurite_tables, proxy)
    stores.make_database()
    stores.make_tables()
    yield stores
    proxy.stop()


@pytest.fixture(params=[SQLITE, AZURE])
def stores(request: pytest.FixtureRequest) -> Stores:
    """Empty stores of that kind."""
    kind = "sqlite_stores" if request.param == SQLITE else "azure_stores"
    found: Stores = request.getfixturevalue(kind)
    found.empty()
    return found


@pytest.fixture
def scene(
    application: Application,
    stores: Stores,
    fault_plex: DemoPlex,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Scene]:
    """A healthy site on these stores, without requests."""
    monkeypatch.setattr(container, "_current", container._current)  # put back at the end
    monkeypatch.setattr(queue, "_PACE_SECONDS", 0.0)
    monkeypatch.setattr(send_invite, "_PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(silence, "SECONDS", 0.2)
    fault_plex.reset()
    one = Scene(application, stores, fault_plex, monkeypatch, caplog)
    yield one
    one.close()


@pytest.fixture
def new_scene(
    application: Application,
    stores: Stores,
    fault_plex: DemoPlex,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Callable[[], Scene]]:
    """Returns the scene to its initial state, for the next kill point."""
    made = [scene]

    def new() -> Scene:
        made[-1].close()
        made[-1].deliveries.forget()
        stores.empty()
        fault_plex.reset()
        made.append(Scene(application, stores, fault_plex, monkeypatch, caplog))
        return made[-1]

    yield new
    made[-1].close()
