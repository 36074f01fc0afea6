"""A demo Plex for each test, and a client that speaks to it as PlexAPI does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo_plex import DemoPlex
from tests.demo_plex.client import PlexClient


@pytest.fixture
def plex() -> Iterator[DemoPlex]:
    with DemoPlex() as demo:
        yield demo


@pytest.fixture
def client(plex: DemoPlex) -> Iterator[PlexClient]:
    with PlexClient(plex) as speaking:
        yield speaking
