"""The check names the layer that is broken, and carries on with the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter
from threading import Event, Thread
from threading import enumerate as enumerate_threads
from typing import Any

import pytest

from demo_plex import DemoPlex
from helpr_core.domain.checks import Check, Severity
from helpr_core.errors import FieldError, SetupRequired
from helpr_core.services.ports import StateStore
from helpr_core.services.upkeep import checks as checks_module
from helpr_core.texts import say
from tests.services.conftest import NewWorker
from tests.services.worker import Worker

PLEX = ("token", "account", "server", "libraries", "seats", "server_reachable")
OURS = (
    "database",
    "state_store",
    "links",
    "people",
    "queue",
    "housekeeping",
    "breaker",
    "inbox",
    "decisions",
    "ceilings",
    "backup",
    "notices",
)


PATIENCE_SECONDS = 10.0
"""In that time the parts that do not hang have answered, on a busy machine too."""


def wait_for_others(before: set[Thread]) -> None:
    """Abandoned checks go on and open the database: wait for them before it is closed."""
    for thread in set(enumerate_threads()) - before:
        thread.join(timeout=120)


def check(worker: Worker) -> dict[str, Check]:
    return {each.name: each for each in worker.parts.upkeep.connection_check()()}


def broken(checks: dict[str, Check]) -> list[str]:
    assert tuple(checks) == ("settings", *PLEX, *OURS)
    assert all(each.ok is not bool(each.fix) for each in checks.values())
    return [each.name for each in checks.values() if each.severity is Severity.ERROR]


def test_when_all_is_well_each_layer_says_what_it_found(worker: Worker) -> None:
    checks = check(worker)
    assert broken(checks) == []
    assert say(checks["server"].detail) == "Demo Plex, owned by this account"
    assert say(checks["libraries"].detail) == (
        "2 of 4 shared: “Movies” and “TV Shows”; not shared: “Music” and “Kids”"
    )
    assert worker.plex.count("POST") == 0


@pytest.mark.parametrize(
    ("fault", "fix"),
    [
        ({"kind": "invalid_token"}, "PLEX_TOKEN"),
        ({"kind": "status", "status": 503}, "Nothing to do"),
        ({"kind": "status", "status": 429}, "Nothing to do"),
    ],
)
def test_plexs_trouble_is_reported_with_what_to_do(
    plex: DemoPlex, new_worker: NewWorker, fault: dict[str, Any], fix: str
) -> None:
    plex.fail(**fault, times=0)
    checks = check(new_worker())
    assert broken(checks) == ["token"]
    assert fix in say(checks["token"].fix)
    assert "plex.tv" in say(checks["token"].detail)
    assert [name for name in PLEX if say(checks[name].detail).startswith("not checked")] == [
        *PLEX[1:]
    ]
    assert "demo-token" not in str(checks)


def test_a_wrong_server_name_is_distinguished_from_a_wrong_token(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker = new_worker()
    plex.stage.plex.world.server_name = "Renamed"
    checks = check(worker)
    assert checks["token"].ok
    assert "PLEX_SERVER_NAME" in say(checks["server"].fix)


def test_the_accounts_servers_are_listed_with_the_name_that_was_typed(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    plex.change(other_servers={"ab" * 20: "Living Room", "cd" * 20: "Attic"})
    found = check(new_worker(server_name="Livingroom"))["server"]
    assert say(found.detail).startswith("no server of this account is called “Livingroom”")
    assert all(name in say(found.detail) for name in ("“Demo Plex”", "“Living Room”", "“Attic”"))
    assert say(found.fix).startswith("Did you mean “Living Room”?")


def test_a_correct_name_is_listed_with_the_other_servers(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    plex.change(other_servers={"cd" * 20: "Attic"})
    found = check(new_worker())["server"]
    assert found.ok
    assert say(found.detail) == "Demo Plex, owned by this account, which also owns “Attic”"


def test_a_mistyped_library_gets_a_suggestion(new_worker: NewWorker) -> None:
    found = check(new_worker(libraries=["Moovies", "tvshows"]))["libraries"]
    assert "“Moovies” is not a library of the server; did you mean “Movies”?" in say(found.detail)
    assert "“tvshows” is not a library of the server; did you mean “TV Shows”?" in say(found.detail)
    assert "The server has: “Movies”, “TV Shows”" in say(found.fix)


def test_a_wrong_library_is_named(new_worker: NewWorker) -> None:
    checks = check(new_worker(libraries=["Filme"]))
    assert broken(checks) == ["libraries"]
    assert "“Filme”" in say(checks["libraries"].detail)


def test_an_absent_database_is_one_layer_of_several(
    new_worker: NewWorker, sqlite_path: object
) -> None:
    state = f"sqlite:///{sqlite_path}"
    worker = new_worker("sqlite:////no/such/folder/helpr.db", state_url=state)
    checks = check(worker)
    # And if nothing was ever read from it, the owner's choices are unknown.
    assert broken(checks) == ["libraries", "database"]
    assert say(checks["libraries"].fix) == say(checks["database"].fix)
    assert say(checks["queue"].detail).startswith("unknown")


def test_a_part_that_cannot_even_be_built_is_reported_too(new_worker: NewWorker) -> None:
    parts = new_worker().parts

    def state() -> StateStore:
        raise SetupRequired(FieldError("HELPR_TABLES_CONNECTION", "is no connection string"))

    check_half_built = replace(parts.upkeep.connection_check(), state=state)
    checks = {each.name: each for each in check_half_built()}
    assert broken(checks) == ["state_store"]
    assert "HELPR_TABLES_CONNECTION" in say(checks["state_store"].detail)


@pytest.fixture
def hung() -> Iterator[Event]:
    """A caller that waits for it hangs until the test is over."""
    before = set(enumerate_threads())
    event = Event()
    yield event
    event.set()
    wait_for_others(before)


@pytest.mark.parametrize(
    ("part", "method", "silent", "not_asked"),
    [
        ("plex.media", "fetch_account", "token", PLEX[1:]),
        ("plex.media", "find_server", "server", PLEX[3:]),
        ("plex.seats", "read", "seats", PLEX[5:]),
        ("stores.invite_log", "ping", "database", ()),
        ("stores.state", "ping", "state_store", ()),
    ],
)
def test_a_part_that_hangs_is_named_and_the_others_have_answered(
    worker: Worker,
    monkeypatch: pytest.MonkeyPatch,
    hung: Event,
    part: str,
    method: str,
    silent: str,
    not_asked: tuple[str, ...],
) -> None:
    monkeypatch.setattr(checks_module, "SECONDS", PATIENCE_SECONDS)
    hangs = attrgetter(part)(worker.parts)()
    monkeypatch.setattr(hangs, method, lambda *_: hung.wait(60))
    checks = check(worker)
    assert broken(checks) == [silent]
    assert say(checks[silent].detail) == f"no answer within {PATIENCE_SECONDS:.0f} seconds"
    assert [one.name for one in checks.values() if say(one.detail).startswith("not checked")] == [
        *not_asked
    ]


def test_a_backup_folder_that_hangs_delays_the_check_no_longer(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, hung: Event
) -> None:
    monkeypatch.setattr(checks_module, "SECONDS", PATIENCE_SECONDS)

    def hang() -> None:
        hung.wait(60)

    upkeep = replace(worker.parts.upkeep.background(), backup_folder=hang)
    connection = replace(worker.parts.upkeep.connection_check(), upkeep=lambda: upkeep)
    assert broken({each.name: each for each in connection()}) == ["backup"]


def test_a_plex_that_is_slow_at_each_call_is_not_waited_for_five_times(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks_module, "SECONDS", 2.0)
    worker.plex.fail("delay", delay_seconds=0.9, times=0)
    before = set(enumerate_threads())
    assert broken(check(worker)) != []
    assert len(worker.plex.calls) <= 3
    wait_for_others(before)
