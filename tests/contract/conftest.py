"""Every contract test of the state store runs once for each place it can be kept in."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from helpr_core.services.ports import StateStore
from tests.contract.places import MovableClock, Place, SqlPlace, TablesPlace


@pytest.fixture(scope="module", params=["azure_tables", "sqlite", "postgresql"])
def shared_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """One place for a module's tests: migrating a database for each would take minutes."""
    if request.param == "azure_tables":
        yield TablesPlace(request.getfixturevalue("azurite_tables"))
    elif request.param == "sqlite":
        yield SqlPlace(f"sqlite:///{tmp_path_factory.mktemp('state')}/helpr.db")
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.new_database()
        yield SqlPlace(url)
        server.drop_database(url)


@pytest.fixture
def place(shared_place: Place) -> Iterator[Place]:
    """The place, emptied."""
    yield shared_place
    shared_place.clear()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def store(place: Place, clock: MovableClock) -> StateStore:
    return place.open(clock)


class _Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def not_a_table_service() -> Iterator[int]:
    """The port of a web server that has no tables: it answers everything with 404 and HTML."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
