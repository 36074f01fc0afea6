"""Seats are counted at plex.tv at most every ten minutes, by one thread of one worker."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest

from demo_plex import DemoPlex
from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.owners_account import OwnersAccount
from helpr_core.adapters.plex.people import PlexPeople
from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.people import SqlPeople
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.services.people.reading import PeopleReading
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.plex.errors import PlexUnauthorized
from helpr_core.services.plex.seats import SeatCount, Seats
from tests.services.worker import SetClock

SHARES = "owned/accepted"


class SeatsOf:
    """The seats as seen by one worker."""

    def __init__(self, plex: DemoPlex, url: str, clock: SetClock) -> None:
        self.account = Account(plex.token, plex.url, "not-a-real-identifier")
        self.database = connect(url)
        state = SqlStateStore(self.database, clock)
        self.people = SqlPeople(self.database, lambda _: clock())
        account = OwnersAccount(lambda: self.account)
        self.reading = PeopleReading(
            PlexPeople(account),
            self.people,
            lambda: [plex.machine_identifier],
            CircuitBreaker(state, clock),
            state,
            clock,
        )
        self.seats = Seats(
            lambda: SeatCount(*self.reading.count_seats()), self._last, state, "server", clock
        )

    def _last(self) -> SeatCount | None:
        last = self.people.last_reading()
        return SeatCount(*last.seats, last.read_at) if last.seats and last.read_at else None

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


def test_people_and_pending_invites_are_counted_separately(
    plex: DemoPlex, two: tuple[SeatsOf, ...]
) -> None:
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


def test_of_simultaneous_threads_one_asks_plex(plex: DemoPlex, two: tuple[SeatsOf, ...]) -> None:
    plex.fail("delay", path_prefix="/api/v2/shared_servers", delay_seconds=0.2, times=0)
    threads = [Thread(target=two[0].seats.known) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
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
    assert plex.count("GET", SHARES) == asked  # and it is not asked for a minute


def test_reading_them_now_raises_what_is_wrong(plex: DemoPlex, two: tuple[SeatsOf, ...]) -> None:
    plex.fail("invalid_token", times=0)
    with pytest.raises(PlexUnauthorized):
        two[0].seats.read()


def test_home_members_take_a_seat_without_a_share_and_are_read_once_a_day(
    plex: DemoPlex, two: tuple[SeatsOf, ...], clock: SetClock
) -> None:
    plex.change(home=3)
    plex.share("bob")
    count = two[0].seats.read()
    assert (count.used, count.pending) == (3, 1)
    assert plex.count("GET", "/api/users") == 1
    plex.clear_calls()
    two[1].seats.read()
    assert len(plex.calls) == 2
    plex.change(home=4)
    clock.forward(hours=24)
    assert two[0].seats.read().used == 4


def test_seats_known_from_reading_people_cost_no_call(
    plex: DemoPlex, two: tuple[SeatsOf, ...]
) -> None:
    plex.share("bob")
    two[0].reading.refresh()
    plex.clear_calls()
    count = two[1].seats.known()
    assert count is not None
    assert count.pending == 1
    assert plex.calls == []


def test_seats_are_not_counted_from_a_wrong_list(
    plex: DemoPlex, two: tuple[SeatsOf, ...], clock: SetClock
) -> None:
    for who in ("anna", "bert", "cleo"):
        plex.share(who)
        plex.accept(who)
    before = two[0].seats.read()
    clock.forward(hours=1)
    plex.fail("partial", path_prefix="/api/v2/shared_servers/owned", rows=0, times=0)
    after = two[0].seats.read()
    assert (after.used, after.read_at) == (3, before.read_at)
