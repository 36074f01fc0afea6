"""plex.tv is asked for the server as seldom as possible."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from demo_plex import DemoLibrary, DemoPlex
from helpr_core.domain.plex import Server
from helpr_core.errors import HelprError
from helpr_core.patience import within
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.plex.errors import PlexServerUnknown, PlexUnauthorized, PlexUnavailable
from tests.services.conftest import NewWorker
from tests.services.worker import Worker
from tests.waiting import soon

THREADS = 32


def together(ask: object, threads: int = THREADS) -> list[object]:
    """What each of many threads gets, or the error it meets, asking at the same moment."""
    barrier = Barrier(threads)

    def one(_: int) -> object:
        barrier.wait()
        try:
            return ask()  # type: ignore[operator]
        except HelprError as exc:
            return exc

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def test_the_first_worker_asks_twice_and_the_next_one_not_at_all(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    first = new_worker().catalog
    assert first.known() is None
    server = first.server()
    assert plex.count("GET") == 2
    assert first.server() is server
    plex.clear_calls()
    next_one = new_worker().catalog
    assert next_one.known() == server
    assert next_one.server() == server
    assert plex.calls == []


def test_threads_of_a_cold_worker_ask_once(plex: DemoPlex, new_worker: NewWorker) -> None:
    catalog = new_worker().catalog
    plex.stage.latency_seconds = 0.05
    got = together(catalog.server)
    assert {type(each) for each in got} == {Server}
    assert len(set(got)) == 1
    assert plex.count("GET") == 2


def test_waiting_threads_share_a_failure_and_the_next_one_asks_again(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    catalog = new_worker().catalog
    plex.fail("status", status=503, times=0, delay_seconds=1.0)
    with soon(10):  # one by one it would be half a minute
        got = together(catalog.server)
    assert {type(each) for each in got} == {PlexUnavailable}
    # Each takes a second, and a thread that waited for two shares the last; one may be late.
    assert plex.count("GET") <= 4
    plex.clear_faults()
    assert catalog.server().name == "Demo Plex"


def test_a_refused_token_is_not_cached(plex: DemoPlex, new_worker: NewWorker) -> None:
    catalog = new_worker().catalog
    plex.change(deauthorized=True)
    with pytest.raises(PlexUnauthorized):
        catalog.server()
    plex.change(deauthorized=False)
    assert catalog.server().name == "Demo Plex"


def test_a_refresh_reads_the_libraries_for_all_workers(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    catalog = new_worker().catalog
    catalog.server()
    plex.clear_calls()
    new = DemoLibrary(5, 9, "movie", "New")
    plex.stage.plex.world.libraries += (new,)
    assert [library.id for library in catalog.refresh().libraries][-1] == 5
    assert plex.count("GET") == 1
    assert new_worker().catalog.server() == catalog.server()


def test_a_reinstalled_server_is_found_again(plex: DemoPlex, new_worker: NewWorker) -> None:
    catalog = new_worker().catalog
    catalog.server()
    plex.change(machine_identifier="ab" * 20)
    assert catalog.refresh().machine_identifier == "ab" * 20
    assert new_worker().catalog.server().machine_identifier == "ab" * 20


def test_a_failed_refresh_keeps_what_was_known(plex: DemoPlex, new_worker: NewWorker) -> None:
    catalog = new_worker().catalog
    server = catalog.server()
    plex.fail("status", status=500, times=0)
    with pytest.raises(HelprError):
        catalog.refresh()
    assert catalog.server() is server


def test_a_server_of_another_name_is_not_there(plex: DemoPlex, new_worker: NewWorker) -> None:
    plex.stage.plex.world.server_name = "Renamed"
    worker = new_worker()
    plex.stage.plex.world.server_name = "Renamed again"
    with pytest.raises(PlexServerUnknown):
        worker.catalog.server()


def test_without_a_state_store_plex_is_asked_and_nothing_breaks(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    catalog = new_worker("sqlite:////no/such/folder/helpr.db").catalog
    assert catalog.known() is None
    assert catalog.server().name == "Demo Plex"
    assert catalog.server().name == "Demo Plex"
    assert plex.count("GET") == 2


@pytest.mark.parametrize("ask", [ServerCatalog.refresh, ServerCatalog.second_opinion])
def test_nobody_waits_longer_for_other_threads_than_for_plex(
    worker: Worker, ask: Callable[[ServerCatalog], Server]
) -> None:
    def ask_for_a_moment() -> None:
        with within(0.2):
            ask(worker.catalog)

    with ThreadPoolExecutor(1) as thread, worker.catalog._turn(), pytest.raises(PlexUnavailable):
        thread.submit(ask_for_a_moment).result(timeout=120)
    assert worker.plex.calls == []
    assert ask(worker.catalog).name == "Demo Plex"
