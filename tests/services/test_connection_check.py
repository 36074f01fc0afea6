"""The check tells the layer that is broken, and goes on with the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from helpr_core.demo import DemoPlex
from helpr_core.errors import FieldError, SetupRequired
from helpr_core.services.connection_check import Check, ConnectionCheck
from tests.services.conftest import NewWorker
from tests.services.worker import Worker

LAYERS = ("database", "state_store", "plex_server", "libraries")


def check(worker: Worker, **parts: Callable[[], Any]) -> dict[str, Check]:
    given: dict[str, Callable[[], Any]] = {
        "catalog": lambda: worker.catalog,
        "libraries": lambda: worker.shared,
        "log": lambda: worker.log,
        "state": lambda: worker.state,
    }
    return {each.name: each for each in ConnectionCheck(**(given | parts))()}


def broken(checks: dict[str, Check]) -> list[str]:
    assert tuple(checks) == LAYERS
    assert all(each.ok is not bool(each.fix) for each in checks.values())
    return [each.name for each in checks.values() if not each.ok]


def test_when_all_is_well_each_layer_says_what_it_found(worker: Worker) -> None:
    checks = check(worker)
    assert broken(checks) == []
    assert checks["plex_server"].detail == "Demo Plex, 4 libraries"
    assert checks["libraries"].detail == "shared: Movies (movie), TV Shows (show)"
    assert worker.plex.count("POST") == 0


@pytest.mark.parametrize(
    ("fault", "fix"),
    [
        ({"kind": "invalid_token"}, "replace PLEX_TOKEN"),
        ({"kind": "status", "status": 503}, "Nothing to do"),
        ({"kind": "status", "status": 429}, "Nothing to do"),
    ],
)
def test_plexs_trouble_is_told_with_the_thing_to_do(
    plex: DemoPlex, new_worker: NewWorker, fault: dict[str, Any], fix: str
) -> None:
    plex.fail(**fault, times=0)
    checks = check(new_worker())
    assert broken(checks) == ["plex_server", "libraries"]
    assert fix in checks["plex_server"].fix
    assert "demo-token" not in str(checks)


def test_a_wrong_server_name_is_told_from_a_wrong_token(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker = new_worker()
    plex.stage.plex.world.server_name = "Renamed"
    assert "PLEX_SERVER_NAME" in check(worker)["plex_server"].fix


def test_a_wrong_library_is_named(new_worker: NewWorker) -> None:
    checks = check(new_worker(libraries=["Filme"]))
    assert broken(checks) == ["libraries"]
    assert "“Filme”" in checks["libraries"].detail


def test_a_database_that_is_not_there_is_one_layer_of_several(
    new_worker: NewWorker, sqlite_path: object
) -> None:
    state = f"sqlite:///{sqlite_path}"
    worker = new_worker("sqlite:////no/such/folder/helpr.db", state_url=state)
    assert broken(check(worker)) == ["database"]


def test_a_part_that_cannot_even_be_built_is_told_too(new_worker: NewWorker) -> None:
    def missing() -> Any:
        raise SetupRequired(FieldError("HELPR_TABLES_CONNECTION", "must be a connection string"))

    checks = check(new_worker(), state=missing)
    assert broken(checks) == ["state_store"]
    assert "HELPR_TABLES_CONNECTION" in checks["state_store"].detail
