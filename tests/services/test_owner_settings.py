"""The owner's settings, the daily cap and the audit trail while a store is down."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest

from helpr_core.adapters.sql.audit_log import SqlAuditLog
from helpr_core.adapters.sql.database import Database, connect
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.domain.audit import Actor, Door
from helpr_core.errors import DailyCapReached, InvitesPaused, LogUnavailable, StateUnavailable
from helpr_core.services import site_settings
from helpr_core.services.audit_trail import AuditTrail
from helpr_core.services.daily_cap import DailyCap
from helpr_core.services.site_settings import SettingsChanged, SiteSettings, StoredSettings
from tests.services.worker import SetClock

PAUSED = SiteSettings(code_required=False, paused=True)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def nowhere(tmp_path: Path) -> Database:
    """A database that cannot be opened."""
    return connect(f"sqlite:///{tmp_path}/no/such/folder/helpr.db")


def stored(database: Database) -> StoredSettings:
    return StoredSettings(SqlStateStore(database), SetClock(), code_available=False)


def test_of_two_who_save_at_once_one_is_told_of_the_other(database: Database) -> None:
    stored(database).saved()  # the schema is there
    together = Barrier(2)
    outcomes: list[str] = []

    def save(by: str) -> None:
        settings = stored(database)
        together.wait(timeout=20)
        try:
            settings.save(SiteSettings(title=by, code_required=False), 0, by)
            outcomes.append(f"saved {by}")
        except SettingsChanged as exc:
            outcomes.append(f"told of {exc.missed[0].by}")

    threads = [Thread(target=save, args=(name,)) for name in ("anna", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    winner = stored(database).saved().settings.title
    assert sorted(outcomes) == sorted([f"saved {winner}", f"told of {winner}"])


def test_the_last_known_settings_go_on_while_the_store_is_down(
    database: Database, nowhere: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_settings, "_FRESH_SECONDS", 0.0)
    settings = stored(database)
    settings.save(PAUSED, 0, "anna")
    settings._state = SqlStateStore(nowhere)
    assert settings.current() == SiteSettings(paused=True)
    with pytest.raises(InvitesPaused):
        settings.current().require_open()


def test_without_any_known_settings_nothing_is_assumed(nowhere: Database) -> None:
    with pytest.raises((StateUnavailable, LogUnavailable)):
        stored(nowhere).current()


def test_a_save_that_cannot_be_stored_is_not_taken_for_one(
    database: Database, nowhere: Database
) -> None:
    settings = stored(database)
    settings.saved()
    settings._state = SqlStateStore(nowhere)
    with pytest.raises((StateUnavailable, LogUnavailable)):
        settings.save(PAUSED, 0, "anna")
    assert settings.current().paused is False


def test_of_many_at_once_the_cap_lets_exactly_so_many_through(database: Database) -> None:
    cap = DailyCap(SqlStateStore(database), SetClock())
    with cap.counted(3):
        pass
    together = Barrier(8)
    let_in: list[int] = []
    waits: list[int] = []

    def ask(number: int) -> None:
        together.wait(timeout=20)
        try:
            with cap.counted(3):
                let_in.append(number)
        except DailyCapReached as exc:
            waits.append(exc.retry_after_seconds)

    threads = [Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(let_in) == 2
    assert waits == [12 * 3600 + 1] * 6  # it is noon


def test_what_fails_inside_is_taken_back(database: Database) -> None:
    cap = DailyCap(SqlStateStore(database), SetClock())
    with pytest.raises(LogUnavailable), cap.counted(1):
        raise LogUnavailable("down")
    with cap.counted(1):
        pass
    with pytest.raises(DailyCapReached), cap.counted(1):
        pass


def test_the_next_day_the_cap_starts_anew(database: Database) -> None:
    clock = SetClock()
    cap = DailyCap(SqlStateStore(database, clock), clock)
    with cap.counted(1):
        pass
    clock.forward(hours=12)
    with cap.counted(1):
        pass


def test_while_the_store_is_down_the_cap_stops_nobody(nowhere: Database) -> None:
    cap = DailyCap(SqlStateStore(nowhere), SetClock())
    for _ in range(3):
        with cap.counted(1):
            pass


def test_an_action_that_cannot_be_written_down_stands_in_the_log(
    nowhere: Database, caplog: pytest.LogCaptureFixture
) -> None:
    trail = AuditTrail(lambda: SqlAuditLog(nowhere), SetClock())
    with caplog.at_level(logging.ERROR):
        trail.note(Actor(Door.SESSION, "owner"), "settings_changed", "settings", "ref-1")
    assert "action=settings_changed target=settings door=session reference=ref-1" in caplog.text
