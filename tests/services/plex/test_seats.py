"""The seats: counted at plex.tv every ten minutes at most, by one thread of one worker."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest

from demo_plex import DemoPlex
from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.media_server import PlexMediaServer
from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.errors import PlexUnauthorized
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.plex.seats import Seats
from tests.services.worker import SetClock

SHARES = "owned/accepted"


class SeatsOf:
    """One worker's seats."""

    def __init__(self, plex: DemoPlex, url: str, clock: SetClock) -> None:
        self.account = Account(plex.token, plex.url, "not-a-real-identifier")
        self.database = connect(url)
        state = SqlStateStore(self.database, clock)
        media = PlexMediaServer(lambda: self.account, plex.server_name, clock)
        self.catalog = ServerCatalog(media, state, "server", clock)
        self.seats = Seats(media, self.catalog, state, "server", clock)

    def close(self) -> None:
        self.account.close()
        self.database.dispose()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def two(plex: DemoPlex, database_url: str, clock: SetClock) -> Iterator[tuple[SeatsOf, SeatsOf]]:
    both = (SeatsOf(plex, database_url, clock), SeatsOf(plex, database_url, clock))
    yield both
    for one in both:
        one.close()


def test_people_and_invited_are_counted_apart(plex: DemoPlex, two: tuple[SeatsOf, ...]) -> None:
    plex.share("anna")
    plex.accept("anna")
    plex.share("bob")
    count = two[0].seats.known()
    assert count is not None
    assert (count.used, count.pending, count.left) == (1, 1, 98)


def test_plex_is_asked_once_in_ten_minutes_by_all_workers(
    plex: DemoPlex, two: tuple[SeatsOf, ...], clock: SetClock
) -> None:
    for _ in range(3):
        for one in two:
            one.seats.known()
    assert plex.count("GET", SHARES) == 1
    clock.forward(minutes=10)
    for one in two:
        one.seats.known()
    assert plex.count("GET", SHARES) == 2


def test_of_threads_that_ask_together_one_asks_plex(
    plex: DemoPlex, two: tuple[SeatsOf, ...]
) -> None:
    two[0].catalog.server()
    plex.fail("delay", path_prefix="/api/servers", delay_seconds=0.2, times=0)
    threads = [Thread(target=two[0].seats.known) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert plex.count("GET", SHARES) == 1


def test_while_plex_does_not_answer_the_last_count_stands(
    plex: DemoPlex, two: tuple[SeatsOf, ...], clock: SetClock
) -> None:
    before = two[0].seats.known()
    clock.forward(hours=1)
    plex.fail("status", status=503, times=0)
    assert two[0].seats.known() == before
    asked = plex.count("GET", SHARES)
    assert two[0].seats.known() == before
    assert plex.count("GET", SHARES) == asked  # and it is left alone for a minute


def test_to_read_them_now_is_to_hear_what_is_wrong(
    plex: DemoPlex, two: tuple[SeatsOf, ...]
) -> None:
    plex.fail("invalid_token", times=0)
    with pytest.raises(PlexUnauthorized):
        two[0].seats.read()
