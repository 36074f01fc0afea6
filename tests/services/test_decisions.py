"""The owner's settings: in the table, with a copy that workers read, beside an older version."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.models import decisions
from helpr_core.adapters.state.connect import connect as tables_connect
from helpr_core.adapters.state.tables import TablesStateStore
from helpr_core.errors import LogUnavailable, StateUnavailable
from helpr_core.services.ports import SITE
from helpr_core.services.site.settings import FRESH, SettingsChanged, SiteSettings
from tests.services.dict_state import DictState
from tests.services.flaky_stores import Place
from tests.services.worker import NOON, SetClock

OPEN = SiteSettings(title="Ours")
PAUSED = SiteSettings(title="Ours", paused=True)
CLOSED = SiteSettings(title="Theirs", approval_required=True)
BY_0_1_0: dict[str, Any] = {
    "settings": {
        "title": "Ours",
        "welcome": "",
        "code_required": True,
        "approval_required": False,
        "paused": True,
        "daily_cap": 20,
        "retention_days": 0,
    },
    "version": 7,
    "changes": [
        {"version": 7, "by": "anna", "at": "2026-01-02T12:00:00+00:00", "fields": ["paused"]}
    ],
}


def save(place: Place, wanted: SiteSettings, after: int, by: str = "anna") -> None:
    place.settings().save(_without_code(wanted), after, by)


def _without_code(wanted: SiteSettings) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in BY_0_1_0["settings"]} | {"code_required": False}


@pytest.fixture
def place(database: Database) -> Place:
    """A record in the database, with a separate state store."""
    clock = SetClock()
    return Place(database, DictState(clock), clock)


def rows(place: Place, database: Database) -> list[tuple[str, int, str | None]]:
    """The rows of the table."""
    columns = decisions.c
    query = sa.select(columns.name, columns.version, columns.updated_by).order_by(columns.name)
    with database.single() as connection:
        return [tuple(row) for row in connection.execute(query)]


def copy(place: Place) -> dict[str, Any]:
    """The copy in the state store."""
    entry = place.state.get(SITE, "settings")
    return dict(entry.value) if entry else {}


def later(place: Place) -> None:
    place.clock.now += FRESH


class Asked:
    """Counts how often the database is asked, from here on."""

    def __init__(self, database: Database) -> None:
        self.times = 0
        sa.event.listen(database._engine, "before_cursor_execute", self._count)

    def _count(self, *_given: object) -> None:
        self.times += 1


def test_a_save_is_in_the_table_and_in_the_copy(place: Place, database: Database) -> None:
    save(place, PAUSED, 0)
    assert rows(place, database) == [("settings", 1, "anna")]
    assert (copy(place)["version"], copy(place)["recorded"]) == (1, True)
    assert place.settings().current() == PAUSED


def test_workers_read_the_copy_and_not_the_database(place: Place, database: Database) -> None:
    save(place, PAUSED, 0)
    asked = Asked(database)
    for _ in range(3):
        assert place.settings().current() == PAUSED
        later(place)
    assert asked.times == 0


def test_before_anything_is_saved_the_database_is_asked_once(
    place: Place, database: Database
) -> None:
    assert place.settings().current() == SiteSettings()
    asked = Asked(database)
    for _ in range(3):
        later(place)
        assert place.settings().current() == SiteSettings()
    assert asked.times == 0
    assert rows(place, database) == [("settings", 0, None)]


def test_another_worker_follows_within_half_a_minute(place: Place) -> None:
    first = place.settings()
    first.current()
    save(place, PAUSED, 0)
    assert first.current().paused is False
    later(place)
    assert first.current().paused is True


def test_what_0_1_0_saved_is_migrated_at_the_first_start(place: Place, database: Database) -> None:
    place.state.put(SITE, "settings", BY_0_1_0)
    assert place.settings().current() == PAUSED
    assert rows(place, database) == [("settings", 7, None)]
    kept = copy(place)
    assert kept["settings"].items() >= BY_0_1_0["settings"].items()
    assert kept | {"settings": BY_0_1_0["settings"]} == BY_0_1_0 | {"recorded": True}
    asked = Asked(database)
    assert place.settings().current() == PAUSED
    assert asked.times == 0
    assert place.settings().saved().changes[0].by == "anna"


@pytest.fixture
def on_azurite(database: Database, azurite_tables: str) -> Place:
    """The same with an empty state store in Azure Tables."""
    clock = SetClock()
    state = TablesStateStore(tables_connect(azurite_tables), clock)
    state.delete(SITE, "settings")
    return Place(database, state, clock)


def test_ten_instances_that_start_at_once_migrate_it_once(
    on_azurite: Place, database: Database
) -> None:
    place = on_azurite
    rows(place, database)  # creates the schema
    place.state.put(SITE, "settings", BY_0_1_0)
    together, told = Barrier(10), list[SiteSettings]()

    def start() -> None:
        settings = place.settings()
        together.wait(timeout=120)
        told.append(settings.current())

    threads = [Thread(target=start) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert told == [PAUSED] * 10
    assert rows(place, database) == [("settings", 7, None)]
    assert copy(place)["recorded"] is True


def test_while_both_versions_run_saves_by_the_older_one_count(
    place: Place, database: Database
) -> None:
    save(place, OPEN, 0)
    worker = place.settings()
    worker.current()
    older = BY_0_1_0 | {"version": copy(place)["version"] + 1}  # as it reads and writes
    place.state.put(SITE, "settings", older)
    later(place)
    assert worker.current() == PAUSED
    assert rows(place, database) == [("settings", 2, None)]
    with pytest.raises(SettingsChanged):
        save(place, OPEN, 1)
    save(place, OPEN, 2)
    assert copy(place)["version"] == 3


def test_a_save_by_either_version_at_the_same_moment_is_not_lost(
    place: Place, database: Database
) -> None:
    """Both were based on version 1. The older one's came last, and was confirmed too."""
    save(place, OPEN, 0)
    save(place, CLOSED, 1)
    place.state.put(SITE, "settings", BY_0_1_0 | {"version": 2})
    assert place.settings().saved().version == 3
    assert place.settings().current() == PAUSED


