"""All services about people on a database of each kind, with a demo Plex and a settable clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo_plex import DemoPlex
from tests.services.people.helpr import Helpr


@pytest.fixture
def helpr(plex: DemoPlex, database_url: str) -> Iterator[Helpr]:
    with Helpr(plex, database_url) as made:
        yield made


@pytest.fixture
def helpr_on_sqlite(plex: DemoPlex, sqlite_path: object) -> Iterator[Helpr]:
    """The same on SQLite alone, where the database makes no difference."""
    with Helpr(plex, f"sqlite:///{sqlite_path}") as made:
        yield made
