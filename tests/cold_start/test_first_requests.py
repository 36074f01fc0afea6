"""A cold worker gets sixteen requests at once, again and again, on both servers.

Each entry point is in two pairs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from werkzeug.security import generate_password_hash

from demo_plex import DemoPlex
from tests.cold_start.entry_points import ENTRY_POINTS, PASSWORD, TIMER
from tests.processes import PROJECT, command, environment, plex_settings

THREADS = 16
POINTS = [*ENTRY_POINTS]
PAIRS = [*pairwise([*POINTS, POINTS[0]])]
UNLIMITED = "100000/minute"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Everything that Helpr needs, and a database with a current schema."""
    folder = tmp_path_factory.mktemp("cold")
    with DemoPlex() as plex:
        given = {
            **plex_settings(plex),
            "ADMIN_USERNAME": "owner",
            "ADMIN_PASSWORD_HASH": generate_password_hash(PASSWORD, "scrypt:1024:8:1"),
            "DATABASE_PATH": str(folder / "helpr.db"),
            **{
                f"HELPR_RATE_{one}": UNLIMITED
                for one in ("INVITES", "DEFAULT", "SIGN_IN", "STATUS")
            },
        }
        assert command("check", settings=given, cwd=folder).returncode == 0
        yield given


def _started(half: str, pair: tuple[str, str], settings: dict[str, str]) -> dict[str, Any]:
    """A cold worker's answers to eight requests of the one and eight of the other, alternating."""
    points = [ENTRY_POINTS[name] for name in pair * (THREADS // 2)]
    calls = [one and one.as_given_to_the_worker() | one.as_sent() for one in points]
    done = subprocess.run(
        [sys.executable, "-m", "tests.cold_start.worker", half],
        env=environment(settings) | {"PYTHON_THREADPOOL_THREAD_COUNT": str(THREADS)},
        cwd=PROJECT,
        input=json.dumps(calls) + "\n",
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    output: dict[str, Any] = json.loads(done.stdout)
    broken = [line for line in done.stderr.splitlines() if "failed function=" in line]
    assert broken == [], output
    return output


@pytest.fixture(params=["wsgi", "library"])
def half(request: pytest.FixtureRequest) -> str:
    if request.param == "library" and sys.version_info < (3, 13):
        pytest.skip("azure-functions-runtime needs Python 3.13")
    return str(request.param)


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_the_first_requests_are_all_answered(
    half: str, pair: tuple[str, str], settings: dict[str, str]
) -> None:
    if half == "library" and set(pair) == {TIMER}:
        pytest.skip("the worker library is given requests alone")
    outcome = _started(half, pair, settings)
    assert [status for status in outcome["statuses"] if status >= 500] == []
    assert " ".join(outcome["unlocked"]) == ""


NEW = [("form", "overview"), ("invite", "overview"), ("invite", TIMER)]


@pytest.mark.parametrize("pair", NEW, ids=" and ".join)
def test_the_very_first_requests_find_no_tables(
    pair: tuple[str, str], settings: dict[str, str], tmp_path: Path
) -> None:
    outcome = _started("wsgi", pair, settings | {"DATABASE_PATH": str(tmp_path / "new.db")})
    assert [status for status in outcome["statuses"] if status >= 500] == []
    assert " ".join(outcome["unlocked"]) == ""


@pytest.mark.parametrize("pair", NEW, ids=" and ".join)
def test_the_same_is_true_with_postgresql_and_azure_tables(
    half: str,
    pair: tuple[str, str],
    settings: dict[str, str],
    bare_postgres_url: str,
    azurite_tables: str,
) -> None:
    stores = {"DATABASE_URL": bare_postgres_url, "HELPR_TABLES_CONNECTION": azurite_tables}
    outcome = _started(half, pair, settings | stores)
    assert [status for status in outcome["statuses"] if status >= 500] == []
    assert " ".join(outcome["unlocked"]) == ""
