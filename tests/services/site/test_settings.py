"""The owner's settings, the daily cap and the audit trail while a store is down."""

from __future__ import annotations

import logging
from dataclasses import asdict
from pathlib import Path
from threading import Barrier, Thread

import pytest

from helpr_core.adapters.sql.audit_log import SqlAuditLog
from helpr_core.adapters.sql.database import Database, connect
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.domain.audit import Actor, Door
from helpr_core.domain.rates import Window
from helpr_core.errors import (
    CeilingReached,
    DailyCapReached,
    InvitesPaused,
    LogUnavailable,
    StateUnavailable,
)
from helpr_core.services.owner.audit_trail import AuditTrail
from helpr_core.services.ports import LIMITS
from helpr_core.services.requests.allowance import MOST_WAITING, RULE, Allowance
from helpr_core.services.site.settings import SettingsChanged, SiteSettings
from helpr_core.services.upkeep.sightings import Sighting, Sightings
from tests.services.flaky_stores import Place
from tests.services.worker import SetClock

PAUSED = SiteSettings(code_required=False, paused=True)


@pytest.fixture
def nowhere(tmp_path: Path) -> Database:
    """A database that cannot be opened."""
    return connect(f"sqlite:///{tmp_path}/no/such/folder/helpr.db")


@pytest.fixture
def place(database: Database) -> Place:
    """Both stores, working."""
    clock = SetClock()
    return Place(database, SqlStateStore(database, clock), clock)


def test_of_two_simultaneous_saves_one_learns_of_the_other(place: Place) -> None:
    place.settings().saved()  # creates the schema
    together = Barrier(2)
    outcomes: list[str] = []

    def save(by: str) -> None:
        settings = place.settings()
        together.wait(timeout=120)
        try:
            settings.save({"title": by}, 0, by)
            outcomes.append(f"saved {by}")
        except SettingsChanged as exc:
            outcomes.append(f"told of {exc.missed[0].by}")

    threads = [Thread(target=save, args=(name,)) for name in ("anna", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    winner = place.settings().saved().settings.title
    assert sorted(outcomes) == sorted([f"saved {winner}", f"told of {winner}"])


def test_the_last_known_settings_apply_while_both_stores_are_down(place: Place) -> None:
    settings = place.settings()
    settings.save(asdict(PAUSED), 0, "anna")
    place.record.down = place.state.down = True
    place.clock.forward(hours=1)
    assert settings.current() == SiteSettings(paused=True)
    with pytest.raises(InvitesPaused):
        settings.current().require_open()


def test_without_any_known_settings_nothing_is_assumed(place: Place) -> None:
    place.record.down = place.state.down = True
    with pytest.raises(StateUnavailable):
        place.settings().current()


def test_a_save_that_cannot_be_stored_is_not_reported_as_saved(place: Place) -> None:
    settings = place.settings()
    settings.saved()
    place.record.down = True
    with pytest.raises(LogUnavailable):
        settings.save(asdict(PAUSED), 0, "anna")
    place.clock.forward(hours=1)
    assert settings.current().paused is False
    assert place.settings().saved().version == 0


def allowance(
    database: Database, clock: SetClock | None = None, ceiling: int = 1000
) -> tuple[Allowance, Sightings]:
    clock = clock or SetClock()
    state = SqlStateStore(database, clock)
    sightings = Sightings(state, clock)
    return Allowance(state, Window(ceiling, 3600), sightings, clock), sightings


def ask(allowed: Allowance, cap: int) -> str:
    """The outcome of one new request."""
    try:
        with allowed.counted(cap) as count:
            return "waits" if count.is_over else "goes out"
    except (DailyCapReached, CeilingReached) as exc:
        return f"{type(exc).__name__} {exc.retry_after_seconds}"


def test_the_cap_admits_exactly_that_many_at_once_and_the_others_wait(
    database: Database,
) -> None:
    allowed, sightings = allowance(database)
    assert ask(allowed, 3) == "goes out"
    together = Barrier(8)
    outcomes: list[str] = []

    def come(_number: int) -> None:
        together.wait(timeout=120)
        outcomes.append(ask(allowed, 3))

    threads = [Thread(target=come, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(outcomes) == ["goes out"] * 2 + ["waits"] * 6
    assert Sighting.MANY_INVITES in sightings.recent()


def test_far_above_the_cap_nothing_is_kept_and_the_next_day_starts_again(
    database: Database,
) -> None:
    clock = SetClock()
    allowed, _ = allowance(database, clock)
    outcomes = [ask(allowed, 1) for _ in range(MOST_WAITING + 3)]
    refused = f"DailyCapReached {12 * 3600 + 1}"  # it is noon
    assert outcomes == ["goes out"] + ["waits"] * MOST_WAITING + [refused] * 2
    clock.forward(hours=12)
    assert ask(allowed, 1) == "goes out"


def test_without_a_cap_an_hourly_ceiling_applies(database: Database) -> None:
    clock = SetClock()
    allowed, sightings = allowance(database, clock, ceiling=2)
    assert [ask(allowed, 0) for _ in range(4)] == ["goes out"] * 2 + ["waits"] * 2
    assert set(sightings.recent()) == {Sighting.MANY_INVITES}
    for _ in range(MOST_WAITING - 2):
        assert ask(allowed, 0) == "waits"
    assert ask(allowed, 0) == "CeilingReached 3600"
    clock.forward(hours=1)
    assert ask(allowed, 0) == "goes out"


def test_a_cap_below_the_ceiling_costs_one_count_and_one_above_it_two(database: Database) -> None:
    allowed, _ = allowance(database, ceiling=10)
    state = SqlStateStore(database, SetClock())
    ask(allowed, 5)
    assert state.increment(LIMITS, RULE, 0, 3600).value == 0
    ask(allowed, 6)
    assert state.increment(LIMITS, RULE, 0, 3600).value == 1


def test_a_failed_request_is_not_counted(database: Database) -> None:
    allowed, _ = allowance(database, ceiling=1)
    with pytest.raises(LogUnavailable), allowed.counted(1):
        raise LogUnavailable("down")
    assert [ask(allowed, 1) for _ in range(2)] == ["goes out", "waits"]


def test_while_the_store_is_down_the_cap_stops_nobody(nowhere: Database) -> None:
    allowed, _ = allowance(nowhere)
    assert {ask(allowed, 1) for _ in range(3)} == {"goes out"}


def test_an_action_that_cannot_be_recorded_is_in_the_log(
    nowhere: Database, caplog: pytest.LogCaptureFixture
) -> None:
    trail = AuditTrail(lambda: SqlAuditLog(nowhere), SetClock())
    with caplog.at_level(logging.ERROR):
        trail.note(Actor(Door.SESSION, "owner", "ref-1"), "settings_changed", "settings")
    assert "action=settings_changed target=settings door=session reference=ref-1" in caplog.text
