"""An unreachable store: it says so soon, and reveals no secret."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from helpr_core.errors import StateUnavailable
from helpr_core.services.ports import LIMITS, SITE, StateStore
from tests.contract.places import SqlPlace, TablesPlace, all_at_once
from tests.servers.azurite import connection_string
from tests.servers.server_process import free_port
from tests.waiting import soon

PATIENCE_SECONDS = 6.0
SECRETS = ("not-a-real", "bm90LWEtcmVhbC1", "sig=", "127.0.0.1", "postgres:", ".db")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(params=["tables refuse", "tables hang", "postgresql refuses"])
def unreachable(request: pytest.FixtureRequest) -> StateStore:
    service, manner = str(request.param).split()
    port = request.getfixturevalue("silent_port") if manner == "hang" else free_port()
    return TablesPlace(connection_string(port)).open() if service == "tables" else sql_at(port)


def sql_at(port: int) -> StateStore:
    return SqlPlace(f"postgresql+psycopg2://helpr:not-a-real-password@127.0.0.1:{port}/db").open()


def test_an_unreachable_store_says_so_within_six_seconds(
    unreachable: StateStore,
) -> None:
    calls: list[Callable[[], Any]] = [
        unreachable.ping,
        partial(unreachable.get, SITE, "key"),
        partial(unreachable.put, SITE, "key", {}),
        partial(unreachable.insert, SITE, "key", {}),
        partial(unreachable.replace, SITE, "key", {}, "W/\"datetime'2026'\""),
    ]
    # At the same time, since each may take seconds.
    assert_all_give_up(calls)


def test_the_other_methods_say_so_too(unreachable: StateStore) -> None:
    assert_all_give_up(
        [
            partial(unreachable.delete, SITE, "key"),
            partial(unreachable.list, SITE),
            partial(unreachable.increment, LIMITS, "key", 1, 60),
            partial(unreachable.increment, LIMITS, "key", 0, 60),
            partial(unreachable.purge_expired, LIMITS),
        ]
    )


def test_a_postgresql_that_hangs_is_a_store_that_is_down(silent_port: int) -> None:
    # The driver waits 5 s for a connection; the rest is this machine's.
    assert_all_give_up([sql_at(silent_port).ping], within_seconds=8.0)


def test_after_one_silent_timeout_the_next_callers_do_not_wait(silent_port: int) -> None:
    store = TablesPlace(connection_string(silent_port)).open()
    assert_all_give_up([store.ping])
    assert_all_give_up([partial(store.get, SITE, "key"), partial(store.list, SITE)], 1.0)


def test_sixteen_increments_of_one_counter_do_not_wait_for_each_other(
    silent_port: int,
) -> None:
    store = TablesPlace(connection_string(silent_port)).open()
    assert_all_give_up([partial(store.increment, LIMITS, "key", 1, 60)] * 16)


def test_a_signature_in_the_address_is_not_revealed(silent_port: int) -> None:
    endpoint = f"TableEndpoint=http://127.0.0.1:{free_port()}/account"
    store = TablesPlace(f"{endpoint};SharedAccessSignature=sv=2020&sig=not-a-real-signature").open()
    assert_all_give_up([store.ping])


def test_a_sqlite_file_that_cannot_be_opened_is_a_store_that_is_down(tmp_path: Path) -> None:
    store = SqlPlace(f"sqlite:///{tmp_path}/no/such/folder/helpr.db").open()
    assert_all_give_up([store.ping, partial(store.put, SITE, "key", {})])


def test_an_http_server_without_tables_is_a_store_that_is_down(
    not_a_table_service: int,
) -> None:
    store = TablesPlace(connection_string(not_a_table_service)).open()
    assert_all_give_up([store.ping, partial(store.get, SITE, "key"), partial(store.list, SITE)])


def assert_all_give_up(
    calls: list[Callable[[], Any]], within_seconds: float = PATIENCE_SECONDS
) -> None:
    with soon(within_seconds):
        results = all_at_once(calls)
    assert [type(result) for result in results] == [StateUnavailable] * len(calls)
    for result in results:
        text = f"{result} {result!r} {result.args}"
        assert [secret for secret in SECRETS if secret in text] == []
