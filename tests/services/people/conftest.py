"""All services about people on a database of each kind, with a demo Plex and a settable clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo_plex import DemoPlex
from tests.services.people.town import Town


@pytest.fixture
def town(plex: DemoPlex, database_url: str) -> Iterator[Town]:
    with Town(plex, database_url) as made:
        yield made


@pytest.fixture
def small_town(plex: DemoPlex, sqlite_path: object) -> Iterator[Town]:
    """The same on SQLite alone, where the database makes no difference."""
    with Town(plex, f"sqlite:///{sqlite_path}") as made:
        yield made