def test_of_many_simultaneous_saves_one_succeeds_and_the_copy_is_the_tables(
    on_azurite: Place, database: Database
) -> None:
    place = on_azurite
    save(place, OPEN, 0)
    together, outcomes = Barrier(6), list[str]()

    def save_over_1(by: str) -> None:
        settings = place.settings()
        together.wait(timeout=120)
        try:
            settings.save({"title": by}, 1, by)
            outcomes.append(f"saved {by}")
        except SettingsChanged as exc:
            outcomes.append(f"told of {exc.missed[0].by}")

    threads = [Thread(target=save_over_1, args=(f"owner {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    ((_, version, winner),) = rows(place, database)
    assert version == 2
    assert sorted(outcomes) == sorted([f"saved {winner}"] + [f"told of {winner}"] * 5)
    assert (copy(place)["settings"]["title"], copy(place)["version"]) == (winner, 2)


def test_keys_of_a_newer_version_survive_a_save_by_this_one(place: Place) -> None:
    newer = BY_0_1_0 | {"settings": {**BY_0_1_0["settings"], "language": "de"}, "note": "x"}
    place.state.put(SITE, "settings", newer)
    place.settings().current()
    row = place.record.get("settings")
    place.record.put("settings", {**row.value, **newer, "recorded": True}, 8, 7, NOON, None)
    save(place, OPEN, 8)
    for value in (place.record.get("settings").value, copy(place)):
        assert value["settings"]["language"] == "de"
        assert value["note"] == "x"


def test_while_the_database_is_down_the_copy_counts_and_nothing_can_be_saved(
    place: Place, database: Database
) -> None:
    save(place, PAUSED, 0)
    place.record.down = True
    later(place)
    assert place.settings().current() == PAUSED
    assert place.settings().saved().version == 1
    with pytest.raises(LogUnavailable):
        save(place, OPEN, 1)
    place.record.down = False
    assert place.settings().saved().settings == PAUSED
    assert rows(place, database) == [("settings", 1, "anna")]


def test_while_the_database_is_down_what_0_1_0_saved_counts(place: Place) -> None:
    place.state.put(SITE, "settings", BY_0_1_0)
    place.record.down = True
    assert place.settings().current() == PAUSED
    assert "recorded" not in copy(place)


def test_without_copy_and_database_nothing_is_assumed(place: Place) -> None:
    place.record.down = True
    with pytest.raises(StateUnavailable):
        place.settings().current()
    place.record.down = False
    assert place.settings().current() == SiteSettings()


def test_a_page_of_a_new_site_is_shown_without_the_database(place: Place) -> None:
    place.record.down = True
    worker = place.settings()
    assert worker.shown() == SiteSettings()
    place.state.put(SITE, "settings", {"settings": "of somebody else"})
    with pytest.raises(StateUnavailable):
        worker.shown()
    place.state.down = True
    with pytest.raises(StateUnavailable):
        worker.shown()
    place.record.down = place.state.down = False
    save(place, PAUSED, 0)
    assert worker.shown() == PAUSED


def test_an_empty_table_alone_proves_nothing(place: Place) -> None:
    place.state.put(SITE, "settings", BY_0_1_0)
    place.state.down = True
    with pytest.raises(StateUnavailable):
        place.settings().current()
    with pytest.raises(StateUnavailable):
        save(place, OPEN, 0)
    place.state.down = False
    assert place.settings().current() == PAUSED


def test_the_absence_of_saved_settings_is_in_the_table_as_well(place: Place) -> None:
    place.settings().current()
    place.state.down = True
    assert place.settings().current() == SiteSettings()
    save(place, PAUSED, 0)
    assert place.settings().current() == PAUSED


def test_while_the_state_store_is_down_a_cold_worker_asks_the_database(place: Place) -> None:
    save(place, PAUSED, 0)
    place.state.down = True
    assert place.settings().current() == PAUSED


def test_a_save_while_the_state_store_is_down_reaches_every_worker(place: Place) -> None:
    save(place, OPEN, 0)
    first, second = place.settings(), place.settings()
    first.current(), second.current()
    place.state.down = True
    first.save(_without_code(PAUSED), 1, "anna")
    assert first.current() == PAUSED
    later(place)
    assert second.current() == PAUSED
    with pytest.raises(StateUnavailable):
        place.decided().settle()
    place.state.down = False
    assert copy(place)["version"] == 1  # and a worker that knows better repairs it
    later(place)
    assert second.current() == PAUSED
    assert copy(place)["version"] == 2
    place.decided().settle()


def test_a_lost_copy_is_recreated(place: Place) -> None:
    save(place, PAUSED, 0)
    place.state.delete(SITE, "settings")
    assert place.settings().current() == PAUSED
    assert copy(place)["version"] == 1


def test_an_unreadable_copy_is_recreated(place: Place) -> None:
    save(place, PAUSED, 0)
    place.state.put(SITE, "settings", {"settings": "of somebody else"})
    assert place.settings().current() == PAUSED
    assert copy(place)["settings"]["paused"] is True


def test_a_database_that_has_lost_its_rows_gets_them_from_the_copy(
    place: Place, database: Database
) -> None:
    save(place, PAUSED, 0)
    save(place, CLOSED, 1)
    with database.begin() as connection:
        connection.execute(sa.delete(decisions))
    assert place.settings().saved().settings == CLOSED
    assert rows(place, database) == [("settings", 2, None)]


def test_a_row_that_this_version_cannot_read_is_neither_guessed_nor_overwritten(
    place: Place, database: Database
) -> None:
    save(place, PAUSED, 0)
    place.record.put("settings", {"settings": {"paused": "on Mondays"}}, 2, 1, NOON, "newer")
    with pytest.raises(LogUnavailable):
        save(place, OPEN, 1)
    assert place.settings().current() == PAUSED
    assert rows(place, database) == [("settings", 2, "newer")]


def test_a_slow_writer_does_not_revert_the_copy(place: Place) -> None:
    save(place, OPEN, 0)
    slow = place.decided()
    before = slow.recorded()
    save(place, PAUSED, 1)
    slow._write_copy(before)
    assert copy(place)["version"] == 2
    place.clock.now += timedelta(hours=1)
    assert slow.current().settings == PAUSED
